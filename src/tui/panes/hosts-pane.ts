import { stripVTControlCharacters } from 'node:util'
import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import { countsOf, marksIn } from '../state/host-counts.js'
import type { TreeRow } from '../state/host-tree.js'
import type { HostEntry, Hosts } from '../state/hosts.js'
import { hostsTop } from '../state/hosts-window.js'
import { type Keymap, keyFor } from '../state/keymap.js'
import { pad, truncate, widthOf } from '../text/width.js'
import type { Area } from './area.js'
import { framed, insideOf } from './frame.js'
import { answerSign, latencyLine, SPARK, stateSign, stateText } from './host-row.js'

export interface HostsPaneProps {
  readonly hosts: Hosts
  readonly focus: readonly string[]
  readonly active: boolean
  readonly keymap: Keymap
  readonly theme: Theme
}

/** The hosts pane: the part of the tree that is in view, and a line about the filter, the marks, or the row under the cursor. */
export function hostsPane({ hosts, focus, active, keymap, theme }: HostsPaneProps, area: Area): string[] {
  const inside = insideOf(area)
  const height = inside.height - 1
  const top = hostsTop(hosts, height)
  const focused = setOf(focus)
  const rows = hosts.rows.slice(top, top + height).map((row, index) => {
    const text =
      row.kind === 'group'
        ? groupRow(row, hosts, inside.width, theme)
        : hostRow(row, hosts, focused, inside.width, theme)
    return active && top + index === hosts.cursor
      ? theme.selected(pad(stripVTControlCharacters(text), inside.width))
      : text
  })
  const body = [
    ...rows,
    ...Array.from({ length: height - rows.length }, () => ''),
    lastLine(hosts, active, keymap, theme),
  ]
  const at = hosts.rows.length > height ? `${hosts.cursor + 1}/${hosts.rows.length}` : ''
  const sorted = hosts.order === 'inventory' ? '' : `by ${hosts.order}`
  const more = theme.faint([sorted, at].filter(part => part !== '').join(' '))
  return framed({ title: active ? theme.strong('hosts') : 'hosts', corner: more, rows: body, active }, area, theme)
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>()

/** The focus as a set, made once for as long as it stays the same. */
function setOf(names: readonly string[]): ReadonlySet<string> {
  const set = sets.get(names) ?? new Set(names)
  sets.set(names, set)
  return set
}

function groupRow(
  { name, hosts: members, open }: Extract<TreeRow, { kind: 'group' }>,
  { entries, marked }: Hosts,
  width: number,
  theme: Theme,
): string {
  const { ready, lost, unreachable, differing } = countsOf(entries, members)
  const marks = marksIn(marked, members)
  const differ = differing > 0 ? theme.warning(`≠${differing}`) : ''
  const down = [lost > 0 ? `○${lost}` : '', unreachable > 0 ? `✗${unreachable}` : ''].filter(part => part !== '')
  const bad = down.length === 0 ? '' : theme.bad(down.join(' '))
  const all = `${ready}/${members.length}`
  const up = ready === members.length ? theme.good(all) : theme.warning(all)
  const picked = marks > 0 ? theme.accent(`*${marks}`) : ''
  const head = `${theme.faint(open ? '▾' : '▸')} ${theme.strong(hostLine(name))}`
  // what can be told from the rest gives way to the name
  const counts = [
    [picked, differ, bad, up],
    [picked, differ, up],
    [differ, up],
  ].map(parts => parts.filter(part => part !== '').join(' '))
  const room = width - widthOf(head) - 1
  return spread(head, counts.find(text => widthOf(text) <= room) ?? up, width)
}

/** Columns of a latency. */
const LATENCY = 6

function hostRow(
  { name }: Extract<TreeRow, { kind: 'host' }>,
  { entries, latencies, marked }: Hosts,
  focused: ReadonlySet<string>,
  width: number,
  theme: Theme,
): string {
  const entry = entries.get(name)
  if (!entry) return name
  const mark = marked.has(name) ? theme.accent('*') : ' '
  const shown = focused.has(name) ? hostLine(name) : theme.faint(hostLine(name))
  const left = `${answerSign(entry, theme)}${mark}${stateSign(entry.state, theme)} ${shown}`
  const times = latencies.get(name)
  const text = stateText(entry, times, theme)
  const line = latencyLine(entry, times, theme)
  // its sign says that a host cannot be reached: the word gives way to the name
  if (entry.state === 'failed' && widthOf(left) + 1 + widthOf(text) > width) return left
  const room = width - widthOf(left) - Math.max(LATENCY, widthOf(text)) - 2
  return spread(left, line !== '' && room >= SPARK ? `${line} ${pad(text, LATENCY, 'right')}` : text, width)
}

/** Left and right texts at the two ends of a row; the left one gives way. */
function spread(left: string, right: string, width: number): string {
  const room = width - widthOf(right) - (right === '' ? 0 : 1)
  return `${pad(left, room, 'left', '…')}${right === '' ? '' : ` ${right}`}`
}

function lastLine(hosts: Hosts, active: boolean, keymap: Keymap, theme: Theme): string {
  if (hosts.filtering) return `${theme.accent('/')}${hostLine(hosts.filter)}${theme.selected(' ')}`
  if (hosts.filter !== '')
    return `${theme.accent('/')}${hostLine(hosts.filter)} ${theme.faint(hosts.rows.length === 0 ? 'no host' : `${keyFor(keymap, 'hosts', 'filter')} ${keyFor(keymap, 'filter', 'close')}: all`)}`
  const row = hosts.rows[hosts.cursor]
  const entry = active && row?.kind === 'host' ? hosts.entries.get(row.name) : undefined
  if (entry && (entry.reason !== undefined || active)) return reasonOf(entry, theme)
  if (hosts.marked.size > 0) return theme.accent(`* ${hosts.marked.size} marked = sel`)
  return theme.faint(`${keyFor(keymap, 'hosts', 'filter')} filter  ${keyFor(keymap, 'hosts', 'mark')} mark`)
}

function reasonOf({ reason, address, guard }: HostEntry, theme: Theme): string {
  if (reason !== undefined) return theme.bad(hostLine(reason))
  return theme.faint(truncate(hostLine(guard === 'confirm' ? address : `${address} · ${guard}`), 60))
}
