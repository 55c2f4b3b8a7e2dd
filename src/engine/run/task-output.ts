import type { Emit } from '../events.js'
import { sanitise } from '../text/sanitise.js'

/** Milliseconds between two looks at what hosts said: commands that are over by then say nothing before their answer. */
const EVERY = 300
/** Bytes of what a host said last that are looked at. */
const TAIL = 2048
/** Lines of a host that are told. */
const LINES = 3
/** Hosts that are told of at once; the others have their turn the next time they say something. */
const MOST_HOSTS = 100

/**
 * Tells now and then what commands that still run said last. Whole lines only: of half a line nobody could say whether it is half
 * a secret.
 */
export class TaskOutput {
  readonly #tails = new Map<string, Buffer>()
  readonly #spoke = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly task: number,
    private readonly emit: Emit,
  ) {}

  said(host: string, chunk: Uint8Array): void {
    const known = chunk.length >= TAIL ? Buffer.alloc(0) : (this.#tails.get(host) ?? Buffer.alloc(0))
    // a copy: a part of the chunk would keep all of it in memory
    this.#tails.set(host, Buffer.from(Buffer.concat([known, chunk.subarray(-TAIL)]).subarray(-TAIL)))
    this.#spoke.add(host)
    this.#timer ??= setTimeout(() => this.#tell(), EVERY)
  }

  /** The host has answered: what it said is in the answer. */
  settled(host: string): void {
    this.#tails.delete(host)
    this.#spoke.delete(host)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #tell(): void {
    this.#timer = undefined
    const hosts = [...this.#spoke].slice(0, MOST_HOSTS)
    for (const host of hosts) this.#spoke.delete(host)
    const lines = hosts.flatMap(host => {
      const last = lastLines(this.#tails.get(host))
      return last.length > 0 ? [[host, last] as const] : []
    })
    if (lines.length > 0) this.emit({ type: 'task.output', task: this.task, hosts: Object.fromEntries(lines) })
    if (this.#spoke.size > 0) this.#timer = setTimeout(() => this.#tell(), EVERY)
  }
}

/** The last whole lines; of a tail that is cut off at its front, the first is none. */
function lastLines(tail: Buffer = Buffer.alloc(0)): readonly string[] {
  const lines = tail.toString('utf8').split(/[\r\n]+/)
  const whole = lines.slice(tail.length >= TAIL ? 1 : 0, -1)
  return whole.slice(-LINES).map(line => sanitise(line))
}
