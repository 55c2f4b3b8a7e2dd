import { foldNames } from '../../engine/nodeset/fold.js'
import type { SessionPort } from '../../repl/protocol.js'
import type { InputEvent } from '../screen/input-event.js'
import type { Message } from '../state/message.js'
import { RemoteTerminal } from './remote-terminal.js'

/** Milliseconds in which what terminals show is gathered before it is drawn. */
const GATHER = 16

/**
 * Milliseconds after something was typed in which hosts that were together stay so: their echoes come one after the other.
 */
const SETTLE = 300

/** What the terminals in memory are: every program knows it. */
const TERM = 'xterm-256color'

interface Size {
  readonly cols: number
  readonly rows: number
}

/** Shells on several hosts at once, each on a terminal in memory. */
export class Shells {
  readonly #session: Pick<SessionPort, 'attach'>
  readonly #dispatch: (message: Message) => void
  readonly #open = new Map<string, RemoteTerminal>()
  readonly #changed = new Set<string>()
  #gather: NodeJS.Timeout | undefined
  #settle: NodeJS.Timeout | undefined
  #typedAt = Number.NEGATIVE_INFINITY

  constructor(session: Pick<SessionPort, 'attach'>, dispatch: (message: Message) => void) {
    this.#session = session
    this.#dispatch = dispatch
  }

  /**
   * Opens a shell on each host; they are shown when every one is there or has failed.
   *
   * @returns how they ended, when all have
   */
  async open(hosts: readonly string[], size: Size): Promise<string> {
    const ends = new Map<string, string>()
    const exits: Promise<void>[] = []
    await Promise.all(
      hosts.map(async host => {
        try {
          const shell = await this.#session.attach(host, { columns: size.cols, rows: size.rows, term: TERM })
          const terminal = await RemoteTerminal.on(shell, size, () => this.#note(host))
          this.#open.set(host, terminal)
          exits.push(
            terminal.exit.then(
              ({ code, signal }) =>
                this.#ended(host, signal ? `ended by ${signal}` : `ended with ${code ?? 'no code'}`, ends),
              (error: unknown) => this.#ended(host, sentenceOf(error, host), ends),
            ),
          )
        } catch (error) {
          ends.set(host, sentenceOf(error, host))
        }
      }),
    )
    if (this.#open.size > 0) {
      for (const host of this.#open.keys()) this.#changed.add(host)
      this.#dispatch({ kind: 'shells opened', hosts, ended: ends })
      this.#show()
    }
    await Promise.all(exits)
    this.#dispatch({ kind: 'shells closed' })
    return endsText(hosts, ends)
  }

  send(hosts: readonly string[], event: InputEvent): void {
    this.#typedAt = performance.now()
    clearTimeout(this.#settle)
    this.#settle = setTimeout(() => this.#show(), SETTLE)
    for (const host of hosts) this.#open.get(host)?.send(event)
  }

  resize(size: Size): void {
    for (const terminal of this.#open.values()) terminal.resize(size)
  }

  /** Hangs up on all of them. */
  close(): void {
    clearTimeout(this.#settle)
    for (const terminal of this.#open.values()) terminal.close()
  }

  #ended(host: string, how: string, ends: Map<string, string>): void {
    this.#show()
    ends.set(host, how)
    this.#open.delete(host)
    this.#dispatch({ kind: 'shell ended', host, how })
  }

  #note(host: string): void {
    this.#changed.add(host)
    this.#gather ??= setTimeout(() => this.#show(), GATHER)
  }

  #show(): void {
    clearTimeout(this.#gather)
    this.#gather = undefined
    const shown = [...this.#changed].flatMap(host => {
      const terminal = this.#open.get(host)
      return terminal ? [[host, terminal.image] as const] : []
    })
    this.#changed.clear()
    const settled = performance.now() - this.#typedAt >= SETTLE - 1
    if (shown.length > 0 || settled) this.#dispatch({ kind: 'shells shown', images: new Map(shown), settled })
  }
}

/** Without the host's name at its beginning, which is beside it anyway: the same trouble folds. */
function sentenceOf(error: unknown, host: string): string {
  const sentence = error instanceof Error ? error.message : String(error)
  return sentence.startsWith(`${host}: `) ? sentence.slice(host.length + 2) : sentence
}

/** `web-[1-2] ended with 0`, a line for each way to end, in the order of the hosts. */
function endsText(hosts: readonly string[], ends: ReadonlyMap<string, string>): string {
  const byEnd = new Map<string, string[]>()
  for (const host of hosts) {
    const how = ends.get(host)
    if (how !== undefined) byEnd.set(how, [...(byEnd.get(how) ?? []), host])
  }
  return [...byEnd].map(([how, hosts]) => `${foldNames(hosts)}: ${how}`).join('\n')
}
