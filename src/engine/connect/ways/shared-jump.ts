import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { UnreachableError } from '../../errors.js'
import { type Asker, nobody } from '../ask.js'
import type { OpenContext } from '../connector.js'
import { unlessTurnedAway } from '../link/turned-away.js'
import type { Handshake } from '../ssh/ssh-handshake.js'
import type { SshSettings } from '../ssh/ssh-settings.js'
import { Throttle } from '../throttle.js'
import { type ConnectTrace, TraceRecorder } from '../trace.js'
import type { Hop } from './jump-chain.js'
import { JumpFailure } from './jump-failure.js'
import { askForJump, proveForJump } from './jump-questions.js'
import { openTunnel } from './ssh-tunnel.js'
import type { Way } from './way.js'

/** Hosts that log in through one jump host at once: a burst of new streams is what its sshd and its line take worst. */
const MOST_THROUGH_ONE = 12

/** Connects to a server over a way (directly without one) and logs in. */
export type LogIn = (hop: Hop, context: OpenContext, way: Way | undefined) => Promise<LoggedIn>

/** A client that is ready, and what it is about the host key that bears on it. */
export interface LoggedIn extends Handshake {
  readonly client: Client
  /** The byte stream that it speaks over. */
  readonly socket: Duplex
}

export interface SharedJumpParts {
  readonly hop: Hop
  /** The first host that wants it. */
  readonly first: OpenContext
  /** Finds the way to the jump host itself. */
  readonly before: (own: OpenContext) => Promise<Way | undefined>
  readonly logIn: LogIn
  /** Told, once or more, that no more hosts can be served; why, when it could not be reached. */
  readonly over: (failure?: JumpFailure) => void
}

/** The one connection to a jump host, for all hosts behind it: opened for the first of them, closed after the last. */
export class SharedJump {
  /** Rejects with a {@link JumpFailure}, for all that wait. */
  readonly opened: Promise<LoggedIn>
  readonly #name: string
  readonly #recorder: TraceRecorder
  readonly #before: ConnectTrace[] = []
  readonly #gate = new Throttle(MOST_THROUGH_ONE)
  readonly #cancel = new AbortController()
  /** Who holds it, each with the means to ask somebody. */
  readonly #holders = new Set<OpenContext>()
  #way: Way | undefined
  /** The jump hosts before it were reached. */
  #begun = false
  #heardAt = 0
  #lost: string | undefined

  constructor(private readonly parts: SharedJumpParts) {
    this.#name = parts.hop.endpoint.name
    this.#recorder = new TraceRecorder(this.#name)
    this.#holders.add(parts.first)
    this.opened = this.#open()
    // Whoever waited may have gone.
    this.opened.catch(() => {})
  }

  /** How the jump hosts before it, and it itself, were reached, nearest first. */
  get traces(): readonly ConnectTrace[] {
    return this.#begun ? [...this.#before, this.#recorder.trace] : this.#before
  }

  hold(holder: OpenContext): void {
    this.#holders.add(holder)
  }

  release(holder: OpenContext): void {
    this.#holders.delete(holder)
    if (this.#holders.size > 0) return
    this.parts.over()
    this.#cancel.abort()
    void this.opened.then(({ client }) => client.end()).catch(() => {})
    this.#way?.release()
  }

  /** The way through it to a host, once it is open. */
  wayTo(to: SshSettings, holder: OpenContext): Way {
    return {
      open: async ({ enter, signal }) => {
        const { client } = await this.opened
        enter('tcp')
        try {
          const stream = await openTunnel(client, { host: to.host, port: to.port }, signal)
          // A host that hangs up ends its half only, and the jump host waits for ours.
          stream.once('end', () => stream.destroy())
          return stream
        } catch (error) {
          const reason = this.#broken() ?? `the jump host ${this.#name} ${reasonOf(error)}`
          throw new Error(reason, { cause: error })
        }
      },
      turn: work => this.#gate.run(work),
      broken: () => this.#broken(),
      release: () => this.release(holder),
    }
  }

  async #open(): Promise<LoggedIn> {
    const { hop, before, logIn, over } = this.parts
    const context = this.#context()
    try {
      this.#way = await before(context)
      this.#begun = true
      const login = () => context.turn(() => logIn(hop, context, this.#way))
      const opened = await unlessTurnedAway(() => (this.#way ? this.#way.turn(login) : login()), context)
      this.#recorder.end('ready')
      this.#watch(opened)
      return opened
    } catch (error) {
      const failure = error instanceof JumpFailure ? error : new JumpFailure(this.#name, reasonOf(error), error)
      this.#recorder.end('failed', reasonOf(error))
      // Given up by those who wanted it, it may be fine for the next.
      over(this.#cancel.signal.aborted ? undefined : failure)
      this.#way?.release()
      throw failure
    }
  }

  #context(): OpenContext {
    const { first } = this.parts
    const name = this.#name
    return {
      signal: this.#cancel.signal,
      asker: askForJump(name, this.#whoeverIsThere()),
      credentials: proveForJump(name, first.credentials),
      turn: work => first.turn(work),
      phase: phase => this.#recorder.enter(phase),
      note: note => {
        if (typeof note !== 'string' && note.kind === 'jump') this.#before.push(note.trace)
        else this.#recorder.note(note)
      },
    }
  }

  /** A host that comes back in the background has nobody to ask; another one that waits may have. */
  #whoeverIsThere(): Asker {
    const asker = () => [...this.#holders].map(holder => holder.asker).find(each => each !== nobody) ?? nobody
    return { secret: question => asker().secret(question), hostKey: question => asker().hostKey(question) }
  }

  #watch({ client, socket }: LoggedIn): void {
    const lost = (reason: string) => {
      this.#lost ??= reason
      this.parts.over()
    }
    client.on('error', error => lost(/keepalive/i.test(error.message) ? 'it stopped answering' : error.message))
    client.once('close', () => lost('it closed the connection'))
    this.#heardAt = performance.now()
    socket.on('data', () => {
      this.#heardAt = performance.now()
    })
  }

  #broken(): string | undefined {
    const reason = this.#lost ?? (this.#silent() ? 'it stopped answering' : undefined)
    if (reason === undefined) return undefined
    return this.#way?.broken() ?? `the jump host ${this.#name} was lost: ${reason}`
  }

  /** Hosts behind a silent jump host are silent too, and may be found out before it. */
  #silent(): boolean {
    const { serverAliveInterval } = this.parts.hop.settings
    return this.#heardAt > 0 && serverAliveInterval > 0 && performance.now() - this.#heardAt > 1.5 * serverAliveInterval
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof UnreachableError) return error.reason
  return error instanceof Error ? error.message : String(error)
}
