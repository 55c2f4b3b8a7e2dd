import { randomBytes } from 'node:crypto'
import type { Channel } from '../connect/connector.js'
import type { RawResult } from '../connect/link.js'
import { frameText } from './frame.js'
import { type FrameRequest, OpenFrame, type PartialOutput } from './open-frame.js'

/** Bare frames sent ahead of their answers; more would only sit in the server's buffers. */
const MOST_IN_FLIGHT = 32

/** The shell ended under a command. Frames that had not begun were not run: a shell reads its commands in order. */
export class ShellEnded extends Error {
  constructor(
    readonly reason: string,
    readonly began: boolean,
    readonly partial: PartialOutput,
  ) {
    super(reason)
  }
}

/**
 * A `sh` kept open on a channel, fed framed commands over its stdin. One command runs at a time; bare scripts may be
 * sent behind one another without waiting, for none of them can take the shell away from the next.
 */
export class HeldShell {
  /** Resolves with the reason once the shell is gone. */
  readonly ended: Promise<string>
  readonly #nonce = randomBytes(12).toString('hex')
  readonly #frames: OpenFrame[] = []
  #count = 0
  /** Its input was given to a command: no other can follow. */
  #spent = false
  #reason: string | undefined
  #announceEnd: (reason: string) => void = () => {}

  /** @param pid the shell's process id on the host. */
  constructor(
    private readonly channel: Channel,
    readonly pid: number,
  ) {
    this.ended = new Promise(resolve => {
      this.#announceEnd = resolve
    })
    channel.stdout.on('data', (chunk: Buffer) => this.#take('stdout', chunk))
    channel.stderr.on('data', (chunk: Buffer) => this.#take('stderr', chunk))
    void channel.exit.then(({ code, signal }) => {
      this.#end(
        signal
          ? `the shell was killed by ${signal}`
          : code === null
            ? 'the link was lost'
            : `the shell ended (${code})`,
      )
    })
  }

  get alive(): boolean {
    return this.#reason === undefined
  }

  get idle(): boolean {
    return this.alive && !this.#spent && this.#frames.length === 0
  }

  /** Whether a command may be sent now. */
  accepts(bare: boolean): boolean {
    if (!this.alive || this.#spent) return false
    if (this.#frames.length === 0) return true
    return bare && this.#frames.length < MOST_IN_FLIGHT && this.#frames.every(frame => frame.bare)
  }

  /**
   * Runs one command and waits for its end marker.
   * @throws {ShellEnded} when the shell goes first; {@link ShellEnded.began} tells whether the command had been reached.
   * @throws {RangeError} when the command cannot be written as shell text; nothing was sent.
   */
  run(request: FrameRequest): Promise<RawResult> {
    const n = this.#count++
    const text = frameText({ ...request, stdin: request.stdin !== undefined }, this.#nonce, n)
    const frame = new OpenFrame(request, this.#nonce, n, () => this.channel.stdin.end(request.stdin))
    if (this.#reason !== undefined) {
      frame.fail(new ShellEnded(this.#reason, false, frame.partial()))
      return frame.promise
    }
    this.#frames.push(frame)
    this.#spent = request.stdin !== undefined
    this.channel.stdin.write(text)
    if (this.#frames.length === 1) request.onHead?.()
    return frame.promise
  }

  /** Sends a signal to the shell and what it runs by the transport itself, where that can. */
  signal(name: 'TERM' | 'KILL'): void {
    this.channel.signal?.(name)
  }

  /** Gives the shell up; what it was running rejects with `reason`. */
  discard(reason: string): void {
    this.#end(reason)
    this.channel.close()
  }

  /** Ends an idle shell: with its input at an end, `sh` exits by itself. */
  close(): void {
    this.discard('the shell was closed')
  }

  #take(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    let data: Buffer | undefined = chunk
    while (data !== undefined && data.length > 0) {
      const frame = this.#frames.find(each => !each.ended(stream))
      // Nothing runs: a process left behind by an earlier command still talks. There is no command this could belong to.
      if (frame === undefined) return
      data = frame.push(stream, data)
      if (frame.done) this.#next()
    }
  }

  #next(): void {
    this.#frames.shift()
    this.#frames[0]?.request.onHead?.()
  }

  #end(reason: string): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#frames.splice(0).forEach((frame, at) => {
      frame.fail(new ShellEnded(reason, at === 0, frame.partial()))
    })
    this.#announceEnd(reason)
  }
}
