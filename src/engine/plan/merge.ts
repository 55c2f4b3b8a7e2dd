import type { PlanGroupView, PlanView } from '../events.js'
import { stableJson } from '../stable.js'

/**
 * Plans of the same operation on different hosts, as the hosts of an `each` make them one by one, become one plan over all of
 * them. Two steps on the same host stay two plans, in their order.
 */
export function mergePlans(plans: readonly PlanView[]): PlanView[] {
  const merged: Merged[] = []
  const byOperation = new Map<string, Merged[]>()
  for (const plan of plans) {
    const key = JSON.stringify([plan.operation, plan.label])
    const alike = byOperation.get(key) ?? []
    byOperation.set(key, alike)
    // after the last step that one of these hosts is in, so that no host's steps change places
    const known = alike[alike.findLastIndex(({ hosts }) => sharesHost(plan, hosts)) + 1]
    const into = known ?? { plan, as: new Set(), hosts: new Set(), groups: new Map() }
    if (!known) {
      alike.push(into)
      merged.push(into)
    }
    for (const user of plan.as ?? []) into.as.add(user)
    for (const group of plan.groups) addGroup(into, group)
  }
  return merged.map(({ plan, as, groups }) => ({
    ...plan,
    ...(as.size === 0 ? {} : { as: [...as] }),
    groups: [...groups.values()].map(({ group, hosts }) => ({ ...group, hosts: [...hosts] })),
  }))
}

interface Merged {
  readonly plan: PlanView
  readonly as: Set<string>
  readonly hosts: Set<string>
  readonly groups: Map<string, { readonly group: PlanGroupView; readonly hosts: Set<string> }>
}

function sharesHost({ groups }: PlanView, hosts: ReadonlySet<string>): boolean {
  return groups.some(group => group.hosts.some(host => hosts.has(host)))
}

function addGroup({ hosts, groups }: Merged, group: PlanGroupView): void {
  const key = stableJson({ ...group, hosts: [] })
  const known = groups.get(key) ?? { group, hosts: new Set<string>() }
  groups.set(key, known)
  for (const host of group.hosts) {
    known.hosts.add(host)
    hosts.add(host)
  }
}
