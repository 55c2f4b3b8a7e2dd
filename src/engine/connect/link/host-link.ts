import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { FileError, InterruptedError, UnreachableError } from '../../errors.js'
import { fileReason, readScript, writeScript } from '../../shell/file-scripts.js'
import type { InteractiveShell } from '../../shell/interactive-shell.js'
import { Cargo } from '../../transfer/cargo.js'
import type { Copied } from '../../transfer/carrier.js'
import { download } from '../../transfer/download.js'
import { NONCE_BYTES, tempName } from '../../transfer/survey-script.js'
import { upload } from '../../transfer/upload.js'
import { type Asker, nobody } from '../ask.js'
import type { Connection, Connector, Endpoint, LinkState, OpenContext, StreamAddress } from '../connector.js'
import type { Credentials } from '../credentials.js'
import {
  type DownloadRequest,
  type Identity,
  type Link,
  type LinkListener,
  type LinkObserver,
  type LinkStanding,
  LOGIN,
  type RawResult,
  type RunOptions,
  type ShellOptions,
  type UploadRequest,
  type WriteOptions,
} from '../link.js'
import type { Throttle } from '../throttle.js'
import { type ConnectTrace, serverOf, wasRefused } from '../trace.js'
import { unlessAborted } from '../unless-aborted.js'
import { broken } from './broken.js'
import { ChannelTurns } from './channel-turns.js'
import { Descriptors, ownDescriptors } from './descriptors.js'
import { HostShells } from './host-shells.js'
import { Latency } from './latency.js'
import { LinkCarrier } from './link-carrier.js'
import { LinkLife } from './link-life.js'
import { dialOver, listenOver } from './link-streams.js'
import { type Comeback, Reconnect } from './reconnect.js'
import { CutOff, NotSent } from './shell-pool.js'
import { unlessTurnedAway } from './turned-away.js'

const descriptors = new Descriptors(ownDescriptors)

/** A link that keeps breaking under a command that was not even sent is given up after this many. */
const MOST_LINKS = 3
/** Largest file read into memory, bytes. */
const LARGEST_FILE = 512 * 1024 * 1024

const MAKES_WAY = new Error('makes way for an attempt that somebody waits for')
const ready = (): Comeback => 'ready'

/** What a link is made of. */
export interface LinkParts {
  readonly endpoint: Endpoint
  readonly connector: Connector
  readonly asker: Asker
  readonly credentials: Credentials
  readonly observer: LinkObserver
  /** Lets only so many hosts connect at once. */
  readonly gate: Throttle
  /** A session is open on it: it comes back by itself when lost, and its latency is looked at. */
  readonly reconnect: boolean
}

/** A connection with the shells held on it. */
interface Live {
  readonly connection: Connection
  readonly shells: HostShells
}

/** The link to one host over any connector; see {@link Link}. */
export class HostLink implements Link {
  readonly name: string
  readonly #life: LinkLife
  #live: Live | undefined
  #connecting: Promise<Live> | undefined
  readonly #attempt = new AbortController()
  /** Set while an attempt in the background is under way. */
  #background: AbortController | undefined
  readonly #carrier: LinkCarrier
  readonly #comeback = new Reconnect(() => this.#comeBack())
  readonly #latency = new Latency(() => this.#answerTime())

