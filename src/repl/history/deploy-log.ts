import type { Inventory } from '../../engine/inventory/inventory.js'
import type { Redactor } from '../../engine/redact.js'
import { whoAmI } from '../../engine/who.js'
import { Journal } from '../../journal/journal.js'
import { historyDirectory, newSession } from '../../journal/place.js'
import type { SessionEvent, SessionRecord } from '../protocol.js'

export interface DeployLogOptions {
  /** Where the person works. */
  readonly directory: string
  readonly inventory: Inventory
  readonly redactor: Redactor
  /** The command, for who reads it: `muster run inventory.ts deploy.ts`. */
  readonly command: string
  readonly reason: string | undefined
  /** Told, once, why it cannot be recorded. */
  warn(text: string): void
}

/** The journal of a deploy that is carried out: begun with its first change, so that a run that finds nothing to do leaves nothing. */
export class DeployLog {
  readonly #options: DeployLogOptions
  #waiting: SessionRecord[] = []
  #journal: Journal | undefined
  /** Nothing more is recorded. */
  #gaveUp = false

  constructor(options: DeployLogOptions) {
    this.#options = options
  }

  append(event: SessionEvent): void {
    const { redactor, warn } = this.#options
    if (this.#gaveUp) return
    try {
      if (event.type === 'change.start') this.#journal ??= this.#begin()
      const record = redactor.data({ ...event, at: Date.now() })
      if (this.#journal) this.#journal.append(record)
      else this.#waiting.push(record)
    } catch (error) {
      // a deploy is not stopped half-way because its journal cannot be written
      this.#gaveUp = true
      warn(error instanceof Error ? error.message : String(error))
    }
  }

  close(): void {
    // what connections still say while they are closed is no part of it
    this.#gaveUp = true
    this.#journal?.close()
  }

  #begin(): Journal {
    const { directory, inventory, redactor, command, reason } = this.#options
    const { session, directory: place } = newSession(historyDirectory(directory))
    const journal = Journal.open(place)
    const at = this.#waiting[0]?.at ?? Date.now()
    const hosts = [...inventory.hosts.values()].map(({ name, groups, guard, connect }) => ({
      name,
      groups,
      guard,
      address: connect.address ?? name,
    }))
    const first: SessionEvent[] = [
      {
        type: 'session.start',
        session,
        inventory: inventory.source,
        hosts,
        groups: Object.fromEntries(inventory.groups),
        directory,
        by: whoAmI(),
      },
      { type: 'note', level: 'info', text: command },
      ...(reason === undefined ? [] : [{ type: 'session.reason', text: reason } as const]),
    ]
    for (const event of first) journal.append(redactor.data({ ...event, at }))
    for (const record of this.#waiting) journal.append(record)
    this.#waiting = []
    return journal
  }
}
