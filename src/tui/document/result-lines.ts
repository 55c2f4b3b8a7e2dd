import type { OutcomeStatus } from '../../engine/events.js'
import type { Display, DisplayGroup } from '../../repl/protocol.js'
import { type Entry, type Openness, type Stop, stopKey } from '../state/entry.js'
import { changeLines, countText, subjectOf } from './change-lines.js'
import { durationText } from './duration.js'
import { type GroupRow, groupRows, headLines } from './group-row.js'
import { hostLine, hostLines } from './host-text.js'
import { DEEPER, type DrawContext, firstOf, INDENT, type Line } from './line.js'
import type { Theme } from './theme.js'

type Results = Extract<Display, { kind: 'results' }>

/** Lines of an answer shown at the first level of opening. */
const SOME = 8

/** Results: a row for each group of hosts with the identical answer, and the answers of those that are open. */
export function resultLines(entry: Entry, { groups }: Results, context: DrawContext): Line[] {
  const { theme } = context
  if (groups.length === 0) return [{ text: INDENT + theme.faint('no hosts') }]
  const answers = groups.map(group => answerLines(group, theme))
  const levels = groups.map((_, at) => resultOpenness(entry, at, answers))
  const rows = groupRows(
    groups.map((group, at) => groupRow(group, answers[at] ?? [], levels[at] ?? 0, theme)),
    context,
  )
  return groups.flatMap((_, at): Line[] => {
    const stop: Stop = { kind: 'result group', group: at }
    const level = levels[at] ?? 0
    const body = level === 0 ? [] : (answers[at] ?? [])
    const shown = level === 1 ? firstOf(body, SOME, theme) : body
    return [...headLines(rows[at] ?? [], stop), ...shown.map(text => ({ text: DEEPER + text }))]
  })
}

/** As the person left it; else the largest answer is open when it has more than the one line that its row shows anyway. */
export function resultOpenness(entry: Entry, group: number, answers: readonly (readonly string[])[]): Openness {
  const opened = entry.opened.get(stopKey({ kind: 'result group', group }))
  if (opened !== undefined) return opened
  return group === 0 && (answers[0]?.length ?? 0) > 1 ? 1 : 0
}

/** What a group answered, line by line: the diffs of what was done, or the text. */
export function answerLines({ changes, text, cut }: DisplayGroup, theme: Theme): string[] {
  const lines = changes && changes.length > 0 ? changeLines(changes, theme) : text === '' ? [] : hostLines(text)
  return cut ? [...lines, theme.warning('… cut here: the journal has all of it')] : lines
}

function groupRow(group: DisplayGroup, answer: readonly string[], level: Openness, theme: Theme): GroupRow {
  const mark = markOf(group, theme)
  const first = group.changes && group.changes.length > 0 ? '' : inOneRow(answer)
  const about = level > 0 && answer.length > 1 ? theme.faint(aboutOpen(group)) : first
  return {
    hosts: group.hosts,
    open: level > 0,
    openable: answer.length > 1,
    text: [mark, about].filter(part => part !== '').join(' '),
  }
}

/** The answer as its row shows it: lines that only open a bracket say nothing, so that what follows is joined to them. */
function inOneRow(answer: readonly string[]): string {
  const [first = ''] = answer
  if (first.length > 3 || answer.length === 1) return hostLine(first)
  return hostLine(
    answer
      .slice(0, 12)
      .map(line => line.trim())
      .join(' '),
  )
}

/** Beside an open group's count, where a closed one has its first line. */
function aboutOpen({ ms, changes }: DisplayGroup): string {
  return changes && changes.length > 0 ? '' : durationText(ms)
}

function markOf({ status, exitCode, changes }: DisplayGroup, theme: Theme): string {
  if (status === 'ok' && changes) {
    if (changes.length === 0) return theme.faint('=')
    return `${theme.good('✓')} ${countText(changes, theme)}  ${subjectOf(changes)}`
  }
  if (status === 'failed' && exitCode !== undefined) return theme.bad(`✗ exit ${exitCode}`)
  if (status === 'ok') return exitCode === undefined || exitCode === 0 ? '' : theme.warning(`exit ${exitCode}`)
  return statusText(status, theme)
}

/** A status with its sign, as everywhere on the screen. */
export function statusText(status: OutcomeStatus, theme: Theme): string {
  switch (status) {
    case 'ok':
      return theme.good('✓ ok')
    case 'failed':
      return theme.bad('✗ failed')
    case 'unreachable':
      return theme.bad('✗ unreachable')
    case 'unknown':
      return theme.warning('? unknown')
    case 'cancelled':
    case 'skipped':
      return theme.faint(`– ${status}`)
  }
}
