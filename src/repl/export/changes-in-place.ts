import type ts from 'typescript'
import { bare, calledName, rootOf } from '../notebook/promise-value.js'
import { type HostCall, hostCall, type Surroundings } from './host-calls.js'

/** These change what they are called on, whoever uses their value. */
const CHANGING = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'set',
  'add',
  'delete',
  'clear',
  'assign',
])

/**
 * The names that a statement may change in place: `list.push(x)`, `options.port = 22`, `fill(list)`. Where it cannot be told, the
 * answer is yes: a statement too many does less harm than one too few.
 */
export function changedInPlace(compiler: typeof ts, root: ts.Node, around: Surroundings): ts.Identifier[] {
  const found: ts.Identifier[] = []
  const note = (node: ts.Expression): void => {
    const name = rootOf(compiler, node)
    if (name) found.push(name)
  }
  const visit = (node: ts.Node): void => {
    if (isAssignment(compiler, node) && !compiler.isIdentifier(bare(compiler, node.left))) note(node.left)
    if (isCount(compiler, node) || compiler.isDeleteExpression(node))
      note(compiler.isDeleteExpression(node) ? node.expression : node.operand)
    if (compiler.isCallExpression(node) && mayChange(compiler, node, hostCall(compiler, node, around))) {
      if (compiler.isPropertyAccessExpression(node.expression)) note(node.expression.expression)
      for (const argument of node.arguments) note(argument)
    }
    compiler.forEachChild(node, visit)
  }
  visit(root)
  return found
}

function mayChange(compiler: typeof ts, call: ts.CallExpression, { kind }: HostCall): boolean {
  const name = calledName(compiler, call)
  if (kind === 'unknown' && name !== undefined && CHANGING.has(name)) return true
  return kind === 'unknown' && isForEffect(compiler, call) && rootOf(compiler, call.expression)?.text !== 'console'
}

/** A call whose value nobody takes. */
function isForEffect(compiler: typeof ts, call: ts.CallExpression): boolean {
  const outer = compiler.isAwaitExpression(call.parent) ? call.parent.parent : call.parent
  return compiler.isExpressionStatement(outer)
}

function isAssignment(compiler: typeof ts, node: ts.Node): node is ts.BinaryExpression {
  if (!compiler.isBinaryExpression(node)) return false
  const { kind } = node.operatorToken
  return kind >= compiler.SyntaxKind.FirstAssignment && kind <= compiler.SyntaxKind.LastAssignment
}

function isCount(compiler: typeof ts, node: ts.Node): node is ts.PrefixUnaryExpression | ts.PostfixUnaryExpression {
  if (!compiler.isPrefixUnaryExpression(node) && !compiler.isPostfixUnaryExpression(node)) return false
  const { PlusPlusToken, MinusMinusToken } = compiler.SyntaxKind
  return node.operator === PlusPlusToken || node.operator === MinusMinusToken
}
