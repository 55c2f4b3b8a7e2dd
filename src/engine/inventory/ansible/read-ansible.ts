import { basename } from 'node:path'
import { UsageError } from '../../errors.js'
import type { GroupSpec, HostSpec, InventorySpec } from '../spec.js'
import { hostSpec } from './connection.js'
import { loadTree } from './load-tree.js'
import type { Variables } from './tree.js'
import { VAULTED } from './yaml.js'

/**
 * Reads an Ansible inventory, INI or YAML by the file's ending, with `group_vars` and `host_vars` beside it. Variables that say how a
 * host is reached become connection settings, all others its data.
 *
 * @throws {UsageError} naming what cannot be read: file and line, or host and variable
 * @example
 * await readAnsible('/srv/ansible/hosts.ini') // { hosts: { 'web-1': { address: '10.0.0.11', data: { workers: 8 } } }, groups: { web: … } }
 */
export async function readAnsible(file: string): Promise<InventorySpec> {
  const { tree, groupsOf, variables } = await loadTree(file)
  const hosts = [...tree.hosts.keys()].map((host): [string, HostSpec] => {
    try {
      const groups = (groupsOf.get(host) ?? []).map(group => group.name)
      const vars = variables(host)
      refuseVaulted(vars)
      return [host, hostSpec(host, groups.sort(), vars)]
    } catch (error) {
      throw new UsageError(
        `${basename(file)}: host ${host}: ${(error instanceof Error ? error.message : String(error)).replace(/\.$/, '')}.`,
      )
    }
  })
  const ungrouped = [...groupsOf].flatMap(([host, [first]]) => (first?.name === 'ungrouped' ? [host] : []))
  const groups = [...tree.groups.values()]
    .filter(({ name }) => name !== 'all' && name !== 'ungrouped')
    .map((group): [string, GroupSpec] => [
      group.name,
      { hosts: [...group.hosts], ...(group.children.size > 0 ? { children: [...group.children] } : {}) },
    ])
  if (ungrouped.length > 0) groups.push(['ungrouped', { hosts: ungrouped }])
  return { hosts: Object.fromEntries(hosts), groups: Object.fromEntries(groups) }
}

/** @throws {UsageError} naming a variable that ansible-vault encrypted */
function refuseVaulted(vars: Variables): void {
  const vaulted = Object.entries(vars).find(([, value]) => holdsVaulted(value))?.[0]
  if (vaulted !== undefined)
    throw new UsageError(
      `${vaulted} is encrypted by ansible-vault, which muster does not open: decrypt it to a file outside of the inventory, or write an inventory.ts that takes it by secret.command('ansible-vault', 'view', …)`,
    )
}

function holdsVaulted(value: unknown): boolean {
  if (value === VAULTED || (typeof value === 'string' && value.startsWith('$ANSIBLE_VAULT;'))) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsVaulted)
}
