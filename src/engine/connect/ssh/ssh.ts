import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import ssh2, { type Client, type ClientChannel, type PseudoTtyOptions } from 'ssh2'
import { UnreachableError } from '../../errors.js'
import {
  type Channel,
  ChannelClosed,
  ChannelRefused,
  type Connection,
  type Connector,
  type Endpoint,
  type ExecOptions,
  type OpenContext,
  type Phase,
  type StreamAddress,
  type StreamListener,
} from '../connector.js'
import { dial, resolveName } from '../dial.js'
import { joinExit } from '../exit.js'
import { NewHostKeys } from '../host-keys/new-host-keys.js'
import { AcceptedKeys } from '../keys/accepted-keys.js'
import { KeySources } from '../keys/key-sources.js'
import { lossSentence } from '../loss.js'
import { PhaseClock } from '../phase-clock.js'
import type { Sftp } from '../sftp.js'
import { SshConfigReader } from '../ssh-config/reader.js'
import { addressText } from '../stream-address.js'
import { unlessAborted } from '../unless-aborted.js'
import type { LoggedIn } from '../ways/shared-jump.js'
import { openTunnel } from '../ways/ssh-tunnel.js'
import type { Way } from '../ways/way.js'
import { Ways } from '../ways/ways.js'
import type { LoginProgress } from './auth-progress.js'
import { leaveToOpenSsh } from './ssh-beyond.js'
import { handshake, type LoginMemory } from './ssh-handshake.js'
import { SshListeners } from './ssh-listeners.js'
import { overConnections } from './ssh-login.js'
import { type SshSettings, sshSettings } from './ssh-settings.js'
import { openSftp } from './ssh-sftp.js'

/** A host that has fallen silent does not say goodbye; closing waits no longer for it, milliseconds. */
const GOODBYE_MS = 1000

/** Said once, so that giving up makes no error of its own each time. */
const GIVEN_UP = new Error('the attempt is over')
const connectingCancelled = () => new Error('connecting was cancelled')

/** Connects by npm ssh2, on its own socket. */
export class SshConnector implements Connector {
  readonly name = 'ssh'
  readonly #config = new SshConfigReader()
  readonly #memory: LoginMemory = {
    sources: new KeySources(),
    accepted: new AcceptedKeys(),
    newKeys: new NewHostKeys(),
  }

  readonly #ways = new Ways(this.#config, ({ endpoint, settings }, context, way) => {
    leaveToOpenSsh(endpoint.name, settings)
    return this.#logIn(endpoint, settings, context, way)
  })

  async open(endpoint: Endpoint, context: OpenContext): Promise<Connection> {
    let way: Way | undefined
    try {
      const settings = await sshSettings(endpoint, this.#config)
      leaveToOpenSsh(endpoint.name, settings)
      way = await this.#ways.to(endpoint, settings, context)
      const logIn = () => context.turn(() => this.#logIn(endpoint, settings, context, way))
      const { client, socket, distrusted } = await (way ? way.turn(logIn) : logIn())
      return new SshConnection(client, socket, way, settings, distrusted, context)
    } catch (error) {
      way?.release()
      throw asUnreachable(endpoint.name, error)
    }
  }

  /** @throws {UnreachableError} */
  async #logIn(
    endpoint: Endpoint,
    settings: SshSettings,
    context: OpenContext,
    way: Way | undefined,
  ): Promise<LoggedIn> {
    const clients: Client[] = []
    try {
      return await overConnections(context, progress =>
        this.#connect(endpoint, settings, context, clients, way, progress),
      )
    } catch (error) {
      const broken = way?.broken()
      for (const client of clients) client.destroy()
      throw broken === undefined ? asUnreachable(endpoint.name, error) : new UnreachableError(endpoint.name, broken)
    }
  }

  async #connect(
    endpoint: Endpoint,
    settings: SshSettings,
    context: OpenContext,
    clients: Client[],
    way: Way | undefined,
    progress: LoginProgress,
  ): Promise<LoggedIn> {
    const where = addressText(settings)
    const clock = new PhaseClock(settings.connectTimeout, where)
    const enter = (phase: Phase) => {
      clock.enter(phase)
      context.phase(phase)
    }
    const cancelled = new AbortController()
    const client = new ssh2.Client()
    clients.push(client)
    try {
      context.signal.throwIfAborted()
      const work = async () => {
        if (!way) enter('resolving')
        const { signal } = cancelled
        const socket = await (way ? way.open({ context, enter, signal }) : this.#dial(settings, context, enter, signal))
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
        return { client, socket, distrusted }
      }
      return await unlessAborted(Promise.race([work(), clock.expired]), context.signal, connectingCancelled)
    } finally {
      clock.stop()
      // A dial that lost the race is given up; one that has won is past listening.
      cancelled.abort(GIVEN_UP)
    }
  }

  async #dial(
    settings: SshSettings,
    context: OpenContext,
    enter: (phase: Phase) => void,
    signal: AbortSignal,
  ): Promise<Duplex> {
    const addresses = await resolveName(settings.host, settings)
    enter('tcp')
    return await dial(addresses, settings.port, {
      ...settings,
      attempts: settings.connectionAttempts,
      signal,
      tried: (address, ms, failure) =>
        context.note({ kind: 'address', address, ms, ...(failure === undefined ? {} : { failure }) }),
    })
  }
}

