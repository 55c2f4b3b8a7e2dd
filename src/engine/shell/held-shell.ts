import { randomBytes } from 'node:crypto'
import type { Channel } from '../connect/connector.js'
import type { RawResult } from '../connect/link.js'
import { frameText, handOverText, startMarker } from './frame.js'
import { mayLeaveBehind } from './left-behind.js'
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
  /** Its input was given to a command, or what runs on beside it may hold its outputs: no other command can follow. */
  #spent = false
  #haunted = false
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
    channel.stdout.on('data', this.#onStdout)
    channel.stderr.on('data', this.#onStderr)
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

  /** Idle for ever: kept only for a process left behind that may still write to its outputs. */
  get haunted(): boolean {
    return this.alive && this.#haunted && this.#frames.length === 0
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
    const frame = new OpenFrame(request, this.#nonce, n, this.channel)
    if (this.#reason !== undefined) {
      frame.fail(new ShellEnded(this.#reason, false, frame.partial()))
      return frame.promise
    }
    this.#frames.push(frame)
    this.#haunted ||= mayLeaveBehind(request.script)
    this.#spent = this.#haunted || request.stdin !== undefined
    this.channel.stdin.write(text)
    if (this.#frames.length === 1) request.onHead?.()
    return frame.promise
  }

  /**
   * Gives its channel to one script, whose streams are then the channel's from its first to its last byte; the channel's exit is
   * the script's. Resolves when the script is about to run, for until then what is written may be read ahead by the shell.
   *
   * @throws {ShellEnded} the shell has gone.
   */
  handOver(script: string): Promise<Channel> {
    const { channel } = this
    const marker = startMarker(this.#nonce, this.#count)
    const end = Buffer.from('\n')
    this.#spent = true
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) return reject(this.#goneUnder())
      let seen: Buffer = Buffer.alloc(0)
      const begin = (chunk: Buffer): void => {
        seen = Buffer.concat([seen, chunk])
        const at = seen.indexOf(Buffer.concat([marker, end]))
        if (at < 0) return
        channel.stdout.off('data', begin)
        channel.stdout.pause()
        const rest = seen.subarray(at + marker.length + end.length)
        if (rest.length > 0) channel.stdout.unshift(rest)
        resolve(channel)
      }
      channel.stdout.off('data', this.#onStdout).on('data', begin)
      // What the script says before anybody listens is kept, as its stdout is.
      channel.stderr.off('data', this.#onStderr).pause()
      void this.ended.then(() => reject(this.#goneUnder()))
      channel.stdin.write(handOverText(script, marker))
    })
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

  readonly #onStdout = (chunk: Buffer): void => this.#take('stdout', chunk)
  readonly #onStderr = (chunk: Buffer): void => this.#take('stderr', chunk)

  #goneUnder(): ShellEnded {
    return new ShellEnded(this.#reason ?? 'the shell ended', false, {
      stdout: Buffer.alloc(0),
      stderr: Buffer.alloc(0),
    })
  }

  #take(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    let data: Buffer | undefined = chunk
    while (data !== undefined && data.length > 0) {
      const frame = this.#frames.find(each => !each.ended(stream))
      // Nothing runs: a process left behind by an earlier command still talks. What it says belongs to no command, now or later.
      if (frame === undefined) {
        this.#haunted = true
        this.#spent = true
        return
      }
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
