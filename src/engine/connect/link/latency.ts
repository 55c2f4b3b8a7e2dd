/** Milliseconds that nothing must have been asked of a host before its latency is looked at: whoever works does not wait for that. */
const AFTER_MS = 400
/** From one look to the next at least, milliseconds. */
const EVERY_MS = 10_000

/**
 * How long a host takes to answer, looked at when it has come up and behind what is asked of it. A host that nothing is asked of
 * is left alone: thousands of them at rest cost nothing.
 */
export class Latency {
  readonly #look: () => Promise<unknown>
  #asked = 0
  #looked = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  /** @param look asks the host for nothing, and tells how long that took */
  constructor(look: () => Promise<unknown>) {
    this.#look = look
  }

  /** Something is asked of the host until `work` ends. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#asked += 1
    clearTimeout(this.#timer)
    try {
      return await work()
    } finally {
      this.#asked -= 1
      this.due()
    }
  }

  /** Has a look soon, unless there was one lately. */
  due(): void {
    clearTimeout(this.#timer)
    if (this.#asked > 0 || performance.now() - this.#looked < EVERY_MS) return
    this.#timer = setTimeout(() => {
      this.#looked = performance.now()
      // a host that cannot answer is told of as lost by others
      this.#look().catch(() => {})
    }, AFTER_MS).unref()
  }

  stop(): void {
    this.#looked = Number.POSITIVE_INFINITY
    clearTimeout(this.#timer)
  }
}
