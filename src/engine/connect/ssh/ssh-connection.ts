import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, ClientCallback, ClientChannel, PseudoTtyOptions } from 'ssh2'
import {
  type Channel,
  ChannelClosed,
  ChannelRefused,
  type Connection,
  type ExecOptions,
  type OpenContext,
  type StreamAddress,
  type StreamListener,
} from '../connector.js'
import { joinExit } from '../exit.js'
import { lossSentence } from '../loss.js'
import type { Sftp } from '../sftp.js'
import { openTunnel } from '../ways/ssh-tunnel.js'
import type { Way } from '../ways/way.js'
import { Window } from '../window.js'
import { SshListeners } from './ssh-listeners.js'
import type { SshSettings } from './ssh-settings.js'
import { openSftp } from './ssh-sftp.js'
import { keepWindow, offerWindow } from './ssh-window.js'

/** A host that has fallen silent does not say goodbye; closing waits no longer for it, milliseconds. */
const GOODBYE_MS = 1000
/** ssh2's words for a socket that can no longer be written. */
const NOT_CONNECTED = 'Not connected'
/** The same for a channel that was closed instead of running the command: a server that is going does so. */
const CLOSED_INSTEAD = 'Unable to exec'
/** The end of a connection is known within this after the first sign of it, milliseconds. */
const END_MS = 500

/** A connection by npm ssh2 that has let us in. */
export class SshConnection implements Connection {
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
    const window = new Window()
    return new Promise<Channel>((resolve, reject) => {
      const started: ClientCallback = (error, channel) => {
        if (!error) {
          keepWindow(this.client, channel, window)
          resolve(sshChannel(channel))
        }
        // As with OpenSSH, a server without agent forwarding (AllowAgentForwarding no) runs the command all the same.
        else if (agentForward && /agent forwarding/.test(error.message)) {
          this.#forwardsAgent = false
          this.context.note('the server forwards no agent (its AllowAgentForwarding)')
          window.close()
          resolve(this.exec(command, options))
        }
        // RFC 4254 5.1: the server answered SSH_MSG_CHANNEL_OPEN_FAILURE, with a reason code.
        else if ('reason' in error) reject(new ChannelRefused(error.message))
        else if (/pseudo-terminal/.test(error.message))
          reject(new Error('the server grants no terminal (its PermitTTY)'))
        else reject(error)
      }
      offerWindow(this.client, window, () => this.client.exec(command, wishes, started))
    }).catch(error => {
      window.close()
      throw error
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
