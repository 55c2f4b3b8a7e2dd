import { histogram } from '../../document/charts/histogram.js'
import { durationText } from '../../document/duration.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import type { SideInput } from '../side-pane.js'
import { headOf, type Subject, subjectOf } from './subject.js'

/** The output of what the cursor stands on, and how long its hosts took. */
export function outputLines(view: SideInput, width: number, theme: Theme): string[] {
  const subject = subjectOf(view, theme)
  if (!subject) return [theme.faint('No output yet.')]
  const text = subject.text.length > 0 ? subject.text : [theme.faint('(no output)')]
  return [
    ...headOf(subject, width, theme),
    ...text.flatMap(line => wrap(line, width)),
    ...timesOf(subject, width, theme),
  ]
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
  const slowest = took.slice(0, SLOWEST).map(([host, ms]) => `${host} ${durationText(ms)}`)
  return ['', theme.accent('durations'), ...drawn, ...wrap(`slowest: ${slowest.join(', ')}`, width).map(theme.faint)]
}
