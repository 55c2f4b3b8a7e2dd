/**
 * Lets at most `limit` things happen at once; the others wait their turn, first come first served.
 *
 * @example
 * const gate = new Throttle(24)
 * await gate.run(() => connect(host))
 */
export class Throttle {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#free = limit
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
