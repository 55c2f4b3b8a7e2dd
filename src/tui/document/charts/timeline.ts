import { pad } from '../../text/width.js'
import { durationText } from '../duration.js'
import { nodeSetIn } from '../group-row.js'
import type { Theme } from '../theme.js'
import { sparkline } from './sparkline.js'

/** When a host was at work, in milliseconds since the epoch. */
export interface Span {
  readonly host: string
  readonly start: number
  readonly end: number
}

/** Rows of hosts; those that were at work at the same time share one. */
const MOST = 12

/**
 * Who was at work when: how many over the time, and a bar for each group of hosts that began and ended together.
 *
 * @param width columns
 * @returns nothing when all were at work at the same time
 */
export function timeline(spans: readonly Span[], width: number, theme: Theme): string[] {
  const start = Math.min(...spans.map(span => span.start))
  const end = Math.max(...spans.map(span => span.end))
  const names = Math.min(18, Math.floor(width / 3))
  const columns = width - names - 1
  if (spans.length < 2 || end <= start || columns < 8) return []
  const column = (at: number) => Math.min(columns - 1, Math.floor(((at - start) / (end - start)) * columns))
  const bars = new Map<string, { readonly from: number; readonly to: number; readonly hosts: string[] }>()
  const counts = Array.from({ length: columns }, () => 0)
  for (const span of spans) {
    const [from, to] = [column(span.start), column(span.end)]
    for (let at = from; at <= to; at++) counts[at] = (counts[at] ?? 0) + 1
    const key = `${from} ${to}`
    const bar = bars.get(key) ?? { from, to, hosts: [] }
    bar.hosts.push(span.host)
    bars.set(key, bar)
  }
  if (bars.size < 2) return []
  const rows = [...bars.values()].sort((a, b) => a.from - b.from || a.to - b.to)
  const left = rows.length - MOST
  return [
    `${theme.faint(pad('at work', names))} ${theme.accent(sparkline(counts, columns))}`,
    ...rows.slice(0, MOST).map(({ from, to, hosts }) => {
      const drawn = `${theme.faint('·'.repeat(from))}${theme.accent('▓'.repeat(to - from + 1))}`
      return `${pad(nodeSetIn(hosts, names), names)} ${drawn}`
    }),
    ...(left > 0 ? [theme.faint(`… ${left} more`)] : []),
    theme.faint(`${' '.repeat(names + 1)}0${durationText(end - start).padStart(columns - 1)}`),
  ]
}
