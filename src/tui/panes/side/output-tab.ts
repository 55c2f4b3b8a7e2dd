import { histogram } from '../../document/charts/histogram.js'
import { type Span, timeline } from '../../document/charts/timeline.js'
import { durationText } from '../../document/duration.js'
import { hostLine } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import { isRunning } from '../../state/entry.js'
import type { SideInput } from '../side-pane.js'
import { headOf, type Subject, subjectOf } from './subject.js'

/** The output of what the cursor stands on, and how long its hosts took. */
export function outputLines(view: SideInput, width: number, theme: Theme): string[] {
  const live = runningLines(view, width, theme)
  if (live.length > 0) return live
  const subject = subjectOf(view, theme)
  if (!subject) return [theme.faint('No output yet.')]
  const text = subject.text.length > 0 ? subject.text : [theme.faint('(no output)')]
  return [
    ...headOf(subject, width, theme),
    ...text.flatMap(line => wrap(line, width)),
    ...timesOf(subject, width, theme),
  ]
}

/** What hosts of a running cell said last: one host's, while it is the one looked at, else each one's. */
function runningLines({ notebook, cells, side }: SideInput, width: number, theme: Theme): string[] {
  const entry = notebook.entries.findLast(isRunning)
  if (!entry || (cells.cursor && cells.cursor.entry !== entry.id)) return []
  const said = [...entry.steps.values()].flatMap(step => [...step.said])
  const followed = said.filter(([host]) => host === side.host)
  return (followed.length > 0 ? followed : said).flatMap(([host, lines]) => [
    theme.accent(hostLine(host)),
    ...lines.flatMap(line => wrap(`  ${hostLine(line)}`, width)),
  ])
}

/** When each host was at work for a cell. */
function spansOf({ steps }: Subject['entry'], hosts: ReadonlySet<string>): Span[] {
  return [...steps.values()].flatMap(({ ends, times }) =>
    [...ends].flatMap(([host, end]) => (hosts.has(host) ? [{ host, start: end - (times.get(host) ?? 0), end }] : [])),
  )
}

/** Hosts that took longest, by name. */
const SLOWEST = 3

function timesOf({ entry, hosts }: Subject, width: number, theme: Theme): string[] {
  const own = new Set(hosts)
  const took = [...entry.steps.values()]
    .flatMap(step => [...step.times])
    .filter(([host]) => own.has(host))
    .toSorted(([, a], [, b]) => b - a)
  const drawn = histogram(
    took.map(([, ms]) => ms),
    width,
    theme,
  )
  if (drawn.length === 0) return []
  const when = timeline(spansOf(entry, own), width, theme)
  const slowest = took.slice(0, SLOWEST).map(([host, ms]) => `${host} ${durationText(ms)}`)
  return [
    '',
    theme.accent('durations'),
    ...drawn,
    ...wrap(`slowest: ${slowest.join(', ')}`, width).map(theme.faint),
    ...(when.length > 0 ? ['', theme.accent('timeline'), ...when] : []),
  ]
}
