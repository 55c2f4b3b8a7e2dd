import { IdentityError, InterruptedError, MusterError, UnreachableError, UsageError } from '../../errors.js'
import { SecretPrompt } from '../../secret.js'
import type { HeldShell } from '../../shell/held-shell.js'
import { identityKey } from '../../shell/identity.js'
import { InteractiveShell, LOGIN_SHELL } from '../../shell/interactive-shell.js'
import { killTreeScript } from '../../shell/kill-tree.js'
import { NeedsTerminal, openShell, type ShellSource } from '../../shell/open-shell.js'
import { openShellByTerminal } from '../../shell/open-shell-by-terminal.js'
import { openTerminal, type TerminalCommand } from '../../shell/open-terminal.js'
import {
  type Channel,
  ChannelClosed,
  ChannelRefused,
  type Connection,
  type Endpoint,
  type ExecOptions,
} from '../connector.js'
import type { Credentials } from '../credentials.js'
import type { Identity, RawResult } from '../link.js'
import type { Sftp } from '../sftp.js'
import { asSecret } from '../ssh/ssh-settings.js'
import { exitCodeOf, type RunningTerminal, terminalResult } from '../terminal-command.js'
import { ChannelSlots, type HeldSlot } from './channel-slots.js'
import type { ChannelTurns } from './channel-turns.js'
import { CutOff, type Job, NotSent, ShellPool } from './shell-pool.js'

/** Channels to one host; sshd allows 10 (MaxSessions) and frees them late. */
const MOST_CHANNELS = 4
/** Ending a command must not take longer than this, milliseconds; then the shell is given up with whatever runs in it. */
const KILL_MS = 4000

/** Of a script that prints nothing. */
const KILL_PTY = { columns: 80, rows: 24, term: 'dumb' } as const

/** A shell whose channel the server closes instead of starting it is given up after so many. */
const MOST_STARTS = 3

/** What the shells of a host stand on. */
export interface HostShellsParts {
  readonly endpoint: Endpoint
  readonly connection: Connection
  readonly credentials: Credentials
  /** Makes a second connection to the host, for when the first has no channel to spare. */
  readonly another: () => Promise<Connection>
  /** Where the server bears no channel that opens while another ends. */
  readonly turns?: ChannelTurns | undefined
}

/** The shells held on one connection to a host, a pool for each identity, within the channels its server grants. */
export class HostShells {
  readonly #slots: ChannelSlots
  readonly #pools = new Map<string, ShellPool>()
  /** Identities that were found to need a terminal, and what for. */
  readonly #onTerminal = new Map<string, NeedsTerminal>()
  #lost: string | undefined
  /** Whether the server has granted a channel on this connection. */
  #granted = false
  readonly #loss: Promise<string>
  #announceLoss: (reason: string) => void = () => {}

