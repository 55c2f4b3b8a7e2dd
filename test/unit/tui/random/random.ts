/** Numbers that look random and are the same for the same seed (mulberry32, Tommy Ettinger 2017, public domain). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number of these, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1))
  }

  chance(share: number): boolean {
    return this.fraction() < share
  }

  /** One of these. @throws {RangeError} there is none */
  one<T>(of: readonly T[]): T {
    const at = this.whole(0, of.length - 1)
    for (const item of of.slice(at, at + 1)) return item
    throw new RangeError('nothing to choose from')
  }

  /** So many that `make` makes. */
  many<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: this.whole(least, most) }, make)
  }

  /** Some of these, in their order, at least one where there is one. */
  some<T>(of: readonly T[]): T[] {
    const share = this.fraction()
    const chosen = of.filter(() => this.chance(share))
    return chosen.length > 0 || of.length === 0 ? chosen : [this.one(of)]
  }
}
