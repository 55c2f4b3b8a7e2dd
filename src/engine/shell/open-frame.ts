import type { Channel } from '../connect/connector.js'
import type { RawResult } from '../connect/link.js'
import { CollectedOutput, HELD_IN_MEMORY } from './collected-output.js'
import { type Command, endMarker, MarkerScanner, startMarker } from './frame.js'

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024

/** Where an output of a command is collected. */
export function collector({ maxBytes, spill = false }: Pick<FrameRequest, 'maxBytes' | 'spill'>): CollectedOutput {
  return new CollectedOutput(maxBytes ?? (spill ? HELD_IN_MEMORY : DEFAULT_MAX_BYTES), spill)
}

/** A command handed to a held shell, with what its caller wants to hear. */
export interface FrameRequest extends Omit<Command, 'stdin'> {
  readonly stdin?: Uint8Array
  readonly maxBytes?: number
  readonly spill?: boolean
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void
  /** Called when the frames before this one have ended. */
  readonly onHead?: () => void
}

/** What a command had said when it was cut off. */
export interface PartialOutput {
  readonly stdout: Buffer
  readonly stderr: Buffer
}

type StreamName = 'stdout' | 'stderr'

/** One frame under way: takes the bytes of both streams until each has shown its end marker. */
export class OpenFrame {
  readonly promise: Promise<RawResult>
  readonly #scanners: Record<StreamName, MarkerScanner>
  readonly #outputs: Record<StreamName, CollectedOutput>
  readonly #ended: Record<StreamName, boolean> = { stdout: false, stderr: false }
  readonly #sentAt = performance.now()
  #starting: MarkerScanner | undefined
  #exitCode = 0
  #resolve: (result: RawResult) => void = () => {}
  #reject: (error: Error) => void = () => {}

  constructor(
    readonly request: FrameRequest,
    nonce: string,
    n: number,
    private readonly channel: Pick<Channel, 'stdin' | 'stdout' | 'stderr'>,
  ) {
    const marker = endMarker(nonce, n)
    this.#scanners = { stdout: new MarkerScanner(marker), stderr: new MarkerScanner(marker) }
    this.#outputs = { stdout: collector(request), stderr: collector(request) }
    this.#starting = request.stdin ? new MarkerScanner(startMarker(nonce, n)) : undefined
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get bare(): boolean {
    return this.request.bare === true
  }

  get done(): boolean {
    return this.#ended.stdout && this.#ended.stderr
  }

  ended(stream: StreamName): boolean {
    return this.#ended[stream]
  }

  partial(): PartialOutput {
    return { stdout: this.#outputs.stdout.bytes(), stderr: this.#outputs.stderr.bytes() }
  }

  /** Takes a chunk; returns what follows this frame's end marker, if it was in it. */
  push(stream: StreamName, chunk: Buffer): Buffer | undefined {
    const data = stream === 'stdout' && this.#starting ? this.#pastStart(this.#starting, chunk) : chunk
    if (data.length === 0) return undefined
    const { output, end } = this.#scanners[stream].push(data)
    if (output.length > 0) {
      if (!this.#outputs[stream].push(output)) this.#pause(stream)
      this.request.onOutput?.(stream, output)
    }
    if (!end) return undefined
    this.#ended[stream] = true
    if (stream === 'stdout') this.#exitCode = Number(end.status)
    if (this.done) void this.#settle()
    return end.rest
  }

  fail(error: Error): void {
    this.#reject(error)
  }

  #pastStart(starting: MarkerScanner, chunk: Buffer): Buffer {
    const { output, end } = starting.push(chunk)
    if (!end) return output
    this.#starting = undefined
    this.channel.stdin.end(this.request.stdin)
    return Buffer.concat([output, end.rest])
  }

  /** The disk is behind: the host is not read until it has caught up. */
  #pause(stream: StreamName): void {
    const readable = this.channel[stream]
    readable.pause()
    void this.#outputs[stream].settled().then(() => readable.resume())
  }

  async #settle(): Promise<void> {
    const { stdout, stderr } = this.#outputs
    const ms = performance.now() - this.#sentAt
    if (stdout.file || stderr.file) await Promise.all([stdout.settled(), stderr.settled()])
    this.#resolve({
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      exitCode: this.#exitCode,
      truncated: stdout.truncated || stderr.truncated,
      ...(stdout.file ? { stdoutFile: stdout.file } : {}),
      ...(stderr.file ? { stderrFile: stderr.file } : {}),
      ms,
    })
  }
}
