import type { Duplex } from 'node:stream'
import ssh2, { type Client, type ClientChannel, type PseudoTtyOptions } from 'ssh2'
import { UnreachableError } from '../errors.js'
import { AcceptedKeys } from './accepted-keys.js'
import type { LoginProgress } from './auth-progress.js'
import {
  type Channel,
  ChannelRefused,
  type Connection,
  type Connector,
  type Endpoint,
  type ExecOptions,
  type OpenContext,
  type Phase,
  type StreamAddress,
  type StreamListener,
} from './connector.js'
import { dial, resolveName } from './dial.js'
import { joinExit } from './exit.js'
import { asJump } from './jump-trace.js'
import { NewHostKeys } from './new-host-keys.js'
import { PhaseClock } from './phase-clock.js'
import type { Sftp } from './sftp.js'
import { SshConfigReader } from './ssh-config.js'
import { type Handshake, handshake, type LoginMemory } from './ssh-handshake.js'
import { SshListeners } from './ssh-listeners.js'
import { overConnections } from './ssh-login.js'
import { type SshSettings, sshSettings } from './ssh-settings.js'
import { openSftp } from './ssh-sftp.js'
import { openTunnel } from './ssh-tunnel.js'

/** Jump hosts that have jump hosts: beyond this it is a loop in ssh_config. */
const DEEPEST_JUMP = 8

/** Connects by npm ssh2, on its own socket. */
export class SshConnector implements Connector {
  readonly name = 'ssh'
  readonly #config = new SshConfigReader()
  readonly #memory: LoginMemory = { unlocked: new Map(), accepted: new AcceptedKeys(), newKeys: new NewHostKeys() }

  async open(endpoint: Endpoint, context: OpenContext): Promise<Connection> {
    const clients: Client[] = []
    try {
      const settings = await sshSettings(endpoint, this.#config)
      const { client, distrusted } = await context.turn(() => this.#reach(endpoint, settings, context, clients, 0))
      return new SshConnection(client, clients, settings, distrusted, context)
    } catch (error) {
      for (const client of clients) client.destroy()
      if (error instanceof UnreachableError) throw error
      throw new UnreachableError(endpoint.name, error instanceof Error ? error.message : String(error), {
        cause: error,
      })
    }
  }

  /** Connects through the jump hosts, nearest first; every client made on the way is added to `clients`. */
  async #reach(
    endpoint: Endpoint,
    settings: SshSettings,
    context: OpenContext,
    clients: Client[],
    depth: number,
  ): Promise<LoggedIn> {
    if (depth > DEEPEST_JUMP)
      throw new Error(`more than ${DEEPEST_JUMP} jump hosts behind one another: ssh_config goes in a circle`)
    if (settings.proxyCommand !== undefined) {
      throw new Error(
        `ssh_config sets a ProxyCommand for ${endpoint.name}, which the ssh connector does not run; use ProxyJump`,
      )
    }
    let jump: LoggedIn | undefined
    for (const [index, hop] of settings.jumps.entries()) {
      const own = await sshSettings(hop, this.#config)
      if (own.host === settings.host && own.port === settings.port) continue
      const before = jump
      // Only the first hop's own jump hosts count; the others are reached from the hop before.
      jump = await asJump(hop.name, context, ownContext =>
        index === 0
          ? this.#reach(hop, own, ownContext, clients, depth + 1)
          : this.#login(hop, own, ownContext, clients, before),
      )
    }
    return await this.#login(endpoint, settings, context, clients, jump)
  }

  #login(
    endpoint: Endpoint,
    settings: SshSettings,
    context: OpenContext,
    clients: Client[],
    jump: LoggedIn | undefined,
  ): Promise<LoggedIn> {
    return overConnections(context, progress =>
      this.#connect(endpoint, settings, context, clients, jump?.client, progress),
    )
  }

  async #connect(
    endpoint: Endpoint,
    settings: SshSettings,
    context: OpenContext,
    clients: Client[],
    jump: Client | undefined,
    progress: LoginProgress,
  ): Promise<LoggedIn> {
    const where = `${settings.host}:${settings.port}`
    const clock = new PhaseClock(settings.connectTimeout, where)
    const enter = (phase: Phase) => {
      clock.enter(phase)
      context.phase(phase)
    }
    const cancelled = new AbortController()
    const abort = () => cancelled.abort(context.signal.reason)
    context.signal.addEventListener('abort', abort, { once: true })
    const client = new ssh2.Client()
    clients.push(client)
    try {
      context.signal.throwIfAborted()
      const work = async () => {
        enter('resolving')
        const socket = jump
          ? await forward(jump, settings)
          : await this.#dial(settings, context, enter, cancelled.signal)
        const { distrusted } = await handshake({
          client,
          socket,
          host: endpoint.name,
          settings,
          context,
          clock,
          enter,
          memory: this.#memory,
          progress,
        })
        return { client, distrusted }
      }
      return await Promise.race([work(), clock.expired, aborted(cancelled.signal)])
    } finally {
      clock.stop()
      context.signal.removeEventListener('abort', abort)
      // A dial that lost the race is given up; one that has won is past listening.
      cancelled.abort()
    }
  }

