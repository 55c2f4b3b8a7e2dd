/** Chunks smaller than this are copied: a slice of ten bytes would keep the whole network packet it came in alive. */
const COPY_BELOW = 4096

/** Collects output up to a limit; what is beyond is counted and dropped, so memory stays bounded. */
export class CappedOutput {
  readonly #chunks: Buffer[] = []
  #kept = 0
  #truncated = false

  constructor(private readonly maxBytes: number) {}

  get truncated(): boolean {
    return this.#truncated
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    const room = this.maxBytes - this.#kept
    if (chunk.length > room) this.#truncated = true
    if (room <= 0) return
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk
    this.#chunks.push(kept.length < COPY_BELOW ? Buffer.from(kept) : kept)
    this.#kept += kept.length
  }

  bytes(): Buffer {
    return this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#kept)
  }
}
