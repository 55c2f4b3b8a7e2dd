import { randomBytes } from 'node:crypto'
import { FileError, IdentityError, InterruptedError, UnreachableError } from '../errors.js'
import { SecretPrompt } from '../secret.js'
import { fileReason, readScript, writeScript } from '../shell/file-scripts.js'
import type { HeldShell } from '../shell/held-shell.js'
import { identityKey } from '../shell/identity.js'
import { killTreeScript } from '../shell/kill-tree.js'
import { openShell, type ShellSource } from '../shell/open-shell.js'
import type { Asker } from './ask.js'
import { ChannelSlots } from './channel-slots.js'
import { ChannelRefused, type Connection, type Connector, type Endpoint, type LinkState } from './connector.js'
import type { Credentials } from './credentials.js'
import {
  type Identity,
  type Link,
  type LinkObserver,
  LOGIN,
  type RawResult,
  type RunOptions,
  type WriteOptions,
} from './link.js'
import { LinkLife } from './link-life.js'
import { CutOff, NotSent, ShellPool } from './shell-pool.js'
import { asSecret } from './ssh-settings.js'
import type { Throttle } from './throttle.js'

/** Channels to one host; sshd allows 10 (MaxSessions) and frees them late. */
const MOST_CHANNELS = 4
/** Ending a command must not take longer than this, milliseconds; then the shell is given up with whatever runs in it. */
const KILL_MS = 4000
/** A link that keeps breaking under a command that was not even sent is given up after this many. */
const MOST_LINKS = 3
/** Largest file read into memory, bytes. */
const LARGEST_FILE = 512 * 1024 * 1024

/** What a link is made of. */
export interface LinkParts {
  readonly endpoint: Endpoint
  readonly connector: Connector
  readonly asker: Asker
  readonly credentials: Credentials
  readonly observer: LinkObserver
  /** Lets only so many hosts connect at once. */
  readonly gate: Throttle
}

/** A connection with the shells held on it. */
interface Live {
  readonly connection: Connection
  readonly slots: ChannelSlots
  readonly pools: Map<string, ShellPool>
  lost?: string
}

/** The link to one host over any connector; see {@link Link}. */
export class HostLink implements Link {
  readonly name: string
  readonly #life: LinkLife
  #live: Live | undefined
  #connecting: Promise<Live> | undefined
  #attempt = new AbortController()

  constructor(private readonly parts: LinkParts) {
    this.name = parts.endpoint.name
    this.#life = new LinkLife(this.name, parts.observer)
  }

  get state(): LinkState {
    return this.#life.state
  }

  async connect(signal?: AbortSignal): Promise<void> {
    await this.#ready(signal)
  }

  async run(script: string, options: RunOptions = {}): Promise<RawResult> {
    const { identity = LOGIN, ...job } = options
    for (let links = 1; ; links += 1) {
      const live = await this.#ready(options.signal)
      try {
        const result = await this.#pool(live, identity).run({ script, ...job })
        if (job.bare) this.parts.observer.latency(result.ms)
        return result
      } catch (error) {
        if (error instanceof CutOff) throw new InterruptedError(this.name, error.how, error.reason, error.partial)
        if (!(error instanceof NotSent)) throw error
        if (links >= MOST_LINKS) throw new UnreachableError(this.name, error.reason, { cause: error })
      }
    }
  }

  async write(path: string, content: Uint8Array, options: WriteOptions = {}): Promise<void> {
    const { identity, signal, ...rest } = options
    const plan = writeScript({ path, content, ...rest, nonce: randomBytes(6).toString('hex') })
    const result = await this.run(plan.script, {
      ...(identity ? { identity } : {}),
      ...(signal ? { signal } : {}),
      ...(plan.stdin ? { stdin: plan.stdin } : {}),
    })
    if (result.exitCode !== 0) throw new FileError(this.name, path, fileReason(result.exitCode, result.stderr))
  }

  async read(
    path: string,
    options: { readonly identity?: Identity; readonly signal?: AbortSignal } = {},
  ): Promise<Buffer> {
    const result = await this.run(readScript(path), { ...options, maxBytes: LARGEST_FILE })
    if (result.exitCode !== 0) throw new FileError(this.name, path, fileReason(result.exitCode, result.stderr))
    if (result.truncated)
      throw new FileError(
        this.name,
        path,
        `larger than ${LARGEST_FILE / 1024 / 1024} MiB, the most that is read at once`,
      )
    return result.stdout
  }

  async close(): Promise<void> {
    this.#life.enter('closed')
    this.#attempt.abort()
    const live = this.#live
    if (!live) return
    this.#drop(live, 'the link was closed')
    await live.connection.close()
  }

