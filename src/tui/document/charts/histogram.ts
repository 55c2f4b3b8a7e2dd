import { durationText } from '../duration.js'
import type { Theme } from '../theme.js'
import { bar } from './bar.js'

const BINS = 6
const LABEL = 19

/**
 * How long hosts took: rows of equal spans, each with how many hosts fell into it.
 *
 * @param durations milliseconds
 * @param width columns
 * @returns nothing for fewer than two hosts
 */
export function histogram(durations: readonly number[], width: number, theme: Theme): string[] {
  if (durations.length < 2) return []
  const least = Math.min(...durations)
  const most = Math.max(...durations)
  const span = (most - least) / BINS
  if (span === 0) return [theme.faint(`${durations.length} hosts in ${durationText(most)} each`)]
  const counts = Array.from({ length: BINS }, () => 0)
  for (const ms of durations) {
    const bin = Math.min(BINS - 1, Math.floor((ms - least) / span))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const highest = Math.max(...counts)
  const across = Math.max(4, Math.min(24, width - LABEL - 8))
  return counts.map((count, bin) => {
    const from = durationText(least + bin * span).padStart(8)
    const label = `${from} – ${durationText(least + (bin + 1) * span)}`.padEnd(LABEL)
    // a bin that is not empty is never drawn as if it were
    const part = count === 0 ? 0 : Math.max(1 / across, count / highest)
    return `${theme.faint(label)} ${theme.accent(bar(part, across))} ${count}`
  })
}
