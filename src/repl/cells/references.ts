import type ts from 'typescript'
import { boundNames, scopeNames } from './bindings.js'

/** A name that a cell uses from outside any scope of its own (its top-level names included), at one place. */
export interface Reference {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly use: 'value' | 'type'
  /** The place is written to: `x = …`, `x++`, `[x] = …`. */
  readonly assigned: boolean
  /** The place is `{ x }`, short for `{ x: x }`. */
  readonly shorthand: boolean
  /** The place is part of what its own declaration is made from, so that it can only mean an older `x`: `const x = x + 1`. */
  readonly older: boolean
}

/** Finds the free names of a parsed cell. */
export function collectReferences(compiler: typeof ts, file: ts.SourceFile): Reference[] {
  const found: Reference[] = []
  const scopes: ReadonlySet<string>[] = []

  const note = (node: ts.Identifier, unborn: ReadonlySet<string>): void => {
    if (!isReference(compiler, node) || scopes.some(scope => scope.has(node.text))) return
    found.push({
      name: node.text,
      start: node.getStart(file),
      end: node.getEnd(),
      use: isTypeUse(compiler, node) ? 'type' : 'value',
      assigned: isAssigned(compiler, node),
      shorthand: compiler.isShorthandPropertyAssignment(node.parent),
      older: unborn.has(node.text),
    })
  }

  /** `unborn`: names whose declaration is under way, so that they have no value yet. */
  const visit = (node: ts.Node, unborn: ReadonlySet<string>): void => {
    if (compiler.isIdentifier(node)) {
      note(node, unborn)
      return
    }
    const names = compiler.isSourceFile(node) ? [] : scopeNames(compiler, node)
    scopes.push(new Set(names))
    if (compiler.isVariableDeclaration(node) && isTopLevel(compiler, node)) {
      visit(node.name, unborn)
      if (node.type) visit(node.type, unborn)
      if (node.initializer) visit(node.initializer, new Set(boundNames(compiler, node.name)))
    } else {
      const inside = isDeferred(compiler, node) ? new Set<string>() : unborn
      compiler.forEachChild(node, child => visit(child, isHeritageOfDeclaration(compiler, child) ?? inside))
    }
    scopes.pop()
  }
  visit(file, new Set())
  return found
}

function isTopLevel(compiler: typeof ts, node: ts.VariableDeclaration): boolean {
  return compiler.isVariableStatement(node.parent.parent) && compiler.isSourceFile(node.parent.parent.parent)
}

/** `class A extends A {}`: what a class extends is evaluated before the class exists. */
function isHeritageOfDeclaration(compiler: typeof ts, node: ts.Node): ReadonlySet<string> | undefined {
  if (!compiler.isHeritageClause(node) || !compiler.isClassDeclaration(node.parent)) return undefined
  if (!compiler.isSourceFile(node.parent.parent) || !node.parent.name) return undefined
  return new Set([node.parent.name.text])
}

/** Code that runs later than the expression it stands in. */
function isDeferred(compiler: typeof ts, node: ts.Node): boolean {
  if (compiler.isPropertyDeclaration(node)) {
    return !node.modifiers?.some(modifier => modifier.kind === compiler.SyntaxKind.StaticKeyword)
  }
  return compiler.isFunctionLike(node) && !isCalledAtOnce(compiler, node)
}

function isCalledAtOnce(compiler: typeof ts, node: ts.Node): boolean {
  const outer = compiler.isParenthesizedExpression(node.parent) ? node.parent : node
  return compiler.isCallExpression(outer.parent) && outer.parent.expression === outer
}

function isReference(compiler: typeof ts, node: ts.Identifier): boolean {
  const { parent } = node
  if (compiler.isShorthandPropertyAssignment(parent)) return true
  if ('name' in parent && parent.name === node) return false
  if ('propertyName' in parent && parent.propertyName === node) return false
  if (compiler.isPropertyAssignment(parent)) return parent.initializer === node
  if (compiler.isQualifiedName(parent)) return parent.left === node
  if (compiler.isExportSpecifier(parent)) return false
  return !('label' in parent && parent.label === node)
}

function isTypeUse(compiler: typeof ts, node: ts.Identifier): boolean {
  let outer: ts.Node = node
  while (compiler.isQualifiedName(outer.parent)) outer = outer.parent
  const { parent } = outer
  if (compiler.isTypeQueryNode(parent)) return false
  if (compiler.isTypeReferenceNode(parent)) return true
  if (!compiler.isExpressionWithTypeArguments(parent) || parent.expression !== outer) return false
  const clause = parent.parent
  if (!compiler.isHeritageClause(clause)) return false
  return compiler.isInterfaceDeclaration(clause.parent) || clause.token === compiler.SyntaxKind.ImplementsKeyword
}

function isAssigned(compiler: typeof ts, node: ts.Identifier): boolean {
  let target: ts.Node = node
  for (;;) {
    const { parent } = target
    if (compiler.isBinaryExpression(parent)) {
      if (parent.left !== target) return false
      const { kind } = parent.operatorToken
      if (kind < compiler.SyntaxKind.FirstAssignment || kind > compiler.SyntaxKind.LastAssignment) return false
      // A default inside a pattern (`[x = 1] = …`) reads as an assignment too, which it is.
      return true
    }
    if (compiler.isPrefixUnaryExpression(parent) || compiler.isPostfixUnaryExpression(parent))
      return (
        parent.operator === compiler.SyntaxKind.PlusPlusToken || parent.operator === compiler.SyntaxKind.MinusMinusToken
      )
    if (compiler.isForInStatement(parent) || compiler.isForOfStatement(parent)) return parent.initializer === target
    const isInPattern =
      compiler.isParenthesizedExpression(parent) ||
      compiler.isArrayLiteralExpression(parent) ||
      compiler.isObjectLiteralExpression(parent) ||
      compiler.isSpreadElement(parent) ||
      compiler.isSpreadAssignment(parent) ||
      compiler.isShorthandPropertyAssignment(parent) ||
      (compiler.isPropertyAssignment(parent) && parent.initializer === target)
    if (!isInPattern) return false
    target = parent
  }
}
