import type { PlanGroupView, PlanView } from '../../engine/events.js'
import { stableJson } from '../../engine/stable.js'

/**
 * Adds a plan to those of a cell. Plans of one operation and label are one: those of a loop over hosts fold into groups again.
 *
 * @param replace the plan says all there is to say about its label, as the plans of an approval do
 */
export function addPlan(plans: readonly PlanView[], plan: PlanView, replace = false): readonly PlanView[] {
  const index = plans.findIndex(known => known.operation === plan.operation && known.label === plan.label)
  const known = plans[index]
  if (!known) return [...plans, plan]
  return plans.with(index, replace ? plan : { ...known, groups: foldGroups([...known.groups, ...plan.groups]) })
}

function foldGroups(groups: readonly PlanGroupView[]): readonly PlanGroupView[] {
  const folded = new Map<string, PlanGroupView>()
  for (const group of groups) {
    const key = stableJson({ ...group, hosts: [] })
    const known = folded.get(key)
    folded.set(key, known ? { ...known, hosts: [...new Set([...known.hosts, ...group.hosts])] } : group)
  }
  return [...folded.values()]
}
