import type { SessionRecord } from '../protocol.js'
import type { LastHosts } from './prompt-globals.js'

/** How the hosts that one cell asked fared, from the events as they pass. */
export class CellHosts {
  readonly #tasks = new Set<number>()
  readonly #names = new Set<string>()
  readonly #failed = new Set<string>()
  readonly #unreachable = new Set<string>()
  readonly #changed = new Set<string>()

  /** Whether the cell asked any host. */
  get asked(): boolean {
    return this.#tasks.size > 0
  }

  /** The hosts it asked, each once. */
  get names(): readonly string[] {
    return [...this.#names]
  }

  see(record: SessionRecord, cell: number | undefined): void {
    if (record.type === 'task.start' && record.cell === cell) {
      this.#tasks.add(record.task)
      for (const host of record.hosts) this.#names.add(host)
    }
    if (record.type === 'change.applied' && this.#tasks.has(record.task)) this.#changed.add(record.host)
    if (record.type !== 'task.host' || !this.#tasks.has(record.task)) return
    const { status } = record.outcome
    if (status === 'unreachable') this.#unreachable.add(record.host)
    if (status === 'failed' || status === 'unknown') this.#failed.add(record.host)
  }

  last(): LastHosts {
    return { failed: [...this.#failed], changed: [...this.#changed], unreachable: [...this.#unreachable] }
  }
}