  #ready(signal: AbortSignal | undefined): Promise<Live> {
    if (this.#live) return Promise.resolve(this.#live)
    if (this.#life.state === 'closed') return Promise.reject(new UnreachableError(this.name, 'the link was closed'))
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    })
    return unlessAborted(this.#connecting, signal, this.name)
  }

  async #connect(): Promise<Live> {
    const { endpoint, connector, asker, credentials, gate } = this.parts
    const { signal } = this.#attempt
    await this.#life.backOff(signal)
    try {
      const connection = await connector.open(endpoint, {
        signal,
        asker,
        credentials,
        turn: work => gate.run(work),
        phase: phase => this.#life.enter(phase),
        note: text => this.#life.note(text),
      })
      return this.#settle(connection)
    } catch (error) {
      const failure =
        error instanceof UnreachableError ? error : new UnreachableError(this.name, String(error), { cause: error })
      this.#life.failed(failure.reason)
      throw failure
    }
  }

  #settle(connection: Connection): Live {
    const pools = new Map<string, ShellPool>()
    const slots = new ChannelSlots(MOST_CHANNELS, () => [...pools.values()].some(pool => pool.closeIdle()))
    const live: Live = { connection, slots, pools }
    this.#live = live
    void connection.ended.then(reason => {
      if (this.#live === live) {
        this.#drop(live, reason)
        if (this.#life.state !== 'closed') this.#life.lost(reason)
      }
    })
    this.#life.enter('ready')
    return live
  }

  #drop(live: Live, reason: string): void {
    live.lost = reason
    if (this.#live === live) this.#live = undefined
    for (const pool of live.pools.values()) pool.fail(reason)
  }

  #pool(live: Live, identity: Identity): ShellPool {
    const key = identityKey(identity)
    const known = live.pools.get(key)
    if (known) return known
    const pool = new ShellPool({
      open: () => this.#openShell(live, identity),
      roomForOne: () => live.slots.free,
      kill: shell => this.#kill(live, identity, shell),
      lost: () => live.lost,
    })
    live.pools.set(key, pool)
    return pool
  }

  async #openShell(live: Live, identity: Identity): Promise<HeldShell> {
    try {
      return await openShell(
        this.#source(live, async command => (await live.slots.open(() => live.connection.exec(command))).channel),
        identity,
      )
    } catch (error) {
      if (live.lost !== undefined) throw new NotSent(live.lost)
      if (error instanceof UnreachableError || error instanceof IdentityError) throw error
      if (error instanceof ChannelRefused)
        throw new UnreachableError(this.name, 'the server opens no more sessions (its MaxSessions)')
      throw new UnreachableError(this.name, `no shell (${error instanceof Error ? error.message : String(error)})`, {
        cause: error,
      })
    }
  }

  /** A shell beside the one that is busy ends what runs there; where none can be had, the transport's own signal must do. */
  async #kill(live: Live, identity: Identity, shell: HeldShell): Promise<void> {
    const script = killTreeScript(shell.pid)
    try {
      await within(KILL_MS, this.#runBeside(live, identity, script))
    } catch {
      shell.signal('KILL')
    }
    shell.discard('killed')
  }

  /** Runs a script on a shell of its own, past the queue; on a connection of its own where the server grants no more sessions. */
  async #runBeside(live: Live, identity: Identity, script: string): Promise<void> {
    try {
      await this.#runOnce(live, live.connection, identity, script)
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error
      const { endpoint, connector, asker, credentials } = this.parts
      const { signal } = this.#attempt
      const connection = await connector.open(endpoint, {
        signal,
        asker,
        credentials,
        turn: work => work(),
        phase: () => {},
        note: () => {},
      })
      try {
        await this.#runOnce(live, connection, identity, script)
      } finally {
        void connection.close()
      }
    }
  }

  async #runOnce(live: Live, connection: Connection, identity: Identity, script: string): Promise<void> {
    const shell = await openShell(
      this.#source(live, command => connection.exec(command)),
      identity,
    )
    try {
      await shell.run({ script })
    } finally {
      shell.close()
    }
  }

  #source(live: Live, exec: ShellSource['exec']): ShellSource {
    const { endpoint, credentials } = this.parts
    const { user } = live.connection
    return {
      host: this.name,
      user,
      credentials,
      password: async () => {
        const { sudoPassword: given } = endpoint.settings
        if (given === undefined || given instanceof SecretPrompt) return undefined
        return typeof given === 'function'
          ? await credentials.answerOf(given)
          : asSecret(given, `sudo password of ${user}`)
      },
      timeout: 1000 * (endpoint.settings.connectTimeout ?? 10),
      exec,
    }
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, host: string): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(new UnreachableError(host, 'cancelled while connecting'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
