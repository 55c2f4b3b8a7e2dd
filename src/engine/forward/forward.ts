import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import type { StreamAddress } from '../connect/connector.js'
import { addressText } from '../connect/stream-address.js'
import { relay } from './relay.js'

/** What went through a forward so far. */
export interface ForwardCounts {
  /** Connections open now. */
  readonly open: number
  /** Connections made since it was opened, the failed ones included. */
  readonly total: number
  /** Connections that reached nothing at the far end. */
  readonly failed: number
  /** Bytes from the side that connects. */
  readonly sent: number
  /** Bytes to the side that connects. */
  readonly received: number
}

/** The end of a forward that takes connections. */
export interface Intake {
  readonly at: StreamAddress
  /** Why it takes none at the moment. */
  readonly interrupted?: string | undefined
  close(): Promise<void>
}

/** What a forward is made of. */
export interface ForwardParts {
  readonly host: string
  readonly direction: 'local' | 'remote'
  /** Where connections are to be taken. */
  readonly at: StreamAddress
  /** Where they lead. */
  readonly to: StreamAddress
  /** Starts taking connections. */
  readonly open: (take: (caller: Duplex) => void) => Promise<Intake>
  /** Reaches the far end for one of them. @throws {Error} with one sentence */
  readonly reach: () => Promise<Duplex>
  /** Told, in one sentence, of a connection that reached nothing; the same sentence twice in a row is told once. */
  readonly warn: (sentence: string) => void
}

/**
 * An open port forward. It outlives a lost link: connections made through it break, new ones use the link that comes back.
 * It is closed by `close()`, at the end of an `await using` block, or with the session.
 *
 * @example
 * await using db = await host.forward({ remote: 5432 })
 * const client = new pg.Client({ host: '127.0.0.1', port: db.port })
 */
export class Forward implements AsyncDisposable {
  readonly #parts: ForwardParts
  #intake: Intake
  readonly #streams = new Set<Duplex>()
  readonly #counts = { open: 0, total: 0, failed: 0, sent: 0, received: 0 }
  #closed: Promise<void> | undefined
  #lastFailure: string | undefined

  private constructor(parts: ForwardParts) {
    this.#parts = parts
    this.#intake = { at: parts.at, close: async () => {} }
  }

  /** @internal */
  static async open(parts: ForwardParts): Promise<Forward> {
    const forward = new Forward(parts)
    forward.#intake = await parts.open(caller => void forward.#take(caller))
    return forward
  }

  /** The name of the host it goes to or comes from. */
  get host(): string {
    return this.#parts.host
  }

  /** `local`: this machine takes the connections; `remote`: the host does. */
  get direction(): 'local' | 'remote' {
    return this.#parts.direction
  }

  /** The TCP port that takes connections, also where any free one was asked for; 0 for a unix socket. */
  get port(): number {
    return 'port' in this.#intake.at ? this.#intake.at.port : 0
  }

  /** Where connections are taken: `127.0.0.1:40123`, or the path of a unix socket. */
  get from(): string {
    return addressText(this.#intake.at)
  }

  /** Where they lead: `localhost:5432`. */
  get to(): string {
    return addressText(this.#parts.to)
  }

  /** `interrupted`: the host that takes the connections is lost; it takes them again when the link is back. */
  get state(): 'open' | 'interrupted' | 'closed' {
    if (this.#closed) return 'closed'
    return this.#intake.interrupted === undefined ? 'open' : 'interrupted'
  }

  get counts(): ForwardCounts {
    return { ...this.#counts }
  }

  /** Why the last connection that failed did, or why it is interrupted, in one sentence. */
  get lastFailure(): string | undefined {
    return this.#intake.interrupted ?? this.#lastFailure
  }

  /** Takes no more connections and breaks those that are open. */
  close(): Promise<void> {
    this.#closed ??= this.#intake.close()
    for (const stream of this.#streams) stream.destroy()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  toString(): string {
    const { host, direction } = this.#parts
    return direction === 'local' ? `${this.from} → ${this.to} on ${host}` : `${this.from} on ${host} → ${this.to}`
  }

  toJSON(): { host: string; from: string; to: string; state: string; counts: ForwardCounts } {
    const { host, from, to, state, counts } = this
    return { host, from, to, state, counts }
  }

  [inspect.custom](): string {
    const { open, total } = this.#counts
    return `${this} (${this.state}, ${open} open of ${total} connections)`
  }

  async #take(caller: Duplex): Promise<void> {
    const counts = this.#counts
    counts.total += 1
    this.#streams.add(caller)
    const target = await this.#reach(caller)
    if (target) {
      counts.open += 1
      this.#streams.add(target)
      await relay(caller, target, {
        sent: bytes => {
          counts.sent += bytes
        },
        received: bytes => {
          counts.received += bytes
        },
      })
      counts.open -= 1
      this.#streams.delete(target)
    }
    this.#streams.delete(caller)
  }

  async #reach(caller: Duplex): Promise<Duplex | undefined> {
    // A caller that breaks off meanwhile is no failure of the forward.
    const broken = () => {}
    caller.on('error', broken)
    try {
      const target = await this.#parts.reach()
      if (this.#closed) target.destroy()
      else return target
    } catch (error) {
      this.#counts.failed += 1
      this.#fail(error instanceof Error ? error.message : String(error))
    }
    caller.destroy()
    return undefined
  }

  #fail(sentence: string): void {
    if (sentence !== this.#lastFailure) this.#parts.warn(sentence)
    this.#lastFailure = sentence
  }
}
