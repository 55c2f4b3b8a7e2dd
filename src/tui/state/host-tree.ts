/** A row of the hosts pane. */
export type TreeRow =
  | { readonly kind: 'group'; readonly name: string; readonly hosts: readonly string[]; readonly open: boolean }
  | { readonly kind: 'host'; readonly name: string }

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
  /** Which hosts are wanted. While that is asked, every group that has one is open. */
  readonly wanted?: ((host: string) => boolean) | undefined
  /** In which order hosts stand within their group; default as the inventory has them. */
  readonly order?: ((hosts: readonly string[]) => readonly string[]) | undefined
}

/** The rows of the tree, those of closed groups left out. */
export function treeRows({ hosts, groups, open, wanted, order = same }: TreeOptions): readonly TreeRow[] {
  const among = (names: readonly string[]) => (wanted ? names.filter(wanted) : names)
  if (groups.length === 0) return order(among(hosts)).map(name => ({ kind: 'host', name }))
  return groups.flatMap((group): TreeRow[] => {
    const members = among(group.hosts)
    if (members.length === 0) return []
    const isOpen = wanted !== undefined || open.has(group.name)
    const head: TreeRow = { kind: 'group', name: group.name, hosts: members, open: isOpen }
    if (!isOpen) return [head]
    return [head, ...order(members).map((name): TreeRow => ({ kind: 'host', name }))]
  })
}

const same = (hosts: readonly string[]) => hosts