  async #dial(
    settings: SshSettings,
    context: OpenContext,
    enter: (phase: Phase) => void,
    signal: AbortSignal,
  ): Promise<Duplex> {
    const addresses = await resolveName(settings.host)
    enter('tcp')
    const attempt = settings.connectTimeout / (addresses.length + 1)
    return await dial(addresses, settings.port, attempt, signal, (address, ms, failure) =>
      context.note({ kind: 'address', address, ms, ...(failure === undefined ? {} : { failure }) }),
    )
  }
}

/** A client that is ready, and what it is about the host key that bears on it. */
interface LoggedIn extends Handshake {
  readonly client: Client
}

class SshConnection implements Connection {
  readonly user: string
  readonly ended: Promise<string>
  #listeners: SshListeners | undefined
  /** Whether commands get the agent of this machine; not any more once the server has refused. */
  #forwardsAgent: boolean

  constructor(
    private readonly client: Client,
    private readonly clients: readonly Client[],
    settings: SshSettings,
    distrusted: boolean,
    private readonly context: OpenContext,
  ) {
    this.user = settings.user
    this.#forwardsAgent = settings.forwardAgent !== undefined && !distrusted
    let reason = 'the server closed the connection'
    client.on('error', error => {
      reason = /keepalive/i.test(error.message) ? 'the host stopped answering' : `connection lost (${error.message})`
    })
    this.ended = new Promise(resolve => {
      client.once('close', () => {
        for (const each of this.clients) each.end()
        resolve(reason)
      })
    })
  }

  exec(command: string, options: ExecOptions = {}): Promise<Channel> {
    const agentForward = this.#forwardsAgent && options.forwardAgent !== false
    // ssh2's types do not know agentForward, its documentation does.
    const wishes = { allowHalfOpen: true, agentForward, ...(options.pty ? { pty: windowOf(options.pty) } : {}) }
    return new Promise((resolve, reject) => {
      this.client.exec(command, wishes, (error, channel) => {
        if (!error) resolve(sshChannel(channel))
        // As with OpenSSH, a server without agent forwarding (AllowAgentForwarding no) runs the command all the same.
        else if (agentForward && /agent forwarding/.test(error.message)) {
          this.#forwardsAgent = false
          this.context.note('the server forwards no agent (its AllowAgentForwarding)')
          resolve(this.exec(command, options))
        }
        // RFC 4254 5.1: the server answered SSH_MSG_CHANNEL_OPEN_FAILURE, with a reason code.
        else if ('reason' in error) reject(new ChannelRefused(error.message))
        else if (/pseudo-terminal/.test(error.message))
          reject(new Error('the server grants no terminal (its PermitTTY)'))
        else reject(error)
      })
    })
  }

  async sftp(): Promise<Sftp> {
    try {
      return await openSftp(this.client)
    } catch (error) {
      if (error instanceof Error && 'reason' in error) throw new ChannelRefused(error.message)
      throw error
    }
  }

  dial(to: StreamAddress): Promise<Duplex> {
    return openTunnel(this.client, to)
  }

  listen(at: StreamAddress, accept: (stream: Duplex) => void): Promise<StreamListener> {
    this.#listeners ??= new SshListeners(this.client)
    return this.#listeners.listen(at, accept)
  }

  async close(): Promise<void> {
    this.client.end()
    await this.ended
  }
}

function sshChannel(channel: ClientChannel): Channel {
  channel.on('error', () => {})
  return {
    stdin: channel.stdin,
    stdout: channel,
    stderr: channel.stderr,
    exit: joinExit({
      exited: listener =>
        channel.once('exit', (code: number | null, signal?: string) =>
          listener(
            code === null && signal !== undefined
              ? { code: null, signal: `SIG${signal.replace(/^SIG/, '')}` }
              : { code },
          ),
        ),
      closed: listener => channel.once('close', listener),
    }),
    signal: name => {
      if (channel.writable) channel.signal(name)
    },
    resize: ({ columns, rows }) => {
      if (channel.writable) channel.setWindow(rows, columns, 0, 0)
    },
    close: () => channel.close(),
  }
}

/** RFC 4254 6.2; a size in pixels of 0 is none. */
function windowOf({ columns, rows, term = 'xterm-256color' }: NonNullable<ExecOptions['pty']>): PseudoTtyOptions {
  return { cols: columns, rows, width: 0, height: 0, term }
}

function forward(jump: Client, settings: SshSettings): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    jump.forwardOut('127.0.0.1', 0, settings.host, settings.port, (error, channel) => {
      if (error)
        reject(
          new Error(
            `the jump host cannot reach ${settings.host}:${settings.port} (${error.message.replace(/^\(SSH\) /, '')})`,
          ),
        )
      else resolve(channel)
    })
  })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('connecting was cancelled')), { once: true })
  })
}
