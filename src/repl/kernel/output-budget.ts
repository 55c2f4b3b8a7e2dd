/** Characters that a cell may print at once, and that it may print again each second. */
const AT_ONCE = 256 * 1024
const EACH_SECOND = 64 * 1024
/** Left out beyond this many characters, the cell does nothing but print: it is stopped. */
const RUNAWAY = 16 * 1024 * 1024

export interface Printed {
  /** What of it is passed on. */
  readonly text: string
  /** Something is left out now, and nothing was before. */
  readonly begins: boolean
  /** So much was left out that it will not end by itself. */
  readonly runaway: boolean
}

/**
 * How much of what a cell prints is passed on: 256 KiB at once and 64 KiB a second, so that a loop that prints neither fills
 * the screen, the journal nor the memory, and a timer may go on for days.
 */
export class OutputBudget {
  #left = AT_ONCE
  #at: number
  #out = 0
  #reported = 0

  /** @param now milliseconds of any clock that only goes forward */
  constructor(now: number) {
    this.#at = now
  }

  take(text: string, now: number): Printed {
    this.#left = Math.min(AT_ONCE, this.#left + ((now - this.#at) / 1000) * EACH_SECOND)
    this.#at = now
    const passed = this.#left >= text.length ? text : ''
    if (passed !== '') this.#left -= text.length
    const before = this.#out
    this.#out += text.length - passed.length
    return { text: passed, begins: before === 0 && this.#out > 0, runaway: before <= RUNAWAY && this.#out > RUNAWAY }
  }

  /** Characters left out since this was last asked. */
  leftOut(): number {
    const since = this.#out - this.#reported
    this.#reported = this.#out
    return since
  }
}
