import { stripVTControlCharacters } from 'node:util'
import { slice, truncate, widthOf } from '../text/width.js'
import { hostLine } from './host-text.js'
import type { Theme } from './theme.js'

/** Lines of an answer that are joined in its row. */
const JOINED = 12
/** Columns of what is alike that are shown before what differs. */
const BEFORE = 12
/** Characters of a text beyond which it is not looked at letter by letter. */
const LONGEST = 1000

/** How an answer differs from another, as a text in one row; nothing where its own row shows that anyway. */
export type Difference = (own: readonly string[]) => string | undefined

/**
 * What tells other answers from the one that most gave: the lines they have and it has not, or those that they lack.
 *
 * @param usual without control sequences other than colour, as the others are
 * @param inRow how many of the first lines of an answer its row shows anyway: where they differ already, there is nothing to say
 * @example
 * differenceFrom(['{', "  id: 'debian',", '  version: 12', '}'], 1)(['{', "  id: 'debian',", '  version: 11', '}']) // 'version: 11'
 */
export function differenceFrom(usual: readonly string[], inRow: 0 | 1): Difference {
  const known = new Set(usual)
  return own => {
    if (own.length === 0) return undefined
    const more = own.filter(line => !known.has(line))
    if (more.length > 0) return own.slice(0, inRow).includes(more[0] ?? '') ? undefined : joined(more)
    const said = new Set(own)
    const less = usual.filter(line => !said.has(line))
    if (less.length > 0) return `without ${joined(less)}`
    // the same lines, in another order or another number of times
    const first = own.findIndex((line, at) => line !== usual[at])
    return first >= inRow ? joined(own.slice(first)) : undefined
  }
}

/** A difference with its sign, as in the table of facts. */
export function differenceText(difference: string | undefined, theme: Theme): string {
  return difference === undefined ? '' : `${theme.warning('≠')} ${difference}`
}

/** Lines in one row. What ends with a comma goes on: members of a value. */
function joined(lines: readonly string[]): string {
  return hostLine(
    lines
      .slice(0, JOINED)
      .map(line => line.trim())
      .reduce((text, line) => text + (/,(?:\x1b\[[\d;]*m)*$/.test(text) ? ' ' : '\n') + line),
  ).replace(/,$/, '')
}

/**
 * A line as far as it fits: where it is too long, and begins as another does, that beginning is cut, so that what differs is
 * to be seen.
 *
 * @example
 * fromDifference('GET /very/long/path 404', 'GET /very/long/path 200', 14) // '…long/path 404'
 */
export function fromDifference(line: string, usual: string, width: number): string {
  if (widthOf(line) <= width) return line
  const [own, other] = [line, usual].map(text => stripVTControlCharacters(text).slice(0, LONGEST))
  const column = widthOf(own?.slice(0, commonStart(own, other ?? '')) ?? '')
  if (column <= width / 2) return truncate(line, width, '…')
  const from = Math.max(1, Math.min(column - BEFORE, widthOf(line) - width + 1))
  return truncate(`…${slice(line, from, Number.POSITIVE_INFINITY)}`, width, '…')
}

/** A line with what it has otherwise than another underlined, word for word; one that has most of it otherwise is left as it is. */
export function withDifference(line: string, usual: string, theme: Theme): string {
  if (line === usual || line.length > LONGEST || usual.length > LONGEST || /\x1b/.test(line + usual)) return line
  const words = [line, usual].map(text => text.split(/(?<=\W)|(?=\W)/))
  const [own = [], other = []] = words
  const [start, end] = [commonStart(own, other), commonStart(own.toReversed(), other.toReversed())]
  const stop = Math.max(start, own.length - end)
  const differing = own.slice(start, stop).join('')
  if (differing.trim() === '' || differing.length > line.length / 2) return line
  return own.slice(0, start).join('') + theme.underlined(differing) + own.slice(stop).join('')
}

/** How many elements two sequences begin with alike. */
function commonStart(a: ArrayLike<string>, b: ArrayLike<string>): number {
  const most = Math.min(a.length, b.length)
  let at = 0
  while (at < most && a[at] === b[at]) at += 1
  return at
}