  constructor(private readonly parts: HostShellsParts) {
    this.#loss = new Promise(resolve => {
      this.#announceLoss = resolve
    })
    this.#slots = new ChannelSlots(MOST_CHANNELS, () => [...this.#pools.values()].some(pool => pool.closeIdle()))
  }

  /** Has a shell of an identity ready. @throws as {@link run} */
  start(identity: Identity): Promise<void> {
    return this.#pool(identity).start()
  }

  /**
   * Runs a command for an identity: on a held shell, or on a terminal of its own.
   * @throws {NotSent | CutOff | UsageError | UnreachableError | IdentityError}
   */
  async run(identity: Identity, job: Job): Promise<RawResult> {
    const { pty } = job
    if (!pty) return this.#pool(identity).run(job)
    return terminalResult(await this.#terminal(identity, { ...job, pty }, job.signal), job)
  }

  /**
   * Starts a login shell for an identity on a terminal of its own.
   * @throws {NotSent | CutOff | UsageError | UnreachableError | IdentityError}
   */
  async shell(identity: Identity, options: Omit<TerminalCommand, 'script' | 'shell'>, signal?: AbortSignal) {
    const terminal = await this.#terminal(identity, { ...options, script: LOGIN_SHELL }, signal)
    // While nobody reads its output the channel does not notice that the link is gone.
    const lost = this.#loss.then(reason => {
      throw new InterruptedError(this.parts.endpoint.name, 'lost', reason)
    })
    const ended = terminal.channel.exit.then(how =>
      exitCodeOf(how) === undefined && this.#lost !== undefined ? lost : how,
    )
    return new InteractiveShell(terminal.channel, Promise.race([ended, lost]))
  }

  async #terminal(identity: Identity, command: TerminalCommand, signal?: AbortSignal): Promise<RunningTerminal> {
    let release: () => void = () => {}
    const exec = async (line: string, options?: ExecOptions) => {
      const slot = await this.#beside(line, options)
      release = slot.release
      return slot.channel
    }
    try {
      const started = await openTerminal(this.#source(exec), identity, command, signal)
      const kill = () => this.#end(identity, started.pid, started.channel)
      return { ...started, kill, lost: () => this.#lost }
    } catch (error) {
      release()
      if (error instanceof RangeError) throw new UsageError(error.message)
      if (signal?.aborted) throw new CutOff('cancelled', 'cancelled before it was sent')
      throw this.#refusal(error, 'no terminal')
    }
  }

  #pool(identity: Identity): ShellPool {
    const key = identityKey(identity)
    const known = this.#pools.get(key)
    if (known) return known
    const pool = new ShellPool({
      open: () => this.#open(identity, command => this.#held(command)),
      roomForOne: () => this.#slots.free || [...this.#pools.values()].some(each => each.hasHaunted),
      idle: () => this.#slots.reconsider(),
      kill: shell => this.#kill(identity, shell),
      lost: () => this.#lost,
    })
    this.#pools.set(key, pool)
    return pool
  }

  /**
   * Starts a shell outside of the pools, for one script that wants a channel of its own.
   * @throws {NotSent | UnreachableError | IdentityError}
   */
  open(identity: Identity): Promise<HeldShell> {
    return this.#open(identity, async command => (await this.#beside(command)).channel)
  }

  /** Opens sftp on a channel of its own; `undefined` where the connector has none. @throws {ChannelRefused | Error} */
  async sftp(): Promise<Sftp | undefined> {
    const { connection } = this.parts
    const open = connection.sftp?.bind(connection)
    return open && (await this.#slots.open(open)).channel
  }

  /** The connection is gone: commands that wait were not sent, those that run are cut off. */
  fail(reason: string): void {
    this.#lost = reason
    this.#announceLoss(reason)
    for (const pool of this.#pools.values()) pool.fail(reason)
  }

  async #open(identity: Identity, exec: ShellSource['exec']): Promise<HeldShell> {
    const source = this.#source(exec)
    try {
      const key = identityKey(identity)
      const needs = this.#onTerminal.get(key)
      if (needs) return await this.#openByTerminal(source, identity, needs)
      return await openShell(source, identity).catch((error: unknown) => {
        if (!(error instanceof NeedsTerminal)) throw error
        this.#onTerminal.set(key, error)
        return this.#openByTerminal(source, identity, error)
      })
    } catch (error) {
      throw this.#refusal(error, 'no shell')
    }
  }

  /** Its terminal is no channel of the slots, which would wait for each other: where the server has none to spare it is on another connection. */
  async #openByTerminal(source: ShellSource, identity: Identity, needs: NeedsTerminal): Promise<HeldShell> {
    const exec = (command: string, options?: ExecOptions) =>
      this.#orOnAnother(() => this.#exec(command, options), command, options)
    try {
      return await openShellByTerminal(source, identity, exec)
    } catch (error) {
      if (error instanceof MusterError || error instanceof ChannelRefused || !(error instanceof Error)) throw error
      throw new IdentityError(this.parts.endpoint.name, `${needs.reason}, and ${error.message}`)
    }
  }

  /**
   * A channel for a held shell. A server that has granted channels before, and grants none while none is open, allows one in the
   * life of a connection (TinySSH): such a connection has had its day, and the next one serves as well.
   */
  async #held(command: string): Promise<Channel> {
    try {
      const { channel } = await this.#slots.open(() => this.#exec(command))
      this.#granted = true
      return channel
    } catch (error) {
      if (error instanceof ChannelRefused && this.#granted && this.#slots.unused) await this.parts.connection.close()
      throw error
    }
  }

  /** Starts a shell; whatever is started here has been given nothing to do yet, so that it may be started again. */
  async #exec(command: string, options?: ExecOptions): Promise<Channel> {
    const { connection, turns } = this.parts
    const exec = () => connection.exec(command, options)
    const start = () => (turns ? turns.open(exec) : exec())
    for (let starts = 1; ; starts += 1) {
      try {
        return await start()
      } catch (error) {
        if (!(error instanceof ChannelClosed) || starts >= MOST_STARTS) throw error
      }
    }
  }

  /** A channel beside those of the held shells; on a connection of its own where this one has none to spare, or has just ended. */
  async #beside(command: string, options?: ExecOptions): Promise<HeldSlot<Channel>> {
    let release = () => {}
    const open = async () => {
      const slot = await this.#slots.open(() => this.#exec(command, options))
      release = slot.release
      return slot.channel
    }
    const channel = await this.#orOnAnother(open, command, options)
    return { channel, release: () => release() }
  }

  /** A channel, on a connection of its own where this one refuses it or has just ended. */
  async #orOnAnother(open: () => Promise<Channel>, command: string, options?: ExecOptions): Promise<Channel> {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof ChannelRefused) && this.#lost === undefined) throw error
      const connection = await this.parts.another()
      try {
        const channel = await connection.exec(command, options)
        void channel.exit.then(() => connection.close())
        return channel
      } catch (refused) {
        void connection.close()
        throw refused
      }
    }
  }

  #refusal(error: unknown, what: string): Error {
    const { name } = this.parts.endpoint
    if (this.#lost !== undefined) return new NotSent(this.#lost)
    if (error instanceof UnreachableError || error instanceof IdentityError) return error
    if (error instanceof ChannelRefused)
      return new UnreachableError(name, 'the server opens no more sessions (its MaxSessions)')
    const why = error instanceof Error ? error.message : String(error)
    return new UnreachableError(name, `${what} (${why})`, { cause: error })
  }

  async #kill(identity: Identity, shell: HeldShell): Promise<void> {
    await this.#end(identity, shell.pid, { signal: name => shell.signal(name), close: () => shell.discard('killed') })
  }

  /** A shell beside the one that is busy ends what runs there; where none can be had, the transport's own signal must do. */
  async #end(identity: Identity, pid: number, running: Pick<Channel, 'signal' | 'close'>): Promise<void> {
    try {
      await within(KILL_MS, this.#runBeside(identity, killTreeScript(pid, identity.via !== 'login')))
    } catch {
      running.signal?.('KILL')
    }
    running.close()
  }

  /** Runs a script on a shell of its own, past the queue; on a connection of its own where the server grants no more sessions. */
  async #runBeside(identity: Identity, script: string): Promise<void> {
    try {
      await this.#runOnce((...args) => this.#exec(...args), identity, script)
    } catch (error) {
      if (!(error instanceof ChannelRefused) && this.#lost === undefined) throw error
      const connection = await this.parts.another()
      try {
        await this.#runOnce((...args) => connection.exec(...args), identity, script)
      } finally {
        void connection.close()
      }
    }
  }

  async #runOnce(exec: ShellSource['exec'], identity: Identity, script: string): Promise<void> {
    if (this.#onTerminal.has(identityKey(identity))) {
      const { channel } = await openTerminal(this.#source(exec), identity, { script, pty: KILL_PTY })
      channel.stdout.resume()
      await channel.exit
      return
    }
    const shell = await openShell(this.#source(exec), identity)
    try {
      const { turns } = this.parts
      const run = () => shell.run({ script })
      await (turns ? turns.end(run) : run())
    } finally {
      shell.close()
    }
  }

  #source(exec: ShellSource['exec']): ShellSource {
    const { endpoint, credentials, connection } = this.parts
    const { user } = connection
    return {
      host: endpoint.name,
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
