import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { variablesBeside } from './beside.js'
import { readIni } from './ini.js'
import { type AnsibleGroup, type AnsibleTree, groupsOfHosts, type Variables } from './tree.js'
import { readYaml } from './yaml.js'

/** An Ansible inventory with what it says of each host, all of its groups and files considered. */
export interface LoadedTree {
  readonly tree: AnsibleTree
  /** Groups of each host, without `all`. */
  readonly groupsOf: ReadonlyMap<string, readonly AnsibleGroup[]>
  variables(host: string): Variables
}

/** @throws {UsageError} naming file and line */
export async function loadTree(file: string): Promise<LoadedTree> {
  const text = await readFile(file, 'utf8')
  const tree = (/\.ya?ml$/.test(file) ? readYaml : readIni)(text, basename(file))
  const groupsOf = groupsOfHosts(tree)
  return { tree, groupsOf, variables: mergedVariables(tree, groupsOf, file) }
}

/**
 * What is known of each host, nearer over farther: all's variables, its groups', the files of all and of the groups, then the
 * host's own and its file.
 *
 * @see {@link https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#how-variables-are-merged}
 */
function mergedVariables(
  tree: AnsibleTree,
  groupsOf: LoadedTree['groupsOf'],
  file: string,
): (host: string) => Variables {
  const beside = variablesBeside(file)
  const inFiles = new Map<string, Variables>()
  const ofGroup = (name: string): Variables => {
    const known = inFiles.get(name) ?? beside.group(name)
    inFiles.set(name, known)
    return known
  }
  return host => {
    const groups = groupsOf.get(host) ?? []
    const layers = [
      tree.groups.get('all')?.vars,
      ...groups.map(({ vars }) => vars),
      ofGroup('all'),
      ...groups.map(({ name }) => ofGroup(name)),
      tree.hosts.get(host),
      beside.host(host),
    ]
    const all: Variables = Object.assign({}, ...layers)
    const { ansible_group_priority: _, ...vars } = all
    return vars
  }
}
