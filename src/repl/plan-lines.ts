import type { ChangeView, PlanGroupView, PlanView } from '../engine/events.js'
import { hostsText } from '../engine/nodeset/fold.js'
import { diffCount, diffLines } from '../engine/plan/render-diff.js'
import { sanitise } from '../engine/text/sanitise.js'
import { diffText } from './diff-text.js'
import type { Paint } from './paint.js'

/** How much of a plan is shown. */
export interface PlanOptions {
  /** Show diffs; else only what would be done and how much. */
  readonly diff: boolean
}

/** `9 change · 2 same · 1 unknown`: a plan in one line. */
export function planSummary(plan: PlanView): string {
  const order = ['change', 'same', 'unknown', 'failed'] as const
  const counts = order.map(outcome => {
    const hosts = plan.groups
      .filter(group => group.outcome === outcome)
      .reduce((sum, group) => sum + group.hosts.length, 0)
    return hosts === 0 ? '' : `${hosts} ${outcome}`
  })
  return counts.filter(part => part !== '').join(' · ') || 'no hosts'
}

/** A plan as lines: its summary, then a block for each group of hosts for which it is the same. */
export function planLines(plan: PlanView, paint: Paint, options: PlanOptions): string[] {
  return [
    `${paint.bold(sanitise(plan.label))}  ${planSummary(plan)}${asText(plan.as ?? [], paint)}`,
    ...plan.groups.flatMap(group => groupLines(group, paint, options)),
  ]
}

/** Who it would be done as; root in red. */
function asText(users: readonly string[], paint: Paint): string {
  if (users.length === 0) return ''
  return `  as ${users.map(user => (user === 'root' ? paint.red(user) : sanitise(user, { colour: false }))).join(', ')}`
}

function groupLines(group: PlanGroupView, paint: Paint, options: PlanOptions): string[] {
  const hosts = hostsText(group.hosts)
  switch (group.outcome) {
    case 'same':
      return [`  ${paint.dim(`= ${hosts}  nothing to do`)}`]
    case 'failed':
      return [`  ${paint.red(`✗ ${hosts}`)}  ${sanitise(group.reason ?? 'failed')}`]
    case 'unknown':
      return [
        `  ${paint.yellow(`? ${hosts}`)}  unknown: ${sanitise(group.reason ?? '')}`,
        ...group.changes.flatMap(change => changeLines(change, paint, options, 'likely: ')),
      ]
    case 'change':
      return [
        `  ${paint.cyan(`▸ ${hosts}`)}`,
        ...group.changes.flatMap(change => changeLines(change, paint, options, '')),
      ]
  }
}

function changeLines(change: ChangeView, paint: Paint, { diff }: PlanOptions, prefix: string): string[] {
  const { added, removed } = diffCount(change.diff)
  const notes = [
    change.imperative ? 'runs each time' : '',
    change.irreversible ? `cannot be undone: ${sanitise(change.irreversible)}` : '',
  ].filter(note => note !== '')
  const head = `    ${prefix}${sanitise(change.summary)}  ${paint.green(`+${added}`)} ${paint.red(`−${removed}`)}${notes.length > 0 ? `  ${paint.yellow(notes.join('; '))}` : ''}`
  if (!diff) return [head]
  return [head, ...diffLines(change.diff).map(line => `      ${diffText(line, paint)}`)]
}
