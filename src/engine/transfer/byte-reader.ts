/** Reads lines and counted bytes from a stream of chunks. With a signal, it waits no more once that has come. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  #cut: Error | undefined
  #waiting: (error: Error) => void = () => {}

  constructor(chunks: AsyncIterable<Buffer>, signal?: AbortSignal) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    const cut = (): void => {
      this.#cut = new Error('cancelled')
      this.#waiting(this.#cut)
    }
    if (signal?.aborted) cut()
    signal?.addEventListener('abort', cut, { once: true })
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

  /** A race against one promise for all chunks would keep every one of them as long as that promise. */
  #next(): Promise<IteratorResult<Buffer>> {
    return new Promise((resolve, reject) => {
      if (this.#cut) return reject(this.#cut)
      this.#waiting = reject
      this.#chunks.next().then(resolve, reject)
    })
  }
}
