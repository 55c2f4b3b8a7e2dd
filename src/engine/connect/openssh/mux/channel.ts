import { Readable, Writable } from 'node:stream'
import { byte, counted, flag, u32, type WireReader } from '../../ssh/ssh-wire.js'
import type { Window } from '../../window.js'

/** The largest piece of data that the server may send. */
export const LARGEST_DATA = 32 * 1024

/** Message numbers of RFC 4254 9. */
export const Message = {
  globalRequest: 80,
  requestFailure: 82,
  open: 90,
  openConfirmation: 91,
  openFailure: 92,
  windowAdjust: 93,
  data: 94,
  extendedData: 95,
  eof: 96,
  close: 97,
  request: 98,
  success: 99,
  failure: 100,
} as const

/** RFC 4254 5.2: the one kind of extended data there is. */
const STDERR = 1

export interface MuxChannelEvents {
  /** A request of the server: `exit-status`, `exit-signal`. */
  request?(name: string, body: WireReader): void
}

/** One open channel of the SSH connection protocol (RFC 4254 5): three streams behind two windows. */
export class MuxChannel {
  readonly stdin: Writable
  readonly #stdout = new Inflow(bytes => this.#refill(bytes))
  readonly #stderr = new Inflow(bytes => this.#refill(bytes))
  /** Resolves when the channel is closed and what has arrived is read. */
  readonly closed: Promise<void>
  events: MuxChannelEvents = {}
  readonly #replies: ((granted: boolean | undefined) => void)[] = []
  #room: number
  #unsent: { chunk: Buffer; sent: () => void } | undefined
  #closeSent = false
  #gone = false
  #announceClosed: () => void = () => {}

  /**
   * @param peer the server's number of the channel.
   * @param room bytes the server takes before it must be asked to take more.
   * @param piece the largest piece of data the server takes.
   * @param window what the server was offered when the channel was opened.
   */
  constructor(
    private readonly send: (message: Buffer) => void,
    private readonly peer: number,
    room: number,
    private readonly piece: number,
    private readonly window: Window,
  ) {
    this.#room = room
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, sent) => {
        this.#unsent = { chunk, sent }
        this.#pump()
      },
      final: done => {
        this.#tell(Message.eof)
        done()
      },
    })
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.on('error', () => {})
    this.closed = new Promise(resolve => {
      this.#announceClosed = resolve
    })
  }

  get stdout(): Readable {
    return this.#stdout
  }

  get stderr(): Readable {
    return this.#stderr
  }

  /** Makes a request and waits for its answer, `undefined` when the channel ends first; answers come in the order of the requests. */
  request(name: string, ...body: Buffer[]): Promise<boolean | undefined> {
    if (this.#gone || this.#closeSent) return Promise.resolve(undefined)
    this.#tell(Message.request, counted(name), flag(true), ...body)
    return new Promise(resolve => this.#replies.push(resolve))
  }

  /** Makes a request that has no answer. */
  inform(name: string, ...body: Buffer[]): void {
    this.#tell(Message.request, counted(name), flag(false), ...body)
  }

  /** Gives the channel up: nothing more is sent, and nothing more is heard. */
  close(): void {
    this.#sendClose()
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.destroy()
  }

  /** Takes a message of the server. @returns whether the channel is at its end. */
  receive(type: number, body: WireReader): boolean {
    switch (type) {
      case Message.windowAdjust:
        this.#room += body.u32()
        this.#pump()
        break
      case Message.data:
        this.#stdout.deliver(body.counted())
        break
      case Message.extendedData:
        if (body.u32() === STDERR) this.#stderr.deliver(body.counted())
        else this.#refill(body.counted().length)
        break
      case Message.eof:
        this.#endOutputs()
        break
      case Message.success:
      case Message.failure:
        this.#replies.shift()?.(type === Message.success)
        break
      case Message.request:
        this.#asked(body)
        break
      case Message.close:
        this.#sendClose()
        this.end()
        return true
    }
    return false
  }

  /** The channel, or the link below it, is gone. */
  end(): void {
    if (this.#gone) return
    this.#gone = true
    this.window.close()
    for (const reply of this.#replies.splice(0)) reply(undefined)
    this.stdin.destroy()
    this.#endOutputs()
    void Promise.all([read(this.stdout), read(this.stderr)]).then(() => this.#announceClosed())
  }

  #sendClose(): void {
    this.#tell(Message.close)
    this.#closeSent = true
  }

  #asked(body: WireReader): void {
    const name = body.text()
    // sshd's ClientAliveInterval asks `keepalive@openssh.com` on any open channel; a refusal is an answer.
    if (body.flag()) this.#tell(Message.failure)
    else this.events.request?.(name, body)
  }

  #endOutputs(): void {
    for (const stream of [this.#stdout, this.#stderr]) stream.finish()
  }

  #refill(bytes: number): void {
    const more = this.window.taken(bytes)
    if (more > 0) this.#tell(Message.windowAdjust, u32(more))
  }

  #pump(): void {
    while (this.#unsent && this.#room > 0) {
      const { chunk, sent } = this.#unsent
      const part = chunk.subarray(0, Math.min(this.#room, this.piece))
      this.#room -= part.length
      this.#tell(Message.data, counted(part))
      this.#unsent = part.length < chunk.length ? { chunk: chunk.subarray(part.length), sent } : undefined
      if (!this.#unsent) sent()
    }
  }

  #tell(type: number, ...body: Buffer[]): void {
    if (!this.#gone && !this.#closeSent) this.send(Buffer.concat([byte(type), u32(this.peer), ...body]))
  }
}

/** An output of a channel: tells how many bytes have found their reader; what waits for one has not. */
class Inflow extends Readable {
  #waiting = 0
  #finished = false

  constructor(private readonly taken: (bytes: number) => void) {
    // Then `_read` is called once all that has come is read, and not before.
    super({ highWaterMark: 0 })
  }

  deliver(bytes: Buffer): void {
    if (this.#finished || this.destroyed) {
      this.taken(bytes.length)
      return
    }
    this.#waiting += bytes.length
    this.push(bytes)
  }

  finish(): void {
    if (this.#finished) return
    this.#finished = true
    this.push(null)
  }

  override _read(): void {
    const bytes = this.#waiting
    this.#waiting = 0
    if (bytes > 0) this.taken(bytes)
  }
}

function read(stream: Readable): Promise<void> {
  return new Promise(resolve => {
    if (stream.closed) resolve()
    else stream.once('close', resolve)
  })
}
