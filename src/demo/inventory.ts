import type { ConnectSettings } from '../engine/connect/connector.js'
import type { HostPlan } from './hosts/fleet-plan.js'

/** Where a demo host's SSH server listens. */
export interface DemoAddress {
  readonly name: string
  readonly address: '127.0.0.1'
  readonly port: number
}

/** The demo fleet as inventory data: what an `inventory.ts` would hand to `inventory()`. */
export interface DemoInventory {
  readonly hosts: Readonly<Record<string, ConnectSettings>>
  readonly groups: Readonly<
    Record<string, { readonly hosts?: readonly string[]; readonly children?: readonly string[] }>
  >
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
  const members = (role: string) => plans.filter(plan => plan.role === role).map(plan => plan.name)
  return {
    hosts: Object.fromEntries(addresses.map(({ name, address, port }) => [name, { address, port }])),
    groups: {
      ...Object.fromEntries(roles.map(role => [role, { hosts: members(role) }])),
      prod: { children: roles },
    },
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
