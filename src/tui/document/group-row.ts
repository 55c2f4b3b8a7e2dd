import { foldNames } from '../../engine/nodeset/fold.js'
import { pad, truncate, widthOf } from '../text/width.js'
import { type DrawContext, INDENT } from './line.js'

/** `11 hosts`, ` 1 host ` */
export function hostCount(count: number): string {
  return count === 1 ? '1 host ' : `${count} hosts`
}

/** Names of hosts as a node set; more than a screen of names is not folded to be cut off again. */
export function nodeSet(hosts: readonly string[]): string {
  return hosts.length <= 5000 ? foldNames(hosts) : `${foldNames(hosts.slice(0, 5000))},…`
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

/**
 * Rows of groups of hosts, in columns: how many, what they have in common, who they are.
 *
 * @example
 * //   ▸ 11 hosts  Debian 12.9   web-[1-6,8-12]
 * //      1 host   Debian 11.11  web-7
 */
export function groupRows(rows: readonly GroupRow[], { width, theme }: DrawContext): string[] {
  const most = Math.max(...rows.map(row => String(row.hosts.length).length))
  const head = INDENT.length + most + ' hosts'.length + 2
  const widest = Math.max(...rows.map(row => widthOf(row.text)))
  const names = rows.map(row => nodeSet(row.hosts))
  const room = width - head
  const forNames = Math.min(Math.max(...names.map(name => name.length)), Math.max(12, Math.floor(room * 0.45)))
  const forText = Math.max(8, Math.min(widest, room - forNames - 2))
  return rows.map(({ hosts, open, openable, text }, index) => {
    const sign = openable ? (open ? '▾' : '▸') : ' '
    const count = pad(hostCount(hosts.length), most + ' hosts'.length + (hosts.length === 1 ? 0 : 0), 'right')
    const rest = truncate(names[index] ?? '', room - forText - 2, '…')
    return `  ${theme.faint(sign)} ${count}  ${pad(text, forText, 'left', '…')}  ${theme.faint(rest)}`
  })
}
