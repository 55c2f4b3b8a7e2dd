import type { ApprovalChoice, ApprovalRequest, PlanGroupView, PlanView } from '../events.js'
import { strictest } from '../inventory/inventory.js'
import type { Guard } from '../inventory/spec.js'
import { mergePlans } from '../plan/merge.js'
import { stableJson } from '../stable.js'

/** A planned operation that waits for a decision. */
export interface Awaiting {
  readonly plan: PlanView
  /** The guard of each host that would or may change. */
  readonly guards: ReadonlyMap<string, Guard>
  readonly unplanned?: boolean
}

/** Folds all that waits into one request: equal plans of different hosts become one. Pure. */
export function combine(waiting: readonly Awaiting[], id: number, cell?: number): ApprovalRequest {
  const plans = mergePlans(waiting.map(({ plan }) => plan))
  const guards = waiting.flatMap(({ guards }) => [...guards])
  const hosts = [...new Set(guards.map(([host]) => host))].sort(byNumber)
  const guard = strictest(guards.map(([, guard]) => guard)) ?? 'confirm'
  const labels = [...new Set(plans.map(plan => plan.label))]
  const what = labels.length === 1 ? labels[0] : `${labels.length} operations`
  return {
    id,
    ...(cell === undefined ? {} : { cell }),
    title: `${what} on ${hosts.length === 1 ? hosts[0] : `${hosts.length} hosts`}`,
    plans,
    hosts,
    choices: choicesOf(plans, hosts),
    guard,
    unplanned: waiting.some(({ unplanned }) => unplanned),
  }
}

let collator: Intl.Collator | undefined

/** Made when it is needed: that takes 5 ms, and most commands ask for nothing. */
const byNumber = (a: string, b: string): number => {
  collator ??= new Intl.Collator('en', { numeric: true })
  return collator.compare(a, b)
}

/** Hosts for which every step is the same make one choice, largest first. */
function choicesOf(plans: readonly PlanView[], hosts: readonly string[]): ApprovalChoice[] {
  const steps = stepsByHost(plans)
  const choices = new Map<string, { readonly hosts: string[]; readonly summary: string }>()
  for (const host of hosts) {
    const { key, groups } = steps.get(host) ?? { key: '', groups: [] }
    const known = choices.get(key)
    if (known) known.hosts.push(host)
    else choices.set(key, { hosts: [host], summary: choiceSummary(groups) })
  }
  return [...choices.values()]
    .sort((a, b) => b.hosts.length - a.hosts.length)
    .map((choice, i) => ({ id: i + 1, ...choice }))
}

/** The groups each host is in, in the order of the plans; the key is equal for hosts in the same ones. */
function stepsByHost(plans: readonly PlanView[]): Map<string, { key: string; groups: PlanGroupView[] }> {
  const steps = new Map<string, { key: string; groups: PlanGroupView[] }>()
  const numbers = new Map<string, number>()
  for (const { operation, label, groups } of plans) {
    for (const group of groups) {
      const step = stableJson([operation, label, { ...group, hosts: [] }])
      const key = numbers.get(step) ?? numbers.size
      numbers.set(step, key)
      for (const host of group.hosts) {
        const known = steps.get(host) ?? { key: '', groups: [] }
        known.key += `${key} `
        known.groups.push(group)
        steps.set(host, known)
      }
    }
  }
  return steps
}

function choiceSummary(groups: readonly PlanGroupView[]): string {
  const parts = groups.map(group =>
    group.outcome === 'unknown' ? `unknown: ${group.reason}` : group.changes.map(change => change.summary).join(', '),
  )
  return parts.filter(part => part !== '').join('; ')
}
