import type { ConnectSettings } from '../engine/connect/connector.js'
import type { GroupSpec, HostSpec, InventorySpec } from '../engine/inventory/spec.js'
import type { HostPlan } from './hosts/fleet-plan.js'

/** Where a demo host's SSH server listens. */
export interface DemoAddress {
  readonly name: string
  readonly address: '127.0.0.1'
  readonly port: number
}

/** The demo fleet as inventory data: what an `inventory.ts` would hand to `inventory()`. */
export interface DemoInventory extends InventorySpec {
  readonly groups: Readonly<Record<string, GroupSpec>>
  readonly connect: ConnectSettings
}

/**
 * The inventory of running demo hosts. Nothing of the user's own SSH set-up takes part: key, known hosts and config are the demo's.
 *
 * @param files where the client key and the known_hosts file lie
 */
export function demoInventory(
  plans: readonly HostPlan[],
  addresses: readonly DemoAddress[],
  files: { readonly identity: string; readonly knownHosts: string },
): DemoInventory {
  const roles = [...new Set(plans.map(plan => plan.role))]
  const group = (role: string): GroupSpec => ({
    hosts: plans.filter(plan => plan.role === role).map(plan => plan.name),
    data: { role },
  })
  return {
    hosts: Object.fromEntries(addresses.map(host => [host.name, hostSpec(host)])),
    groups: { ...Object.fromEntries(roles.map(role => [role, group(role)])), prod: { children: roles } },
    data: { timezone: 'UTC', workers: 2 },
    connect: {
      user: 'root',
      identityFile: files.identity,
      identitiesOnly: true,
      agent: false,
      knownHostsFile: files.knownHosts,
      strictHostKeyChecking: 'yes',
      sshConfigFile: false,
    },
  }
}

/** One host has data of its own, to show how a template or a condition uses it. */
function hostSpec({ name, address, port }: DemoAddress): HostSpec {
  return { address, port, ...(name === 'web-1' && { data: { workers: 8 } }) }
}
