import { UsageError } from '../../errors.js'

/** Variables as a file gives them: texts, numbers, booleans, lists, records. */
export type Variables = Readonly<Record<string, unknown>>

export interface AnsibleGroup {
  readonly name: string
  readonly hosts: Set<string>
  readonly children: Set<string>
  vars: Variables
}

/** An Ansible inventory as its file says it, before variables are merged. */
export class AnsibleTree {
  readonly hosts = new Map<string, Variables>()
  readonly groups = new Map<string, AnsibleGroup>()

  /** The group of a name, made when it is not there yet. */
  group(name: string): AnsibleGroup {
    const known = this.groups.get(name)
    if (known) return known
    const made = { name, hosts: new Set<string>(), children: new Set<string>(), vars: {} }
    this.groups.set(name, made)
    return made
  }

  /** A host in a group; what it says of itself is added to what is known. */
  host(name: string, group: string, vars: Variables): void {
    this.hosts.set(name, { ...this.hosts.get(name), ...vars })
    this.group(group).hosts.add(name)
  }
}

/**
 * The groups that each host is in, without `all`: farther ones first, as Ansible merges them (by depth, priority and name). Those
 * in no group are in `ungrouped`.
 *
 * @throws {UsageError} when a group is a child of itself
 */
export function groupsOfHosts({ hosts, groups }: AnsibleTree): ReadonlyMap<string, readonly AnsibleGroup[]> {
  const depths = depthsOf(groups)
  const order = ({ name, vars }: AnsibleGroup): readonly [number, number] => [
    depths.get(name) ?? 1,
    Number(vars.ansible_group_priority ?? 1),
  ]
  const ordered = [...groups.values()]
    .filter(({ name }) => name !== 'all' && name !== 'ungrouped')
    .sort((a, b) => {
      const [[depth, priority], [otherDepth, otherPriority]] = [order(a), order(b)]
      return depth - otherDepth || priority - otherPriority || (a.name < b.name ? -1 : 1)
    })
  const found = new Map([...hosts.keys()].map(name => [name, [] as AnsibleGroup[]]))
  for (const group of ordered) for (const name of membersOf(group, groups)) found.get(name)?.push(group)
  const ungrouped: AnsibleGroup = {
    name: 'ungrouped',
    hosts: new Set([...found].flatMap(([name, own]) => (own.length === 0 ? [name] : []))),
    children: new Set(),
    vars: groups.get('ungrouped')?.vars ?? {},
  }
  for (const name of ungrouped.hosts) found.get(name)?.push(ungrouped)
  return found
}

function membersOf({ hosts, children }: AnsibleGroup, groups: AnsibleTree['groups']): Set<string> {
  const below = [...children].flatMap(name => {
    const child = groups.get(name)
    return child ? [...membersOf(child, groups)] : []
  })
  return new Set([...hosts, ...below])
}

/** How far below `all` each group stands, by the longest way. */
function depthsOf(groups: AnsibleTree['groups']): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  const place = (name: string, depth: number, above: readonly string[]): void => {
    if (above.includes(name))
      throw new UsageError(`the group ${name} is a child of itself (${[...above, name].join(' → ')})`)
    if ((depths.get(name) ?? 0) >= depth) return
    depths.set(name, depth)
    for (const child of groups.get(name)?.children ?? []) place(child, depth + 1, [...above, name])
  }
  for (const name of groups.keys()) if (name !== 'all') place(name, 1, [])
  return depths
}
