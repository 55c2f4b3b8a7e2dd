/** A row of the hosts pane. */
export type TreeRow =
  | { readonly kind: 'group'; readonly name: string; readonly hosts: readonly string[]; readonly open: boolean }
  | { readonly kind: 'host'; readonly name: string; readonly indented: boolean }

export interface HostGroup {
  readonly name: string
  readonly hosts: readonly string[]
}

/** Hosts that are in no group are shown under this one, unless there are no groups at all. */
const UNGROUPED = 'ungrouped'

/** The groups as the tree shows them: none when there are none, else with the hosts that no group has at the end. */
export function treeGroups(
  hosts: readonly string[],
  groups: Readonly<Record<string, readonly string[]>>,
): readonly HostGroup[] {
  const named = Object.entries(groups).map(([name, members]) => ({ name, hosts: members }))
  if (named.length === 0) return []
  const grouped = new Set(named.flatMap(group => group.hosts))
  const rest = hosts.filter(host => !grouped.has(host))
  return rest.length === 0 ? named : [...named, { name: UNGROUPED, hosts: rest }]
}

export interface TreeOptions {
  readonly hosts: readonly string[]
  readonly groups: readonly HostGroup[]
  readonly open: ReadonlySet<string>
  /** Part of a host's name, letters in either case. While there is one, every group that has a match is open. */
  readonly filter: string
}

/** The rows of the tree, those of closed groups left out. */
export function treeRows({ hosts, groups, open, filter }: TreeOptions): readonly TreeRow[] {
  const wanted = filter.toLowerCase()
  const matches = (host: string) => host.toLowerCase().includes(wanted)
  if (groups.length === 0) return hosts.filter(matches).map(name => ({ kind: 'host', name, indented: false }))
  return groups.flatMap((group): TreeRow[] => {
    const members = wanted === '' ? group.hosts : group.hosts.filter(matches)
    if (members.length === 0) return []
    const isOpen = wanted !== '' || open.has(group.name)
    const head: TreeRow = { kind: 'group', name: group.name, hosts: members, open: isOpen }
    if (!isOpen) return [head]
    return [head, ...members.map((name): TreeRow => ({ kind: 'host', name, indented: true }))]
  })
}
