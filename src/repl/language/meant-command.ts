import type ts from 'typescript'
import { isCommandTag } from './command-tag.js'
import type { LintContext, NodeFix } from './lint/rule.js'

/** TypeScript's numbers for a call that does not fit, a value that cannot be called, and a member that is not there. */
const MISUSE = new Set([2345, 2349, 2353, 2554, 2555, 2561, 2769, 2339, 2551])

/** What is wrong with how a command was written, at what of the draft. */
export interface MeantCommand {
  readonly message: string
  readonly start: number
  readonly end: number
  readonly fix?: NodeFix
}

type Place = Pick<LintContext, 'compiler' | 'checker' | 'file'>

/**
 * What was meant where `$` is not followed by a command in backticks: called with a text (`$('uptime')`) or with options
 * (`$({ sudo: true })`), asked for a member, or its answer called with options.
 *
 * @param start where TypeScript found something wrong
 */
export function meantCommand(
  place: Place,
  { start, code }: { readonly start: number; readonly code: number },
): MeantCommand | undefined {
  if (!MISUSE.has(code)) return undefined
  const misuse = (node: ts.Node): MeantCommand | undefined => {
    if (start < node.pos || start >= node.end) return undefined
    return misused(place, node) ?? place.compiler.forEachChild(node, misuse)
  }
  return misuse(place.file)
}

function misused(place: Place, node: ts.Node): MeantCommand | undefined {
  const { compiler, file } = place
  if (compiler.isPropertyAccessExpression(node) && isCommandTag(place, node.expression)) {
    const tag = node.expression.getText(file)
    const text = `${tag}\`${node.name.text}\``
    return said(file, node, `${tag} has no ${node.name.text}: a command goes behind it in backticks, ${text}.`, text)
  }
  if (!compiler.isCallExpression(node) && !compiler.isTaggedTemplateExpression(node)) return undefined
  const callee = compiler.isCallExpression(node) ? node.expression : node.tag
  if (compiler.isTaggedTemplateExpression(node))
    // $({ sudo: true })`uptime`
    return compiler.isCallExpression(callee) && isCommandTag(place, callee.expression)
      ? withOptions(place, node, callee.expression, callee.arguments[0], node.template.getText(file))
      : undefined
  if (compiler.isTaggedTemplateExpression(callee) && isCommandTag(place, callee.tag))
    return withOptions(place, node, callee.tag, node.arguments[0], callee.template.getText(file))
  return isCommandTag(place, callee) ? calledWith(place, node, callee, node.arguments) : undefined
}

function calledWith(
  place: Place,
  call: ts.CallExpression,
  tag: ts.Expression,
  [first, second]: readonly ts.Expression[],
): MeantCommand | undefined {
  const { compiler, file } = place
  const written = tag.getText(file)
  if (!first)
    return said(file, call, `${written} is not called: a command goes behind it in backticks, ${written}\`uptime\`.`)
  if (compiler.isObjectLiteralExpression(first)) return withOptions(place, call, tag, first)
  if (compiler.isStringLiteralLike(first) || compiler.isTemplateExpression(first)) {
    const template = compiler.isStringLiteral(first) ? inBackticks(first.text) : first.getText(file)
    if (second) return withOptions(place, call, tag, second, template)
    const text = written + template
    return said(file, call, `A command goes behind ${written} in backticks, without parentheses: ${text}.`, text)
  }
  const isText = place.checker.getTypeAtLocation(first).flags & compiler.TypeFlags.StringLike
  if (!isText) return said(file, call, `${written} takes a command in backticks: ${written}\`uptime\`.`)
  const text = `${targetOf(place, tag)}.script(${call.arguments.map(each => each.getText(file)).join(', ')})`
  return said(
    file,
    call,
    `${written} takes a command in backticks; one that is made elsewhere is run by ${text}.`,
    text,
  )
}

/** Options belong in front of `$`. */
function withOptions(
  place: Place,
  node: ts.Expression,
  tag: ts.Expression,
  options: ts.Expression | undefined,
  template?: string,
): MeantCommand {
  const { file } = place
  const given = options?.getText(file) ?? '{ sudo: true }'
  const text = `${targetOf(place, tag)}.with(${given}).$`
  const message = `Options go in front of $: ${text}${template ?? '`uptime`'}.`
  return said(file, node, message, template === undefined ? undefined : text + template)
}

/** What `$` is of: `web` of `web.$`, the focus where it stands alone. */
function targetOf({ compiler, file }: Place, tag: ts.Expression): string {
  return compiler.isPropertyAccessExpression(tag) ? tag.expression.getText(file) : 'focus'
}

function said(file: ts.SourceFile, node: ts.Node, message: string, text?: string): MeantCommand {
  const span = { start: node.getStart(file), end: node.end }
  return { message, ...span, ...(text === undefined ? {} : { fix: { title: `write ${text}`, text, ...span } }) }
}

function inBackticks(text: string): string {
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\``
}
