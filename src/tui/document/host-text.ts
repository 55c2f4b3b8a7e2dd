import { sanitise, sanitiseLines } from '../../engine/text/sanitise.js'

/** Characters of a text from a host that are looked at to draw a part of it. */
const MOST = 256 * 1024
const MOST_IN_A_ROW = 4000

/** The lines of a text from a host, fit for the screen: without control sequences other than colour. The empty end is left out. */
export function hostLines(text: string): string[] {
  const lines = sanitiseLines(text.length > MOST ? text.slice(0, MOST) : text)
  while (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}

/** A text from a host that must fit one row. */
export function hostLine(text: string): string {
  return sanitise(text.slice(0, MOST_IN_A_ROW)).replaceAll('\n', ' ⏎ ')
}
