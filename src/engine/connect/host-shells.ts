import { IdentityError, UnreachableError } from '../errors.js'
import { SecretPrompt } from '../secret.js'
import type { HeldShell } from '../shell/held-shell.js'
import { identityKey } from '../shell/identity.js'
import { killTreeScript } from '../shell/kill-tree.js'
import { openShell, type ShellSource } from '../shell/open-shell.js'
import { ChannelSlots } from './channel-slots.js'
import { ChannelRefused, type Connection, type Endpoint } from './connector.js'
import type { Credentials } from './credentials.js'
import type { Identity } from './link.js'
import type { Sftp } from './sftp.js'
import { NotSent, ShellPool } from './shell-pool.js'
import { asSecret } from './ssh-settings.js'

/** Channels to one host; sshd allows 10 (MaxSessions) and frees them late. */
const MOST_CHANNELS = 4
/** Ending a command must not take longer than this, milliseconds; then the shell is given up with whatever runs in it. */
const KILL_MS = 4000

/** What the shells of a host stand on. */
export interface HostShellsParts {
  readonly endpoint: Endpoint
  readonly connection: Connection
  readonly credentials: Credentials
  /** Makes a second connection to the host, for when the first has no channel to spare. */
  readonly another: () => Promise<Connection>
}

/** The shells held on one connection to a host, a pool for each identity, within the channels its server grants. */
export class HostShells {
  readonly #slots: ChannelSlots
  readonly #pools = new Map<string, ShellPool>()
  #lost: string | undefined

  constructor(private readonly parts: HostShellsParts) {
    this.#slots = new ChannelSlots(MOST_CHANNELS, () => [...this.#pools.values()].some(pool => pool.closeIdle()))
  }

  /** The shells of an identity. */
  pool(identity: Identity): ShellPool {
    const key = identityKey(identity)
    const known = this.#pools.get(key)
    if (known) return known
    const pool = new ShellPool({
      open: () => this.#open(identity),
      roomForOne: () => this.#slots.free,
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
    return this.#open(identity)
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
    for (const pool of this.#pools.values()) pool.fail(reason)
  }

  async #open(identity: Identity): Promise<HeldShell> {
    const { endpoint, connection } = this.parts
    try {
      return await openShell(
        this.#source(async command => (await this.#slots.open(() => connection.exec(command))).channel),
        identity,
      )
    } catch (error) {
      if (this.#lost !== undefined) throw new NotSent(this.#lost)
      if (error instanceof UnreachableError || error instanceof IdentityError) throw error
      if (error instanceof ChannelRefused)
        throw new UnreachableError(endpoint.name, 'the server opens no more sessions (its MaxSessions)')
      throw new UnreachableError(
        endpoint.name,
        `no shell (${error instanceof Error ? error.message : String(error)})`,
        {
          cause: error,
        },
      )
    }
  }

  /** A shell beside the one that is busy ends what runs there; where none can be had, the transport's own signal must do. */
  async #kill(identity: Identity, shell: HeldShell): Promise<void> {
    const script = killTreeScript(shell.pid)
    try {
      await within(KILL_MS, this.#runBeside(identity, script))
    } catch {
      shell.signal('KILL')
    }
    shell.discard('killed')
  }

  /** Runs a script on a shell of its own, past the queue; on a connection of its own where the server grants no more sessions. */
  async #runBeside(identity: Identity, script: string): Promise<void> {
    try {
      await this.#runOnce(this.parts.connection, identity, script)
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error
      const connection = await this.parts.another()
      try {
        await this.#runOnce(connection, identity, script)
      } finally {
        void connection.close()
      }
    }
  }

  async #runOnce(connection: Connection, identity: Identity, script: string): Promise<void> {
    const shell = await openShell(
      this.#source(command => connection.exec(command)),
      identity,
    )
    try {
      await shell.run({ script })
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
