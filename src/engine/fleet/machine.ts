import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Identity, Link } from '../connect/link.js'
import type { Heard } from '../events.js'
import type { Forward } from '../forward/forward.js'
import type { InventoryHost } from '../inventory/inventory.js'
import type { PlanSource } from '../plan/host-plan.js'
import type { FactReader } from '../read/fact-reader.js'
import { localFile } from '../transfer/local-file.js'
import { localTrouble } from '../transfer/local-tree.js'

/** What the engine holds for one host: its inventory entry, its live link, and what is known of it. */
export interface Machine {
  readonly entry: InventoryHost
  readonly link: Link
  readonly reader: FactReader
  /** Forwards opened on it; closed ones may be among them. */
  readonly forwards: Set<Forward>
  /** Told of what the host answered, where that is recorded. */
  readonly heard: Heard | undefined
}

/** A machine as a plan sees it: facts read as one identity and not before `since`, local files relative to a directory. */
export function planSource(
  { entry, reader }: Machine,
  identity: Identity,
  directory: string,
  signal: AbortSignal,
  since?: number,
): PlanSource {
  return {
    name: entry.name,
    groups: entry.groups,
    data: entry.data,
    readFact: question => reader.ask(question, { identity, signal, since }),
    async readLocal(path) {
      const file = resolve(directory, path)
      try {
        return await readFile(file)
      } catch (error) {
        throw localTrouble(Buffer.from(file), 'read', error)
      }
    },
    localFile: path => localFile(resolve(directory, path)),
  }
}
