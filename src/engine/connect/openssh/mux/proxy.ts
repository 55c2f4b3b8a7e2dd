import { Duplex } from 'node:stream'
import {
  type Channel,
  ChannelClosed,
  type ChannelExit,
  ChannelRefused,
  type ExecOptions,
  type StreamAddress,
  type TerminalSize,
} from '../../connector.js'
import { joinExit } from '../../exit.js'
import { byte, counted, u32, WireReader } from '../../ssh/ssh-wire.js'
import { streamRefusal } from '../../ways/ssh-tunnel.js'
import { Window } from '../../window.js'
import { LARGEST_DATA, Message, MuxChannel } from './channel.js'

/** `open failed`: why a channel was not opened, in the server's words (RFC 4254 5.1). */
class OpenFailure extends Error {
  constructor(
    readonly reason: number,
    words: string,
  ) {
    super(words)
  }
}

interface Opening {
  readonly window: Window
  resolve(channel: MuxChannel): void
  reject(error: Error): void
}

/**
 * Speaks the SSH connection protocol (RFC 4254) through an `ssh` that is the master of a multiplexed connection, in its
 * proxy mode (OpenSSH's PROTOCOL.mux, 9): the master encrypts and numbers channels, we open them and run commands.
 * So there is no process per command, an exit status is the server's own, and a terminal has any size.
 */
export class MuxProxy {
  readonly #opening = new Map<number, Opening>()
  readonly #open = new Map<number, MuxChannel>()
  #count = 0
  #ended = false
  /** Called when the server refuses to let a command use our agent. */
  onNoAgent: () => void = () => {}

  /** @param send takes one message; its length and padding are the socket's affair. */
  constructor(private readonly send: (message: Buffer) => void) {}

  /**
   * Starts a command on a session channel (RFC 4254 6).
   * @throws {ChannelRefused} when the server opens no more of them.
   * @throws {ChannelClosed}
   */
  async exec(command: string, { pty, forwardAgent }: ExecOptions = {}): Promise<Channel> {
    const channel = await this.#openChannel('session').catch((error: unknown) => {
      throw error instanceof OpenFailure ? new ChannelRefused(error.message) : error
    })
    const exited = exitOf(channel)
    const agent = forwardAgent ? channel.request('auth-agent-req@openssh.com') : undefined
    const answers: Promise<boolean | undefined>[] = []
    if (pty) {
      const term = counted(pty.term ?? 'xterm-256color')
      answers.push(channel.request('pty-req', term, ...windowSize(pty), counted('\0')))
    }
    answers.push(channel.request('exec', counted(command)))
    const granted = await Promise.all(answers)
    if (!granted.every(answer => answer === true)) {
      if (!granted.includes(false)) throw new ChannelClosed('the server closed the channel')
      channel.close()
      throw new Error(
        granted.at(-1) ? 'the server grants no terminal (its PermitTTY)' : 'the server starts no commands',
      )
    }
    // As with ssh itself, a server that forwards no agent (AllowAgentForwarding no) runs the command all the same.
    if (agent && !(await agent)) this.onNoAgent()
    return {
      stdin: channel.stdin,
      stdout: channel.stdout,
      stderr: channel.stderr,
      exit: joinExit({ exited, closed: listener => void channel.closed.then(listener) }),
      signal: name => channel.inform('signal', counted(name)),
      resize: size => channel.inform('window-change', ...windowSize(size)),
      close: () => channel.close(),
    }
  }

  /** A stream from the server to an address as it sees it (RFC 4254 7.2; for sockets OpenSSH's PROTOCOL 2.4). @throws {Error} in one sentence. */
  async dial(to: StreamAddress): Promise<Duplex> {
    const opening =
      'path' in to
        ? this.#openChannel('direct-streamlocal@openssh.com', counted(to.path), counted(''), u32(0))
        : this.#openChannel('direct-tcpip', counted(to.host), u32(to.port), counted('127.0.0.1'), u32(0))
    const channel = await opening.catch((error: unknown) => {
      throw new Error(streamRefusal(error, to), { cause: error })
    })
    const stream = Duplex.from({ readable: channel.stdout, writable: channel.stdin })
    channel.stderr.resume()
    stream.on('error', () => {})
    stream.once('close', () => channel.close())
    return stream
  }

  /** Takes one message of the master. @throws {RangeError} when it is cut short. */
  receive(message: Buffer): void {
    const body = new WireReader(message)
    const type = body.byte()
    if (type === Message.globalRequest || type === Message.open) {
      this.#refuse(type, body)
      return
    }
    // Successes and failures of global requests: we make none.
    if (type < Message.open) return
    const id = body.u32()
    if (type === Message.openConfirmation || type === Message.openFailure) this.#opened(type, id, body)
    else if (this.#open.get(id)?.receive(type, body)) this.#open.delete(id)
  }

  /** The link is gone: every channel ends with it. */
  end(): void {
    this.#ended = true
    for (const { window, reject } of this.#opening.values()) {
      window.close()
      reject(new Error('the link was lost'))
    }
    this.#opening.clear()
    for (const channel of this.#open.values()) channel.end()
    this.#open.clear()
  }

  #openChannel(kind: string, ...body: Buffer[]): Promise<MuxChannel> {
    if (this.#ended) return Promise.reject(new Error('the link was lost'))
    const id = this.#count++
    const window = new Window()
    const sizes = [u32(window.first), u32(LARGEST_DATA)]
    this.send(Buffer.concat([byte(Message.open), counted(kind), u32(id), ...sizes, ...body]))
    return new Promise((resolve, reject) => this.#opening.set(id, { window, resolve, reject }))
  }

  #opened(type: number, id: number, body: WireReader): void {
    const opening = this.#opening.get(id)
    if (!opening) return
    this.#opening.delete(id)
    if (type === Message.openFailure) {
      opening.window.close()
      opening.reject(new OpenFailure(body.u32(), body.text()))
      return
    }
    const channel = new MuxChannel(this.send, body.u32(), body.u32(), body.u32(), opening.window)
    this.#open.set(id, channel)
    opening.resolve(channel)
  }

  /** We ask the server for nothing that it could open a channel to us for. */
  #refuse(type: number, body: WireReader): void {
    body.counted()
    if (type === Message.globalRequest) {
      if (body.flag()) this.send(byte(Message.requestFailure))
      return
    }
    const administrativelyProhibited = u32(1)
    this.send(
      Buffer.concat([
        byte(Message.openFailure),
        u32(body.u32()),
        administrativelyProhibited,
        counted('not asked for'),
        counted(''),
      ]),
    )
  }
}

/** Hears how the command ends (RFC 4254 6.10) from before it is started, for that may come with the answer to `exec`. */
function exitOf(channel: MuxChannel): (listener: (exit: ChannelExit) => void) => void {
  let exit: ChannelExit | undefined
  let tell: (exit: ChannelExit) => void = () => {}
  channel.events = {
    request: (name, body) => {
      if (name === 'exit-status') exit = { code: body.u32() }
      else if (name === 'exit-signal') exit = { code: null, signal: `SIG${body.text().replace(/^SIG/, '')}` }
      else return
      tell(exit)
    },
  }
  return listener => {
    tell = listener
    if (exit) listener(exit)
  }
}

function windowSize({ columns, rows }: TerminalSize): Buffer[] {
  return [u32(columns), u32(rows), u32(0), u32(0)]
}