/** ssh2's words for a socket that can no longer be written. */
const NOT_CONNECTED = 'Not connected'
/** The same for a channel that was closed instead of running the command: a server that is going does so. */
const CLOSED_INSTEAD = 'Unable to exec'
/** The end of a connection is known within this after the first sign of it, milliseconds. */
const END_MS = 500

class SshConnection implements Connection {
  readonly user: string
  readonly ended: Promise<string>
  #listeners: SshListeners | undefined
  #closing = false
  /** Whether commands get the agent of this machine; not any more once the server has refused. */
  #forwardsAgent: boolean

  constructor(
    private readonly client: Client,
    private readonly socket: Duplex,
    way: Way | undefined,
    settings: SshSettings,
    private readonly distrusted: boolean,
    private readonly context: OpenContext,
  ) {
    this.user = settings.user
    this.#forwardsAgent = settings.forwardAgent !== undefined && !distrusted
    let reason = 'the server closed the connection'
    this.ended = new Promise(resolve => {
      const end = () => {
        resolve((this.#closing ? undefined : way?.broken()) ?? reason)
        way?.release()
      }
      client.once('close', end)
      client.on('error', error => {
        const silent = /keepalive/i.test(error.message)
        reason = silent ? 'the host stopped answering' : lossSentence(error.message)
        // A stream through a jump host that is silent too would not close before that is found out.
        if (silent) end()
      })
    })
  }

  /** Where a command is refused because the connection is about to end, that end is what there is to tell. */
  async exec(command: string, options: ExecOptions = {}): Promise<Channel> {
    try {
      return await this.#start(command, options)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason = await this.#endBehind(error.message)
      if (reason !== undefined) throw new Error(reason, { cause: error })
      throw error.message === CLOSED_INSTEAD ? new ChannelClosed(error.message, { cause: error }) : error
    }
  }

  /** Why the connection ends, where that is what a command's refusal means. */
  async #endBehind(refusal: string): Promise<string | undefined> {
    if (refusal === NOT_CONNECTED) this.client.destroy()
    else if (refusal !== CLOSED_INSTEAD) return undefined
    return await Promise.race([this.ended, sleep(END_MS, undefined, { ref: false })])
  }

  #start(command: string, options: ExecOptions): Promise<Channel> {
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

  async dial(to: StreamAddress): Promise<Duplex> {
    this.#mayForward()
    return await openTunnel(this.client, to)
  }

  async listen(at: StreamAddress, accept: (stream: Duplex) => void): Promise<StreamListener> {
    this.#mayForward()
    this.#listeners ??= new SshListeners(this.client)
    return await this.#listeners.listen(at, accept)
  }

  async close(): Promise<void> {
    this.#closing = true
    this.client.end()
    const impatience = setTimeout(() => this.socket.destroy(), GOODBYE_MS)
    await this.ended
    clearTimeout(impatience)
  }

  /** As with OpenSSH: whoever may be listening in gets no way to where the forward leads. */
  #mayForward(): void {
    if (this.distrusted) throw new Error('forwards no ports, because its host key is not the one that is known')
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
    close: () => {
      // A server that only closes once the command has ended (TinySSH) has to be told that its input has.
      channel.eof()
      channel.close()
    },
  }
}

/** RFC 4254 6.2; a size in pixels of 0 is none. */
function windowOf({ columns, rows, term = 'xterm-256color' }: NonNullable<ExecOptions['pty']>): PseudoTtyOptions {
  return { cols: columns, rows, width: 0, height: 0, term }
}

function asUnreachable(host: string, error: unknown): UnreachableError {
  if (error instanceof UnreachableError) return error
  return new UnreachableError(host, error instanceof Error ? error.message : String(error), { cause: error })
}