  constructor(private readonly parts: LinkParts) {
    this.name = parts.endpoint.name
    this.#life = new LinkLife(this.name, parts.observer)
    this.#carrier = new LinkCarrier({
      host: this.name,
      run: (script, options) => this.run(script, options),
      ready: signal => this.#ready(signal),
    })
  }

  get state(): LinkState {
    return this.#life.state
  }

  get standing(): LinkStanding {
    return this.#life.standing
  }

  get traces(): readonly ConnectTrace[] {
    return this.#life.traces
  }

  async connect(signal?: AbortSignal): Promise<void> {
    await this.#ready(signal)
  }

  async run(script: string, options: RunOptions = {}): Promise<RawResult> {
    const { identity = LOGIN, ...job } = options
    const work = (): Promise<RawResult> =>
      this.#over(options.signal, shells => shells.run(identity, { script, ...job }))
    return this.parts.reconnect ? this.#latency.during(work) : work()
  }

  async #answerTime(): Promise<void> {
    const asked = await this.#live?.shells.run(LOGIN, { script: ':', bare: true })
    if (asked) this.parts.observer.latency(asked.ms)
  }

  shell({ identity = LOGIN, signal, ...terminal }: ShellOptions): Promise<InteractiveShell> {
    return this.#over(signal, shells => shells.shell(identity, terminal, signal))
  }

  /** Does something over the shells of the host; what was not sent when the link broke is done over the next one. */
  async #over<T>(signal: AbortSignal | undefined, work: (shells: HostShells) => Promise<T>): Promise<T> {
    for (let links = 1; ; links += 1) {
      const live = await this.#ready(signal)
      try {
        return await work(live.shells)
      } catch (error) {
        if (error instanceof CutOff) throw new InterruptedError(this.name, error.how, error.reason, error.partial)
        if (!(error instanceof NotSent)) throw error
        if (links >= MOST_LINKS) throw new UnreachableError(this.name, error.reason, { cause: error })
      }
    }
  }

  async write(path: string, content: Uint8Array, options: WriteOptions = {}): Promise<void> {
    const { identity = LOGIN, signal, ...attributes } = options
    const common = { identity, ...(signal ? { signal } : {}) }
    const temp = tempName(randomBytes(NONCE_BYTES).toString('hex'), 0)
    const script = writeScript({ path, content, ...attributes, temp })
    if (script === undefined) {
      await this.upload({ cargo: Cargo.bytes(content), path, ...attributes, ...common })
      return
    }
    const result = await this.run(script, common)
    if (result.exitCode !== 0) throw new FileError(this.name, path, fileReason(result.exitCode, result.stderr))
  }

  async upload(request: UploadRequest): Promise<Copied> {
    return await upload(this.#carrier, request)
  }

  async download(request: DownloadRequest): Promise<Copied> {
    return await download(this.#carrier, request)
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

  dial(to: StreamAddress, signal?: AbortSignal): Promise<Duplex> {
    return dialOver(this.name, () => this.#ready(signal), to)
  }

  listen(at: StreamAddress, accept: (stream: Duplex) => void, signal?: AbortSignal): Promise<LinkListener> {
    return listenOver(this.name, () => this.#ready(signal), at, accept)
  }

  async disconnect(): Promise<void> {
    this.#comeback.stop()
    const live = this.#live
    if (!live) return
    this.#drop(live, 'the connection was given up')
    this.#life.idle()
    void live.connection.close()
  }

  async close(): Promise<void> {
    this.#life.closed()
    this.#comeback.stop()
    this.#attempt.abort()
    const live = this.#live
    if (!live) return
    await live.shells.killed()
    // The connection first: its end is the end of all its channels, which then need not be closed one by one.
    const closing = live.connection.close()
    this.#latency.stop()
    this.#drop(live, 'the link was closed')
    await closing
  }

  #ready(signal: AbortSignal | undefined): Promise<Live> {
    if (this.#live) return Promise.resolve(this.#live)
    if (this.#life.state === 'closed') return Promise.reject(new UnreachableError(this.name, 'the link was closed'))
    return unlessAborted(this.#connectNow(), signal, () => this.#cancelled())
  }

  /**
   * An attempt in the background may have begun while the host was still off, and can ask nobody: it makes way for one that
   * somebody waits for.
   */
  async #connectNow(): Promise<Live> {
    const background = this.#connecting
    if (this.#background && background) {
      this.#background.abort(MAKES_WAY)
      await background.catch(() => {})
    }
    return this.#live ?? (await this.#connectOnce(false))
  }

  /** One attempt for all who ask at the same time. */
  #connectOnce(quiet: boolean): Promise<Live> {
    this.#connecting ??= this.#connect(quiet).finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  /** Connects in the background, with nobody to answer questions. */
  async #comeBack(): Promise<Comeback> {
    if (this.#live) return 'ready'
    if (this.#connecting) return await this.#connecting.then(ready, () => 'unreachable')
    const background = new AbortController()
    this.#background = background
    try {
      await this.#connectOnce(true)
      return 'ready'
    } catch {
      return !background.signal.aborted && wasRefused(this.traces.at(-1)) ? 'refused' : 'unreachable'
    } finally {
      this.#background = undefined
    }
  }

  async #connect(quiet: boolean): Promise<Live> {
    const { endpoint, connector, credentials, gate } = this.parts
    const asker = quiet ? nobody : this.parts.asker
    const signal = this.#signal(quiet)
    if (!quiet) await this.#life.backOff(signal)
    const recorder = this.#life.attempt(quiet)
    try {
      const short = descriptors.shortage()
      if (short !== undefined) throw new UnreachableError(this.name, short)
      const context: OpenContext = {
        signal,
        asker,
        credentials,
        turn: work => recorder.queue(gate, work),
        phase: phase => this.#life.enter(phase),
        note: note => recorder.note(note),
      }
      const connection = await unlessTurnedAway(() => connector.open(endpoint, context), context)
      return await this.#settle(connection, signal)
    } catch (error) {
      const failure =
        error instanceof UnreachableError ? error : new UnreachableError(this.name, String(error), { cause: error })
      this.#life.failed(failure.reason)
      throw failure
    }
  }

  #signal(quiet: boolean): AbortSignal {
    const { signal } = this.#attempt
    return quiet && this.#background ? AbortSignal.any([signal, this.#background.signal]) : signal
  }

  /** A connection is worth something once a shell answers on it. */
  async #settle(connection: Connection, attempt: AbortSignal): Promise<Live> {
    const { endpoint, connector, asker, credentials } = this.parts
    const { signal } = this.#attempt
    const another = () =>
      connector.open(endpoint, {
        signal,
        asker,
        credentials,
        turn: work => work(),
        phase: () => {},
        note: () => {},
      })
    const turns = ChannelTurns.for(serverOf(this.traces.at(-1)))
    const live: Live = { connection, shells: new HostShells({ endpoint, connection, credentials, another, turns }) }
    this.#life.enter('shell')
    try {
      await unlessAborted(live.shells.start(LOGIN), attempt, () => this.#cancelled())
    } catch (error) {
      const reason = await broken(connection)
      void connection.close()
      throw reason === undefined ? error : new UnreachableError(this.name, reason, { cause: error })
    }
    this.#live = live
    void connection.ended.then(reason => {
      if (this.#live !== live) return
      this.#drop(live, reason)
      this.#life.lost(reason)
      if (this.parts.reconnect) this.#comeback.begin()
    })
    this.#life.ready(connection.user)
    if (this.parts.reconnect) this.#latency.due()
    return live
  }

  #cancelled(): UnreachableError {
    return new UnreachableError(this.name, 'cancelled while connecting')
  }

  #drop(live: Live, reason: string): void {
    if (this.#live === live) this.#live = undefined
    live.shells.fail(reason)
  }
}
