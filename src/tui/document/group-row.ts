import { expandOne, foldNames, splitTopLevel } from '../../engine/nodeset/fold.js'
import type { Stop } from '../state/entry.js'
import { pad, truncate, widthOf } from '../text/width.js'
import { hostLine } from './host-text.js'
import { type DrawContext, INDENT, type Line } from './line.js'

/** `11 hosts`, ` 1 host ` */
export function hostCount(count: number): string {
  return count === 1 ? '1 host ' : `${count} hosts`
}

/** Names of hosts as a node set; more than a screen of names is not folded to be cut off again. */
export function nodeSet(hosts: readonly string[]): string {
  const names = hosts.slice(0, 5000).map(hostLine)
  return hosts.length <= 5000 ? foldNames(names) : `${foldNames(names)},…`
}

/**
 * A node set in at most `width` columns: as much of it as fits, and how many hosts are left out.
 *
 * @example
 * nodeSetIn(['web-1', 'web-3', 'db-1', 'edge-1'], 18) // 'web-[1,3],db-1 +1'
 */
export function nodeSetIn(hosts: readonly string[], width: number): string {
  const whole = nodeSet(hosts)
  if (widthOf(whole) <= width) return whole
  const terms = splitTopLevel(whole)
  let shown = ''
  let left = hosts.length
  for (const term of terms) {
    const next = shown === '' ? term : `${shown},${term}`
    const rest = left - expandOne(term).length
    if (widthOf(next) + ` +${rest}`.length > width) break
    shown = next
    left = rest
  }
  return shown === '' ? firstHostsIn(hosts, width) : `${shown} +${left}`
}

/** Where one term alone is too long: the first hosts, as many as fit. */
function firstHostsIn(hosts: readonly string[], width: number): string {
  const text = (count: number) => `${nodeSet(hosts.slice(0, count))} +${hosts.length - count}`
  let [fits, tooMany] = [0, Math.min(hosts.length, 5000)]
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2)
    if (widthOf(text(count)) <= width) fits = count
    else tooMany = count
  }
  return fits === 0 ? truncate(nodeSet(hosts), width, '…') : text(fits)
}

export interface GroupRow {
  readonly hosts: readonly string[]
  /** Whether it shows more below. */
  readonly open: boolean
  /** Whether there is more to show. */
  readonly openable: boolean
  /** What the group has in common; styled. */
  readonly text: string
}

/** Columns of rows of groups: of the greatest count, before the texts, and for them. */
export function columnsOf(rows: readonly { readonly hosts: readonly string[] }[], width: number) {
  const most = Math.max(...rows.map(row => String(row.hosts.length).length))
  const head = INDENT.length + most + ' hosts'.length + 2
  return { most, head, room: width - head }
}

/**
 * Rows of groups of hosts, in columns: how many, what they have in common, who they are. Where text and names do not fit side
 * by side the names have a row of their own.
 *
 * @returns the rows of each group
 * @example
 * //   ▸ 11 hosts  Debian 12.9   web-[1-6,8-12]
 * //      1 host   Debian 11.11  web-7
 */
export function groupRows(
  rows: readonly GroupRow[],
  { width, theme }: Pick<DrawContext, 'width' | 'theme'>,
): string[][] {
  const { most, head, room } = columnsOf(rows, width)
  const names = rows.map(row => nodeSet(row.hosts))
  const beside = rows.map(({ text }, index) => widthOf(text) + 2 + widthOf(names[index] ?? '') <= room)
  // a column for the texts as wide as the widest that has its names beside it, as long as all of those names still fit
  const longest = Math.max(0, ...names.filter((_, index) => beside[index]).map(widthOf))
  const column = Math.min(
    Math.max(0, ...rows.filter((_, index) => beside[index]).map(({ text }) => widthOf(text))),
    room - longest - 2,
  )
  return rows.map(({ hosts, open, openable, text }, index) => {
    const sign = openable ? (open ? '▾' : '▸') : ' '
    const count = pad(hostCount(hosts.length), most + ' hosts'.length, 'right')
    const first = `  ${theme.faint(sign)} ${count}  `
    if (beside[index])
      return [`${first}${pad(text, Math.max(column, widthOf(text)))}  ${theme.faint(names[index] ?? '')}`]
    return [first + truncate(text, room, '…'), ' '.repeat(head) + theme.faint(nodeSetIn(hosts, room))]
  })
}

/** The rows of a group as lines: the cursor stands on the first. */
export function headLines([first = '', ...rest]: readonly string[], stop: Stop): Line[] {
  return [{ text: first, stop }, ...rest.map(text => ({ text }))]
}
