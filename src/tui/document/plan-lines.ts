import type { PlanGroupView, PlanView } from '../../engine/events.js'
import { type Entry, type Openness, type Stop, stopKey } from '../state/entry.js'
import { changeLines, countText, subjectOf } from './change-lines.js'
import { type GroupRow, groupRows, headLines } from './group-row.js'
import { hostLine, hostLines } from './host-text.js'
import { DEEPER, type DrawContext, firstOf, type Line } from './line.js'
import type { Theme } from './theme.js'
import { wrap, wrapHanging } from './wrap.js'

/** Lines of a diff shown at the first level of opening. */
const SOME = 12

/** `9 change · 2 same · 1 unknown` */
export function planCounts({ groups }: PlanView, theme: Theme): string {
  const paint = { change: theme.warning, same: theme.faint, unknown: theme.bad, failed: theme.bad }
  return (['change', 'same', 'unknown', 'failed'] as const)
    .map(outcome => {
      const hosts = groups.filter(group => group.outcome === outcome).flatMap(group => group.hosts)
      return { outcome, count: hosts.length }
    })
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => paint[outcome](`${count} ${outcome}`))
    .join(theme.faint(' · '))
}

/** Whether a plan shows its groups: until it is done with, unless the person said otherwise. */
export function isPlanOpen(entry: Entry, index: number): boolean {
  const opened = entry.opened.get(stopKey({ kind: 'plan', plan: index }))
  return opened === undefined ? entry.end === undefined : opened > 0
}

export function planGroupOpenness(entry: Entry, plan: number, group: number): Openness {
  return entry.opened.get(stopKey({ kind: 'plan group', plan, group })) ?? 0
}

/** A plan in an entry: its counts, a row for each group, and the diffs of those that are open. */
export function planLines(entry: Entry, index: number, plan: PlanView, context: DrawContext): Line[] {
  const { theme } = context
  const open = isPlanOpen(entry, index)
  const sign = theme.faint(open ? '▾' : '▸')
  const head: Line = {
    text: `  ${sign} plan  ${planCounts(plan, theme)}  ${theme.faint(hostLine(plan.label))}`,
    stop: { kind: 'plan', plan: index },
  }
  if (!open || plan.groups.length === 0) return [head]
  const openness = plan.groups.map((_, group) => planGroupOpenness(entry, index, group))
  const rows = groupRows(
    plan.groups.map((group, at) => groupRow(group, openness[at] ?? 0, theme)),
    context,
  )
  return [
    head,
    ...plan.groups.flatMap((group, at): Line[] => {
      const stop: Stop = { kind: 'plan group', plan: index, group: at }
      const level = openness[at] ?? 0
      const body = level === 0 ? [] : groupLines(group, context)
      const shown = level === 1 ? firstOf(body, SOME, theme) : body
      return [...headLines(rows[at] ?? [], stop), ...shown.map(text => ({ text: DEEPER + text }))]
    }),
  ]
}

/** What an open group shows: why, and the diffs. */
function groupLines({ reason, changes }: PlanGroupView, { theme, width }: DrawContext): string[] {
  const why = reason === undefined ? [] : hostLines(reason).flatMap(line => wrap(line, width - DEEPER.length))
  return [...why, ...changeLines(changes, theme).flatMap(line => wrapHanging(line, width - DEEPER.length))]
}

function groupRow(group: PlanGroupView, level: Openness, theme: Theme): GroupRow {
  return {
    hosts: group.hosts,
    open: level > 0,
    openable: group.changes.length > 0 || group.reason !== undefined,
    text: groupText(group, theme),
  }
}

function groupText({ outcome, changes, reason = '' }: PlanGroupView, theme: Theme): string {
  switch (outcome) {
    case 'change': {
      const final = changes.some(change => change.irreversible !== undefined)
      return `${countText(changes, theme)}  ${subjectOf(changes)}${final ? theme.bad('  ! no way back') : ''}`
    }
    case 'same':
      return theme.faint('= nothing to do')
    case 'unknown':
      return `${theme.bad('? unknown:')} ${hostLine(reason)}`
    case 'failed':
      return `${theme.bad('✗')} ${hostLine(reason)}`
  }
}
