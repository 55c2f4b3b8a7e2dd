import { IdentityError, InterruptedError, MusterError, UnreachableError, UsageError } from '../../errors.js'
import { SecretPrompt } from '../../secret.js'
import type { HeldShell } from '../../shell/held-shell.js'
import { identityKey } from '../../shell/identity.js'
import { InteractiveShell, LOGIN_SHELL } from '../../shell/interactive-shell.js'
import { killTreeScript } from '../../shell/kill-tree.js'
import { NeedsTerminal, openShell, type ShellSource } from '../../shell/open-shell.js'
import { openShellByTerminal } from '../../shell/open-shell-by-terminal.js'
import { openTerminal, type TerminalCommand } from '../../shell/open-terminal.js'
import { type Channel, ChannelRefused, type Endpoint, type ExecOptions } from '../connector.js'
import type { Credentials } from '../credentials.js'
import type { Identity, RawResult } from '../link.js'
import type { Sftp } from '../sftp.js'
import { asSecret } from '../ssh/ssh-settings.js'
import { exitCodeOf, type RunningTerminal, terminalResult } from '../terminal-command.js'
import { type Exec, HostChannels, type HostChannelsParts } from './host-channels.js'
import { CutOff, type Job, NotSent, ShellPool } from './shell-pool.js'

/** Ending a command must not take longer than this, milliseconds; then the shell is given up with whatever runs in it. */
const KILL_MS = 4000

/** Of a script that prints nothing. */
const KILL_PTY = { columns: 80, rows: 24, term: 'dumb' } as const

/** What the shells of a host stand on. */
export interface HostShellsParts extends HostChannelsParts {
  readonly endpoint: Endpoint
  readonly credentials: Credentials
}

/** The shells held on one connection to a host, a pool for each identity, within the channels its server grants. */
export class HostShells {
  readonly #channels: HostChannels
  readonly #pools = new Map<string, ShellPool>()
  /** Identities that were found to need a terminal, and what for. */
  readonly #onTerminal = new Map<string, NeedsTerminal>()
  readonly #kills = new Set<Promise<void>>()
  #lost: string | undefined
  readonly #loss: Promise<string>
  #announceLoss: (reason: string) => void = () => {}

  constructor(private readonly parts: HostShellsParts) {
    this.#loss = new Promise(resolve => {
      this.#announceLoss = resolve
    })
    this.#channels = new HostChannels(
      parts,
      () => this.#lost,
      () => [...this.#pools.values()].some(pool => pool.closeIdle()),
    )
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
      const slot = await this.#channels.beside(line, options)
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
      open: () => this.#open(identity, command => this.#channels.held(command)),
      roomForOne: () => this.#channels.free || [...this.#pools.values()].some(each => each.hasHaunted),
      idle: () => this.#channels.reconsider(),
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
    return this.#open(identity, async command => (await this.#channels.beside(command)).channel)
  }

  /** Opens sftp on a channel of its own; `undefined` where the connector has none. @throws {ChannelRefused | Error} */
  sftp(): Promise<Sftp | undefined> {
    return this.#channels.sftp()
  }

  /** The connection is gone: commands that wait were not sent, those that run are cut off. */
  fail(reason: string): void {
    this.#lost = reason
    this.#announceLoss(reason)
    for (const pool of this.#pools.values()) pool.fail(reason)
  }

  async #open(identity: Identity, exec: Exec): Promise<HeldShell> {
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
    try {
      return await openShellByTerminal(source, identity, this.#channels.alongside)
    } catch (error) {
      if (error instanceof MusterError || error instanceof ChannelRefused || !(error instanceof Error)) throw error
      throw new IdentityError(this.parts.endpoint.name, `${needs.reason}, and ${error.message}`)
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

  /** Resolves when what is being killed has ended, or has been given up. */
  async killed(): Promise<void> {
    await Promise.all(this.#kills)
  }

  async #end(identity: Identity, pid: number, running: Pick<Channel, 'signal' | 'close'>): Promise<void> {
    const kill = this.#endNow(identity, pid, running)
    this.#kills.add(kill)
    await kill.finally(() => this.#kills.delete(kill))
  }

  /** A shell beside the one that is busy ends what runs there; where none can be had, the transport's own signal must do. */
  async #endNow(identity: Identity, pid: number, running: Pick<Channel, 'signal' | 'close'>): Promise<void> {
    const script = killTreeScript(pid, identity.via !== 'login')
    const work = (exec: Exec) => this.#runOnce(exec, identity, script, () => running.close())
    try {
      await within(KILL_MS, this.#channels.passing(work))
    } catch {
      running.signal?.('KILL')
      running.close()
    }
  }

  /** @param then is called in the same turn as the script: what that killed dies a moment later */
  async #runOnce(exec: Exec, identity: Identity, script: string, then: () => void): Promise<void> {
    const { turns } = this.parts
    const ending = (work: () => Promise<void>) => (turns ? turns.end(work) : work())
    if (this.#onTerminal.has(identityKey(identity))) {
      const { channel } = await openTerminal(this.#source(exec), identity, { script, pty: KILL_PTY })
      channel.stdout.resume()
      await ending(() => channel.exit.then(then))
      return
    }
    const shell = await openShell(this.#source(exec), identity)
    await ending(async () => {
      try {
        await shell.run({ script })
        then()
      } finally {
        shell.close()
      }
    })
  }

  #source(exec: Exec): ShellSource {
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
