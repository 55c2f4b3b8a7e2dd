import type { FakeAnswer } from '../engine/connect/fake/host.js'
import { FakeLink } from '../engine/connect/fake/link.js'
import { Engine } from '../engine/engine.js'
import type { EngineEvent } from '../engine/events.js'
import type { Fleet } from '../engine/fleet/api.js'
import { resolveInventory } from '../engine/inventory/inventory.js'
import type { InventorySpec } from '../engine/inventory/spec.js'
import { type Approver, approveAll } from '../engine/run/approval.js'
import * as facts from '../facts/index.js'
import * as operations from '../operations/index.js'

export interface FakeFleetOptions {
  /** Hosts and groups, as an inventory; or just names. */
  readonly inventory: InventorySpec | readonly string[]
  /** Answers a script that was sent to a host. A thrown error is a host that fails. */
  readonly answer: (host: string, script: string) => FakeAnswer | Promise<FakeAnswer>
  /** Hosts that cannot be reached, with the reason. */
  readonly unreachable?: Readonly<Record<string, string>>
  /** Decides on plans; default: approves all. */
  readonly approver?: Approver
}

export interface FakeFleet {
  readonly fleet: Fleet
  /** All that happened, in order. */
  readonly events: readonly EngineEvent[]
  /** The scripts that a host was sent, in order. */
  ran(host: string): readonly string[]
  /** The files that were written to a host. */
  files(host: string): ReadonlyMap<string, Buffer>
  close(): Promise<void>
}

/**
 * A fleet in memory.
 *
 * @example
 * const { fleet } = fakeFleet({ inventory: ['web-1', 'web-2'], answer: (host, script) => ({ stdout: `${host} ran ${script}\n` }) })
 * const results = await fleet.$`uptime`
 * results.get('web-1').text // 'web-1 ran uptime'
 */
export function fakeFleet({ inventory, answer, unreachable = {}, approver = approveAll }: FakeFleetOptions): FakeFleet {
  const spec = isNames(inventory) ? { hosts: Object.fromEntries(inventory.map(name => [name, {}])) } : inventory
  const events: EngineEvent[] = []
  const links = new Map<string, FakeLink>()
  const engine = new Engine({
    inventory: resolveInventory(spec, 'fake fleet'),
    catalogue: { facts, operations },
    link({ name }, observer) {
      const reason = unreachable[name]
      const link = new FakeLink(name, script => answer(name, script), {
        observer,
        ...(reason === undefined ? {} : { unreachable: reason }),
      })
      links.set(name, link)
      return link
    },
    approver,
    emit: event => events.push(event),
  })
  return {
    fleet: engine.fleet,
    events,
    ran: host => links.get(host)?.ran ?? [],
    files: host => links.get(host)?.files ?? new Map(),
    close: () => engine.close(),
  }
}

function isNames(inventory: InventorySpec | readonly string[]): inventory is readonly string[] {
  return Array.isArray(inventory)
}
