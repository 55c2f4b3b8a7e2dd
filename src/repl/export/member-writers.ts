import type ts from 'typescript'
import { bare } from '../notebook/promise-value.js'
import { operationOf, type SingleOperation } from './superseded.js'
import type { Unit } from './units.js'

/** An operation that `each` calls once for each host: `fleet.each(async host => { … await host.files.put({ … }) })`. */
export interface MemberWriter {
  readonly call: SingleOperation
  /** What the host is called there. */
  readonly host: string
  /** It is called on every host there is, whatever that is like. */
  readonly isEverywhere: boolean
}

/**
 * The operations of some kinds that a unit calls once for each host, each as the only one about its file. None of a unit that does more than
 * that: what a command or a loop does to a file nobody can tell.
 */
export function memberWriters(compiler: typeof ts, unit: Unit, kinds: ReadonlySet<string>): MemberWriter[] {
  const others = unit.calls.filter(({ kind }) => kind !== 'operation' && kind !== 'read' && kind !== 'none')
  // `each` itself is one of them
  if (others.length !== 1 || others[0]?.kind !== 'unknown') return []
  const operations = unit.calls.flatMap(each => (each.kind === 'operation' ? [each] : []))
  const [first, ...more] = operations
  if (!first || more.length > 0 || !kinds.has(first.operation)) return []
  const member = memberOf(compiler, first.call, unit)
  return member ? [{ call: operationOf(compiler, unit, first), ...member }] : []
}

/** The host that a call acts on, where it is the parameter of the function that `each` is given, outside of any loop. */
function memberOf(
  compiler: typeof ts,
  call: ts.CallExpression,
  { statement }: Unit,
): Pick<MemberWriter, 'host' | 'isEverywhere'> | undefined {
  const domain = compiler.isPropertyAccessExpression(call.expression)
    ? bare(compiler, call.expression.expression)
    : call
  const target = compiler.isPropertyAccessExpression(domain) ? bare(compiler, domain.expression) : domain
  if (!compiler.isIdentifier(target)) return undefined
  let node: ts.Node = call
  while (!compiler.isFunctionLike(node)) {
    if (node === statement || compiler.isIterationStatement(node, false)) return undefined
    node = node.parent
  }
  const [parameter] = node.parameters
  if (!parameter || !compiler.isIdentifier(parameter.name) || parameter.name.text !== target.text) return undefined
  const outer = node.parent
  if (!compiler.isCallExpression(outer) || !compiler.isPropertyAccessExpression(outer.expression)) return undefined
  if (outer.expression.name.text !== 'each' || !isOnTop(compiler, outer, statement)) return undefined
  const isAlways = node === functionOf(compiler, call) && outer.expression.expression.getText() === 'fleet'
  return { host: target.text, isEverywhere: isAlways }
}

/** The function of which a call is a statement of its own, which nothing before it ends; `undefined` for one that may not be reached. */
function functionOf(compiler: typeof ts, call: ts.CallExpression): ts.Node | undefined {
  const awaited = compiler.isAwaitExpression(call.parent) ? call.parent : call
  if (compiler.isArrowFunction(awaited.parent)) return awaited.parent
  const statement = compiler.isExpressionStatement(awaited.parent) ? awaited.parent : undefined
  const block = statement?.parent
  if (!statement || !block || !compiler.isBlock(block) || !compiler.isFunctionLike(block.parent)) return undefined
  const before = block.statements.slice(0, block.statements.indexOf(statement))
  return before.every(each => compiler.isVariableStatement(each)) ? block.parent : undefined
}

/** Whether a call is made once by its statement: not in a loop, a condition or another function. */
function isOnTop(compiler: typeof ts, call: ts.CallExpression, statement: ts.Statement): boolean {
  let node: ts.Node = call.parent
  while (compiler.isAwaitExpression(node) || compiler.isParenthesizedExpression(node)) node = node.parent
  if (node === statement) return true
  return compiler.isVariableDeclaration(node) && node.parent.parent === statement
}
