import { SpillFile } from './spill-file.js'

/** Chunks smaller than this are copied: a slice of ten bytes would keep the whole network packet it came in alive. */
const COPY_BELOW = 4096
/** Most bytes of an output held in memory when the rest of it goes to a file. */
export const HELD_IN_MEMORY = 256 * 1024

/** Collects one output of a command, within bounds of memory. */
export class CollectedOutput {
  readonly #chunks: Buffer[] = []
  #kept = 0
  #size = 0
  #file: SpillFile | undefined

  /**
   * @param maxBytes most bytes held in memory
   * @param spill what is beyond goes to a file; else it is dropped
   */
  constructor(
    private readonly maxBytes: number,
    private readonly spill: boolean,
  ) {}

  /** Where the whole of the output is, when it did not fit into memory. */
  get file(): SpillFile | undefined {
    return this.#file
  }

  /** Some of it can no longer be had. */
  get truncated(): boolean {
    return this.#size > (this.#file?.kept ?? this.#kept)
  }

  /** Takes a chunk; `false` asks for a pause until {@link settled}. */
  push(chunk: Buffer): boolean {
    if (chunk.length === 0) return true
    this.#size += chunk.length
    const room = this.maxBytes - this.#kept
    if (this.spill && chunk.length > room && !this.#file) this.#file = this.#open()
    if (room > 0) this.#keep(chunk.length > room ? chunk.subarray(0, room) : chunk)
    return this.#file?.push(chunk) ?? true
  }

  /** Resolves when what was pushed is where it stays. */
  async settled(): Promise<void> {
    await this.#file?.settled()
  }

  /** What is in memory: all of it, or the beginning. */
  bytes(): Buffer {
    return this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#kept)
  }

  #keep(bytes: Buffer): void {
    this.#chunks.push(bytes.length < COPY_BELOW ? Buffer.from(bytes) : bytes)
    this.#kept += bytes.length
  }

  /** Without a place for a file the rest is dropped, and `truncated` says so. */
  #open(): SpillFile | undefined {
    try {
      const file = new SpillFile()
      for (const chunk of this.#chunks) file.push(chunk)
      return file
    } catch {
      return undefined
    }
  }
}
