import type { ChangeView } from '../../../engine/events.js'
import { answerLines } from '../../document/answer-lines.js'
import { nodeSet } from '../../document/group-row.js'
import { saidBy } from '../../document/host-answers.js'
import { hostLine, hostLines } from '../../document/host-text.js'
import type { Theme } from '../../document/theme.js'
import { wrap } from '../../document/wrap.js'
import type { Entry } from '../../state/entry.js'
import type { SideInput } from './side-input.js'

export interface Subject {
  readonly title: string
  readonly hosts: readonly string[]
  readonly changes: readonly ChangeView[]
  readonly text: readonly string[]
  readonly entry: Entry
  /** The group among the answers of the entry; none for a plan. */
  readonly group?: number
}

/** What the cursor of the cells pane stands on; where there is nothing to see, the newest thing there is. */
export function subjectOf(view: SideInput, theme: Theme): Subject | undefined {
  const { cursor } = view.cells
  const { entries } = view.notebook
  const entry = cursor ? entries.find(({ id }) => id === cursor.entry) : entries.findLast(hasSomething)
  if (!entry) return undefined
  const stop = cursor?.stop
  if (stop?.kind === 'result group') return resultSubject(entry, stop.group, theme)
  if (stop?.kind === 'result host') return hostSubject(entry, stop.group, stop.host, theme)
  if (stop?.kind === 'plan group') return planSubject(entry, stop.plan, stop.group)
  if (stop?.kind === 'plan step') return planSubject(entry, stop.plan, stop.group, stop.step)
  if (stop?.kind === 'plan') return planSubject(entry, stop.plan, firstChange(entry, stop.plan))
  const own = hasSomething(entry) ? entry : entries.findLast(hasSomething)
  return own && (resultSubject(own, 0, theme) ?? planSubject(own, 0, firstChange(own, 0)))
}

const hasSomething = (entry: Entry) =>
  entry.plans.length > 0 || (entry.end?.kind === 'ok' && entry.end.value.kind === 'results')

const firstChange = (entry: Entry, plan: number) =>
  Math.max(0, entry.plans[plan]?.groups.findIndex(group => group.changes.length > 0) ?? 0)

function planSubject(entry: Entry, planIndex: number, index: number, step?: number): Subject | undefined {
  const plan = entry.plans[planIndex]
  const group = plan?.groups[index]
  if (!plan || !group) return undefined
  return {
    title: plan.label,
    hosts: group.hosts,
    changes: step === undefined ? group.changes : group.changes.slice(step, step + 1),
    text: group.reason === undefined ? [] : hostLines(group.reason),
    entry,
  }
}

function resultSubject(entry: Entry, index: number, theme: Theme): Subject | undefined {
  const { end, source } = entry
  if (end?.kind !== 'ok' || end.value.kind !== 'results') return undefined
  const group = end.value.groups[index]
  if (!group) return undefined
  return {
    title: source.split('\n')[0] ?? '',
    hosts: group.hosts,
    changes: group.changes ?? [],
    text: group.changes && group.changes.length > 0 ? [] : answerLines(group, theme),
    entry,
    group: index,
  }
}

/** One host of a group: what it said itself. */
function hostSubject(entry: Entry, index: number, host: string, theme: Theme): Subject | undefined {
  const subject = resultSubject(entry, index, theme)
  return subject && { ...subject, hosts: [host], text: subject.changes.length > 0 ? [] : saidBy(entry, host) }
}

export function headOf({ title, hosts }: Subject, width: number, theme: Theme): string[] {
  const count = hosts.length === 1 ? '' : `${hosts.length} hosts  `
  return [
    theme.strong(hostLine(title)),
    ...wrap(`${count}${nodeSet(hosts)}`, width)
      .slice(0, 3)
      .map(theme.faint),
    theme.faint('─'.repeat(width)),
  ]
}
