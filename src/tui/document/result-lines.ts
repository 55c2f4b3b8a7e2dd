import type { Display, DisplayGroup } from '../../repl/protocol.js'
import type { Entry, Stop } from '../state/entry.js'
import { ANSWER_ROWS, answerLines } from './answer-lines.js'
import { countText, subjectOf } from './change-lines.js'
import { durationText } from './duration.js'
import { type GroupRow, groupRows, headLines } from './group-row.js'
import { hostRows } from './host-rows.js'
import { hostLine } from './host-text.js'
import { DEEPER, type DrawContext, firstOf, INDENT, type Line } from './line.js'
import { isOpenable, opennessOf } from './openness.js'
import { statusText } from './status-text.js'
import type { Theme } from './theme.js'

type Results = Extract<Display, { kind: 'results' }>

/** Results: a row for each group of hosts with the identical answer, and the answers of those that are open. */
export function resultLines(entry: Entry, { groups }: Results, context: DrawContext): Line[] {
  const { theme } = context
  if (groups.length === 0) return [{ text: INDENT + theme.faint('no hosts') }]
  const answers = groups.map(group => answerLines(group, theme))
  const rows = groupRows(
    groups.map((group, at) => groupRow(entry, { kind: 'result group', group: at }, group, answers[at] ?? [], theme)),
    context,
  )
  return groups.flatMap((group, at): Line[] => {
    const stop: Stop = { kind: 'result group', group: at }
    const level = opennessOf(entry, stop)
    const answer = answers[at] ?? []
    // what stands in the row already is not said again
    const body = level === 0 || answer.length < 2 ? [] : level === 1 ? firstOf(answer, ANSWER_ROWS, theme) : answer
    return [
      ...headLines(rows[at] ?? [], stop),
      ...body.map(text => ({ text: DEEPER + text })),
      ...(level === 3 ? hostRows(entry, at, group, context) : []),
    ]
  })
}

function groupRow(entry: Entry, stop: Stop, group: DisplayGroup, answer: readonly string[], theme: Theme): GroupRow {
  const level = opennessOf(entry, stop)
  const mark = markOf(group, theme)
  const first = group.changes && group.changes.length > 0 ? '' : inOneRow(answer)
  const about = level > 0 && answer.length > 1 ? theme.faint(aboutOpen(group)) : first
  return {
    hosts: group.hosts,
    open: level > 0,
    openable: isOpenable(entry, stop),
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
