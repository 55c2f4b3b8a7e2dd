import type ts from 'typescript'

/** A call around a caret. */
export interface CalledAt {
  /** What is called, as far as its names go: `web.files.line` is `files.line`, `host.facts.server.os` is `facts.server.os`. */
  readonly called: string
  /** The key of an object argument that the caret is at or behind. */
  readonly key?: string
}

/** The innermost call whose arguments an offset is among. */
export function calledAt(compiler: typeof ts, file: ts.SourceFile, caret: number): CalledAt | undefined {
  const at = beforeBlanks(file, caret)
  let found: ts.CallExpression | undefined
  const visit = (node: ts.Node): void => {
    if (at < node.pos || at > node.end) return
    if (compiler.isCallExpression(node) && at > node.expression.end && (at < node.end || !isClosed(file, node)))
      found = node
    compiler.forEachChild(node, visit)
  }
  visit(file)
  if (!found) return undefined
  const key = keyAt(compiler, found, at)
  return { called: calledName(compiler, found.expression), ...(key === undefined ? {} : { key }) }
}

/** What is not closed yet ends, for the parser, before the blanks that the caret is behind. */
function beforeBlanks({ text }: ts.SourceFile, caret: number): number {
  return text.slice(0, caret).trimEnd().length
}

/** The call whose argument an offset is about to write a key in. */
export function keysAt(compiler: typeof ts, file: ts.SourceFile, caret: number): string | undefined {
  const at = beforeBlanks(file, caret)
  let found: ts.ObjectLiteralExpression | undefined
  const visit = (node: ts.Node): void => {
    if (at <= node.getStart(file) || at > node.end) return
    if (compiler.isObjectLiteralExpression(node)) found = node
    else if (compiler.isStringLiteralLike(node)) found = undefined
    compiler.forEachChild(node, visit)
  }
  visit(file)
  if (!found) return undefined
  const property = found.properties.find(each => at > each.getStart(file) && at <= each.end)
  if (property && compiler.isPropertyAssignment(property) && at > property.name.end) return undefined
  const { parent } = found
  const call = compiler.isCallExpression(parent) ? parent : compiler.findAncestor(parent, compiler.isCallExpression)
  return call && calledName(compiler, call.expression)
}

function keyAt(compiler: typeof ts, call: ts.CallExpression, at: number): string | undefined {
  const [first] = call.arguments
  const object = first && compiler.isObjectLiteralExpression(first) ? first : undefined
  const property = object?.properties.find(each => at > each.pos && at <= each.end)
  const name = property?.name
  return name && (compiler.isIdentifier(name) || compiler.isStringLiteral(name)) ? name.text : undefined
}

function isClosed(file: ts.SourceFile, call: ts.CallExpression): boolean {
  return file.text[call.end - 1] === ')'
}

/** The last names: three of a fact, two of what is in a domain, one of anything else. */
export function calledName(compiler: typeof ts, called: ts.Expression): string {
  const names: string[] = []
  let at = called
  while (compiler.isPropertyAccessExpression(at)) {
    names.unshift(at.name.text)
    at = at.expression
  }
  if (compiler.isIdentifier(at)) names.unshift(at.text)
  const facts = names.lastIndexOf('facts')
  return (facts >= 0 ? names.slice(facts) : names.slice(-2)).join('.')
}
