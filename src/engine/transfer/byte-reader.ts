/** Reads lines and counted bytes from a stream of chunks. With a signal, it waits no more once that has come. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  readonly #cut: Promise<never>

  constructor(chunks: AsyncIterable<Buffer>, signal?: AbortSignal) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#cut = new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('cancelled')), { once: true })
    })
    this.#cut.catch(() => {})
  }

  /** The next line, without its end; `undefined` at the end of the stream. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#held.indexOf(0x0a)
      if (end >= 0) {
        const line = this.#held.toString('latin1', 0, end)
        this.#held = this.#held.subarray(end + 1)
        return line
      }
      const { value, done } = await this.#next()
      if (done) return undefined
      this.#held = Buffer.concat([this.#held, value])
    }
  }

  /** The next `count` bytes, piece by piece. @throws {Error} when the stream ends before */
  async *bytes(count: number): AsyncGenerator<Buffer, void, void> {
    for (let left = count; left > 0; ) {
      if (this.#held.length === 0) {
        const { value, done } = await this.#next()
        if (done) throw new Error('it ended too soon')
        this.#held = value
      }
      const piece = this.#held.subarray(0, left)
      this.#held = this.#held.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  #next(): Promise<IteratorResult<Buffer>> {
    return Promise.race([this.#chunks.next(), this.#cut])
  }
}
