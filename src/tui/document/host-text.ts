import { sanitise, sanitiseLines } from '../../engine/text/sanitise.js'
import { truncate } from '../text/width.js'

/** Characters of a text from a host that are looked at to draw a part of it. */
const MOST = 256 * 1024
const MOST_IN_A_ROW = 4000

/** The lines of a text from a host, fit for the screen: without control sequences other than colour. The empty end is left out. */
export function hostLines(text: string): string[] {
  return withoutEmptyEnd(sanitiseLines(text.length > MOST ? text.slice(0, MOST) : text))
}

function withoutEmptyEnd(lines: string[]): string[] {
  while (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}

/** A text from a host that must fit one row. */
export function hostLine(text: string): string {
  return sanitise(text.slice(0, MOST_IN_A_ROW)).replaceAll('\n', ' ⏎ ')
}

/** What the focus is called, in few columns: `all`, or its pattern. */
export const focusText = (pattern: string): string =>
  truncate(hostLine(pattern === '' || pattern === '*' ? 'all' : pattern), 24, '…')

/** A line of code, which may be anybody's: a notebook can come from elsewhere. It has colours of its own and keeps none that stand in it. */
export function codeLine(text: string): string {
  return sanitise(text.slice(0, MOST_IN_A_ROW), { colour: false }).replaceAll('\n', ' ')
}

/** The lines of a source, for {@link highlight}. */
export function codeLines(text: string): string[] {
  return withoutEmptyEnd(sanitiseLines(text.slice(0, MOST), { colour: false }))
}
