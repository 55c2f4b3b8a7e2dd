import { usualOf } from '../../repl/answers/answers.js'
import type { Display, DisplayGroup } from '../../repl/protocol.js'
import type { Entry, Stop } from '../state/entry.js'
import { widthOf } from '../text/width.js'
import { ANSWER_ROWS, answerLines } from './answer-lines.js'
import { countText, subjectOf } from './change-lines.js'
import { durationText } from './duration.js'
import { columnsOf, groupRows, headLines } from './group-row.js'
import { hostRows } from './host-rows.js'
import { hostLine } from './host-text.js'
import { DEEPER, type DrawContext, firstOf, INDENT, type Line } from './line.js'
import { isOpenable, opennessOf } from './openness.js'
import { statusText } from './status-text.js'
import type { Theme } from './theme.js'
import { differenceFrom, differenceText, fromDifference, withDifference } from './what-differs.js'

type Results = Extract<Display, { kind: 'results' }>

/** Results: a row for each group of hosts with the identical answer, and the answers of those that are open. */
export function resultLines(entry: Entry, { groups }: Results, context: DrawContext): Line[] {
  const { theme } = context
  if (groups.length === 0) return [{ text: INDENT + theme.faint('no hosts') }]
  const answers = groups.map(group => answerLines(group, theme))
  const stops = groups.map((_, group): Stop => ({ kind: 'result group', group }))
  const levels = stops.map(stop => opennessOf(entry, stop))
  const texts = rowTexts(groups, answers, levels, context)
  const rows = groupRows(
    groups.map(({ hosts }, at) => ({
      hosts,
      open: (levels[at] ?? 0) > 0,
      openable: isOpenable(entry, stops[at] ?? { kind: 'source' }),
      text: texts[at] ?? '',
    })),
    context,
  )
  return groups.flatMap((group, at): Line[] => {
    const level = levels[at] ?? 0
    const answer = answers[at] ?? []
    // what stands in the row already is not said again
    const body = level === 0 || answer.length < 2 ? [] : level === 1 ? firstOf(answer, ANSWER_ROWS, theme) : answer
    return [
      ...headLines(rows[at] ?? [], stops[at] ?? { kind: 'source' }),
      ...body.map(text => ({ text: DEEPER + text })),
      ...(level === 3 ? hostRows(entry, at, group, context) : []),
    ]
  })
}

/** How each group ended and what it said; of all but the largest, what differs from that one comes first. */
function rowTexts(
  groups: readonly DisplayGroup[],
  answers: readonly (readonly string[])[],
  levels: readonly number[],
  { width, theme }: DrawContext,
): readonly string[] {
  const { room } = columnsOf(groups, width)
  const marks = groups.map(group => markOf(group, theme))
  const most = usualOf(groups)
  const usualAt = most ? groups.indexOf(most) : 0
  const usual = answers[usualAt] ?? []
  const usualRow = inOneRow(usual)
  const [differing, differingChange] = [differenceFrom(usual, 1), differenceFrom(usual, 0)]

  const about = ({ changes = [], ms }: DisplayGroup, at: number): string => {
    const [answer, mark, open] = [answers[at] ?? [], marks[at] ?? '', (levels[at] ?? 0) > 0]
    const isUsual = at === usualAt
    if (changes.length > 0)
      return isUsual || open || mark !== marks[usualAt] ? '' : differenceText(differingChange(answer), theme)
    if (open && answer.length > 1) return theme.faint(durationText(ms))
    const row = inOneRow(answer)
    if (isUsual) return row
    const difference = differing(answer)
    if (difference !== undefined) return differenceText(difference, theme)
    const left = room - (mark === '' ? 0 : widthOf(mark) + 1)
    return widthOf(row) > left ? fromDifference(row, usualRow, left) : withDifference(row, usualRow, theme)
  }
  return groups.map((group, at) => [marks[at] ?? '', about(group, at)].filter(part => part !== '').join(' '))
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

function markOf({ status, exitCode, changes }: DisplayGroup, theme: Theme): string {
  if (status === 'ok' && changes) {
    if (changes.length === 0) return theme.faint('=')
    return `${theme.good('✓')} ${countText(changes, theme)}  ${subjectOf(changes)}`
  }
  if (status === 'failed' && exitCode !== undefined) return theme.bad(`✗ exit ${exitCode}`)
  if (status === 'ok') return exitCode === undefined || exitCode === 0 ? '' : theme.warning(`exit ${exitCode}`)
  return statusText(status, theme)
}
