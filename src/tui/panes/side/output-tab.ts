import { histogram } from '../../document/charts/histogram.js'
import { type Span, timeline } from '../../document/charts/timeline.js'
import { durationText } from '../../document/duration.js'
import { hostLine } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import { isRunning } from '../../state/entry.js'
import { keyFor } from '../../state/keymap.js'
import type { SideInput } from './side-input.js'
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

/** Hosts whose words are shown while a cell runs on many. */
const MOST_FOLLOWED = 50

/** What hosts of a running cell said last: one host's, while it is the one looked at, else each one's. */
function runningLines({ notebook, cells, side, keymap }: SideInput, width: number, theme: Theme): string[] {
  const entry = notebook.entries.findLast(isRunning)
  if (!entry || (cells.cursor && cells.cursor.entry !== entry.id)) return []
  const said = [...entry.steps.values()].flatMap(step => [...step.said])
  const followed = said.filter(([host]) => host === side.host)
  const shown = followed.length > 0 ? followed : said.slice(0, MOST_FOLLOWED)
  const left = followed.length > 0 ? 0 : said.length - shown.length
  return [
    ...shown.flatMap(([host, lines]) => [
      theme.accent(hostLine(host)),
      ...lines.flatMap(line => wrap(`  ${hostLine(line)}`, width)),
    ]),
    ...(left > 0
      ? wrap(`… and ${left} other hosts: ${keyFor(keymap, 'hosts', 'choose')} on one of them follows it`, width).map(
          theme.faint,
        )
      : []),
  ]
}

/** When each host was at work for a cell. */
function spansOf({ steps }: Subject['entry'], hosts: ReadonlySet<string>): Span[] {
  return [...steps.values()].flatMap(({ answered }) =>
    [...answered].flatMap(([host, { at, ms }]) => (hosts.has(host) ? [{ host, start: at - ms, end: at }] : [])),
  )
}

/** Hosts that took longest, by name. */
const SLOWEST = 3

function timesOf({ entry, hosts }: Subject, width: number, theme: Theme): string[] {
  const own = new Set(hosts)
  const took = [...entry.steps.values()]
    .flatMap(step => [...step.answered])
    .filter(([host]) => own.has(host))
    .toSorted(([, a], [, b]) => b.ms - a.ms)
  const drawn = histogram(
    took.map(([, { ms }]) => ms),
    width,
    theme,
  )
  if (drawn.length === 0) return []
  const when = timeline(spansOf(entry, own), width, theme)
  const slowest = took.slice(0, SLOWEST).map(([host, { ms }]) => `${host} ${durationText(ms)}`)
  return [
    '',
    theme.accent('durations'),
    ...drawn,
    ...wrap(`slowest: ${slowest.join(', ')}`, width).map(theme.faint),
    ...(when.length > 0 ? ['', theme.accent('timeline'), ...when] : []),
  ]
}
