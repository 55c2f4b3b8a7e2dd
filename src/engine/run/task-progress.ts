import type { Emit } from '../events.js'

/** How far one host is, in bytes. */
export interface ByteProgress {
  readonly done: number
  readonly total: number
}

/** At most ten times a second, milliseconds. */
const EVERY = 100

/** Gathers how far the hosts of a task are, and tells it now and then: of hosts that moved since, and over all. */
export class TaskProgress {
  readonly #hosts = new Map<string, ByteProgress>()
  readonly #moved = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly task: number,
    private readonly emit: Emit,
  ) {}

  at(host: string, done: number, total: number): void {
    this.#hosts.set(host, { done, total })
    this.#moved.add(host)
    this.#timer ??= setTimeout(() => this.#tell(), EVERY)
  }

  /** Tells what has not been told. */
  end(): void {
    clearTimeout(this.#timer)
    if (this.#moved.size > 0) this.#tell()
  }

  #tell(): void {
    this.#timer = undefined
    const all = [...this.#hosts.values()]
    const hosts = Object.fromEntries(
      [...this.#moved].flatMap(host => {
        const progress = this.#hosts.get(host)
        return progress ? [[host, progress]] : []
      }),
    )
    this.#moved.clear()
    this.emit({
      type: 'task.progress',
      task: this.task,
      done: all.reduce((sum, { done }) => sum + done, 0),
      total: all.reduce((sum, { total }) => sum + total, 0),
      hosts,
    })
  }
}
