import type { Guard } from '../engine/inventory/spec.js'
import type { KernelOptions, PastCell } from './kernel/messages.js'
import type { SessionRecord } from './protocol.js'

/** Why a cell that changed hosts is not run again. */
export const CHANGED_HOSTS = 'it changed hosts'

type Draft = { -readonly [K in keyof PastCell]: PastCell[K] }

/**
 * What the cells of a session did to hosts, from the records as they pass: a kernel that is started anew runs again only what
 * changed nothing.
 */
export class PastCells {
  readonly #cells = new Map<number, Draft>()
  readonly #cellOfTask = new Map<number, number>()
  #running: { readonly cell: number; readonly since: number } | undefined
  #session = ''
  #focus = ''
  #marked: readonly string[] = []
  readonly #guards = new Map<string, Guard>()

  see(record: SessionRecord): void {
    switch (record.type) {
      case 'session.start':
        this.#session = record.session
        break
      case 'session.focus':
        this.#focus = record.pattern
        break
      case 'session.marked':
        this.#marked = record.hosts
        break
      case 'session.guarded':
        for (const host of record.hosts) this.#guards.set(host, record.guard)
        break
      case 'cell.start': {
        const { cell, source, focus } = record
        this.#running = { cell, since: record.at }
        this.#cells.set(cell, { cell, source, focus, marked: this.#marked, end: 'interrupted' })
        break
      }
      case 'cell.end':
        if (this.#running?.cell === record.cell) this.#running = undefined
        this.#update(record.cell, draft => {
          draft.end = record.end.kind
        })
        break
      case 'task.start':
        if (record.cell !== undefined) this.#cellOfTask.set(record.task, record.cell)
        if (record.kind === 'command') this.#wrote(record.cell, 'it ran commands on hosts')
        if (record.kind === 'transfer') this.#wrote(record.cell, 'it copied files')
        break
      case 'change.start':
        this.#wrote(this.#cellOfTask.get(record.task), CHANGED_HOSTS)
    }
  }

  /** The person marked these hosts in a pane, which no record tells. */
  mark(hosts: readonly string[]): void {
    this.#marked = hosts
  }

  /** The session's name, its last cell, what the person has set, and the cell that was being run. */
  get state(): NonNullable<KernelOptions['continues']> {
    return {
      session: this.#session,
      cells: Math.max(0, ...this.#cells.keys()),
      focus: this.#focus,
      marked: this.#marked,
      guards: Object.fromEntries(this.#guards),
      ...(this.#running === undefined ? {} : { running: this.#running }),
    }
  }

  list(): readonly PastCell[] {
    return [...this.#cells.values()]
  }

  #wrote(cell: number | undefined, wrote: string): void {
    this.#update(cell, draft => {
      draft.wrote = wrote
    })
  }

  #update(cell: number | undefined, change: (draft: Draft) => void): void {
    const draft = cell === undefined ? undefined : this.#cells.get(cell)
    if (draft) change(draft)
  }
}
