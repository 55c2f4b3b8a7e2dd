import type { ErrorView, Problem } from '../../repl/protocol.js'
import { widthOf } from '../text/width.js'
import { codeLine, hostLine, hostLines } from './host-text.js'
import { type DrawContext, INDENT } from './line.js'
import { wrap } from './wrap.js'

/** Frames of the person's own code that are shown. */
const MOST_FRAMES = 5

/** An error: its sentence, the place in the cell with a caret, and the frames above it. */
export function errorLines(
  { name, message, line, column, frames }: ErrorView,
  source: string,
  context: DrawContext,
): string[] {
  const { theme, width } = context
  // errors that muster raises on purpose are whole sentences; the class says something only for others
  const said = message.startsWith(`${name}: `)
  const title =
    said || /^(?:Muster|Usage|Unreachable|Interrupted|Identity|Command|Declined|Guard|Error)/.test(name)
      ? ''
      : `${name}: `
  const sentence = hostLines(title + message).flatMap(text => wrap(text, width - INDENT.length - 2))
  return [
    ...sentence.map((text, index) => `${INDENT}${index === 0 ? theme.bad('✗ ') : '  '}${theme.bad(text)}`),
    ...(line === undefined ? [] : placeLines(source, { line, column: column ?? 1, length: 1 }, context)),
    ...frames.slice(0, MOST_FRAMES).map(frame => `${INDENT}  ${theme.faint(`at ${hostLine(frame)}`)}`),
  ]
}

/** Type errors: each with its place. */
export function problemLines(problems: readonly Problem[], source: string, context: DrawContext): string[] {
  const { theme, width } = context
  return problems.flatMap(problem => {
    const place = `${problem.line}:${problem.column}`
    const sentence = wrap(`${place}  ${hostLine(problem.message)}`, width - INDENT.length - 2)
    return [
      ...sentence.map((text, index) => `${INDENT}${index === 0 ? theme.bad('✗ ') : '  '}${theme.bad(text)}`),
      ...placeLines(source, problem, context),
      ...(problem.fix ? [theme.faint(`${INDENT}   │ fix: ${hostLine(problem.fix.title)}`)] : []),
    ]
  })
}

/** The line of the source with a caret under the place. */
function placeLines(
  source: string,
  { line, column, length }: Pick<Problem, 'line' | 'column' | 'length'>,
  { width, theme }: DrawContext,
): string[] {
  const text = source.split('\n')[line - 1]
  if (text === undefined) return []
  const gutter = `${INDENT}${String(line).padStart(2)} │ `
  const room = width - gutter.length
  const before = text.slice(0, column - 1)
  // a place far to the right is brought into view
  const cut = widthOf(before) < room - 8 ? 0 : Math.max(0, before.length - Math.floor(room / 2))
  const caret = ' '.repeat(widthOf(codeLine(before.slice(cut)))) + marker(text, column, length)
  return [
    theme.faint(gutter) + codeLine(text.slice(cut)),
    theme.faint(`${INDENT}   │ `) + theme.bad(caret.slice(0, Math.max(0, room))),
  ]
}

function marker(text: string, column: number, length: number): string {
  return '^'.repeat(Math.max(1, Math.min(length, text.length - column + 1)))
}
