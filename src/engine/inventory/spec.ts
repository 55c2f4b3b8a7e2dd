import type { ConnectSettings } from '../connect/connector.js'
import type { Options } from '../fleet/options.js'

/** What must be passed before a host is changed: nothing, a yes, the number of hosts typed, or nothing will do. */
export type Guard = 'open' | 'confirm' | 'count' | 'readonly'

/** Guards from loosest to strictest. */
export const GUARDS: readonly Guard[] = ['open', 'confirm', 'count', 'readonly']

/** Who commands run as unless a call says otherwise: `{ sudo: true }`, `{ su: 'postgres' }`. */
export type Become = Pick<Options, 'sudo' | 'doas' | 'su'>

export interface HostSpec extends ConnectSettings {
  readonly data?: Readonly<Record<string, unknown>>
  readonly connect?: ConnectSettings
  readonly become?: Become
  readonly guard?: Guard
}

export interface GroupSpec {
  /** Names and patterns of member hosts: `web-[1-3]`, `web-*`. */
  readonly hosts?: readonly string[]
  /** Groups whose members are members of this one too. */
  readonly children?: readonly string[]
  readonly data?: Readonly<Record<string, unknown>>
  readonly connect?: ConnectSettings
  readonly become?: Become
  readonly guard?: Guard
}

/** An inventory as a person writes it. */
export interface InventorySpec {
  /** By name; a name may hold a range: `'web-[1-3]': {}`. */
  readonly hosts: Readonly<Record<string, HostSpec>>
  readonly groups?: Readonly<Record<string, GroupSpec>>
  /** Data of every host; a group's overrides it, a host's overrides both. */
  readonly data?: Readonly<Record<string, unknown>>
  readonly connect?: ConnectSettings
  readonly become?: Become
  readonly guard?: Guard
}

/**
 * Declares an inventory, with its names kept as types. It may also be a function, sync or async, that asks your cloud.
 *
 * @example
 * export default inventory({
 *   hosts: { 'web-1': { address: '10.0.0.11' }, 'db-1': {} },
 *   groups: { web: { hosts: ['web-*'] } },
 *   connect: { user: 'deploy' },
 * })
 */
export function inventory<const S extends InventorySpec>(spec: S | (() => S | Promise<S>)): S | (() => S | Promise<S>) {
  return spec
}
