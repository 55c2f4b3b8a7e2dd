import type ts from 'typescript'
import { classNames, type LintContext, typeArguments } from './lint/rule.js'
import type { Meant } from './meant-literal.js'

/** TypeScript's numbers for a member that is not there: by itself, with a near one, and of a promise. */
const NO_MEMBER = new Set([2339, 2551, 2570])

/**
 * What was meant where a member of an answer is asked of what is not there yet, or of the answers of all hosts:
 * ``$`uptime`.stdout``.
 *
 * @param start where TypeScript found no such member
 */
export function meantMember(
  context: LintContext,
  { start, code }: { readonly start: number; readonly code: number },
): Meant | undefined {
  const access = NO_MEMBER.has(code) ? accessAt(context, start) : undefined
  if (!access) return undefined
  const { compiler, checker, file } = context
  const type = checker.getTypeAtLocation(access.expression)
  const settled = checker.getAwaitedType(type) ?? type
  const { text: member } = access.name
  const whole = compiler.isAwaitExpression(access.parent) ? access.parent : access
  const answered = access.expression.getText(file)
  const value = settled === type ? answered : `(await ${answered})`
  const written = (text: string) => ({
    title: `write ${text}`,
    start: whole.getStart(file),
    end: whole.end,
    text,
  })
  if (settled !== type && checker.getPropertyOfType(settled, member)) {
    const text = `${value}.${member}`
    return { message: `${member} is known once the answer is awaited: ${text}.`, fix: written(text) }
  }
  const [each] = classNames(settled).includes('Results') ? typeArguments(context, settled) : []
  if (!each || !checker.getPropertyOfType(each, member)) return undefined
  const text = `${value}.values().map(each => each.${member})`
  return { message: `Each host has a ${member} of its own: ${text}.`, fix: written(text) }
}

function accessAt({ compiler, file }: LintContext, start: number): ts.PropertyAccessExpression | undefined {
  const find = (node: ts.Node): ts.PropertyAccessExpression | undefined => {
    if (start < node.pos || start >= node.end) return undefined
    if (compiler.isPropertyAccessExpression(node) && node.name.getStart(file) === start) return node
    return compiler.forEachChild(node, find)
  }
  return find(file)
}
