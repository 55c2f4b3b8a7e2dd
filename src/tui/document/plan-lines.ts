import type { ChangeView, PlanGroupView, PlanView } from '../../engine/events.js'
import type { Entry, Stop } from '../state/entry.js'
import { changeLines, countText, subjectOf } from './change-lines.js'
import { type GroupRow, groupRows, headLines } from './group-row.js'
import { hostLine, hostLines } from './host-text.js'
import { DEEPER, type DrawContext, firstOf, type Line } from './line.js'
import { isOpenable, opennessOf } from './openness.js'
import type { Theme } from './theme.js'
import { type Difference, differenceFrom, differenceText } from './what-differs.js'
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

/** A plan in an entry: its counts, a row for each group, and the steps of those that are open. */
export function planLines(entry: Entry, index: number, plan: PlanView, context: DrawContext): Line[] {
  const { theme } = context
  const planStop: Stop = { kind: 'plan', plan: index }
  const open = opennessOf(entry, planStop) > 0
  const sign = theme.faint(open ? '▾' : '▸')
  const head: Line = {
    text: `  ${sign} plan  ${planCounts(plan, theme)}  ${theme.faint(hostLine(plan.label))}`,
    stop: planStop,
  }
  if (!open || plan.groups.length === 0) return [head]
  const stops = plan.groups.map((_, group): Stop & { kind: 'plan group' } => ({
    kind: 'plan group',
    plan: index,
    group,
  }))
  const texts = groupTexts(plan.groups, theme)
  const rows = groupRows(
    plan.groups.map((group, at) => groupRow(entry, group, stops[at] ?? planStop, texts[at] ?? '')),
    context,
  )
  return [
    head,
    ...stops.flatMap((stop, at): Line[] => {
      const group = plan.groups[at]
      const body = group && opennessOf(entry, stop) > 0 ? groupLines(entry, group, stop, context) : []
      return [...headLines(rows[at] ?? [], stop), ...body]
    }),
  ]
}

/** What an open group shows: why, and its steps, with the diffs of those that are open. */
function groupLines(
  entry: Entry,
  { reason, changes }: PlanGroupView,
  group: Stop & { kind: 'plan group' },
  context: DrawContext,
): Line[] {
  const why = reason === undefined ? [] : hostLines(reason).flatMap(line => wrap(line, context.width - DEEPER.length))
  return [
    ...why.map(text => ({ text: DEEPER + text })),
    ...changes.flatMap((change, step) => stepLines(entry, change, { ...group, kind: 'plan step', step }, context)),
  ]
}

/** A step: its row, how much it adds and takes away; below, as far as it is open, its diff. */
function stepLines(entry: Entry, change: ChangeView, stop: Stop, { theme, width }: DrawContext): Line[] {
  const level = opennessOf(entry, stop)
  const [summary = '', ...diff] = changeLines([change], theme).flatMap(line =>
    wrapHanging(line, width - DEEPER.length - 2),
  )
  const sign = theme.faint(level > 0 ? '▾' : '▸')
  const shown = level === 0 ? [] : level === 1 ? firstOf(diff, SOME, theme) : diff
  return [
    { text: `${DEEPER}${sign} ${summary}  ${level > 0 ? '' : countText([change], theme)}`, stop },
    ...shown.map(text => ({ text: `${DEEPER}  ${text}` })),
  ]
}

function groupRow(entry: Entry, { hosts }: PlanGroupView, stop: Stop, text: string): GroupRow {
  return { hosts, open: opennessOf(entry, stop) > 0, openable: isOpenable(entry, stop), text }
}

const told = new WeakMap<readonly PlanGroupView[], { readonly theme: Theme; readonly texts: readonly string[] }>()

/** What would happen in each group. Two that read alike are two because their diffs are not: the smaller says what differs. */
function groupTexts(groups: readonly PlanGroupView[], theme: Theme): readonly string[] {
  const known = told.get(groups)
  // a plan that waits is drawn in every frame
  if (known?.theme === theme) return known.texts
  const differences = new Map<string, Difference>()
  const largestFirst = groups.toSorted((a, b) => b.hosts.length - a.hosts.length)
  const texts = new Map(
    largestFirst.map(group => {
      const text = groupText(group, theme)
      if (group.changes.length === 0) return [group, text]
      const lines = changeLines(group.changes, theme)
      const difference = differences.get(text)
      if (!difference) differences.set(text, differenceFrom(lines, 0))
      const differs = difference?.(lines)
      return [group, differs === undefined ? text : `${text}  ${differenceText(differs, theme)}`]
    }),
  )
  const inOrder = groups.map(group => texts.get(group) ?? '')
  told.set(groups, { theme, texts: inOrder })
  return inOrder
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
