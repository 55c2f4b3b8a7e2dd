/** Pauses between attempts, milliseconds: the first, doubled up to the longest. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000
/**
 * A server that is there and refuses is asked only so often: a key does not heal, and servers ban who knocks too often.
 * Not at once either, for a machine that is still booting refuses everybody but root (pam_nologin).
 */
const MOST_REFUSALS = 4

/** How an attempt to come back ended. */
export type Comeback = 'ready' | 'refused' | 'unreachable'

/**
 * Brings a lost link back by itself, less and less often, with jitter so that a fleet does not come back as one.
 * Its timer does not keep the process alive.
 */
export class Reconnect {
  #timer: NodeJS.Timeout | undefined
  #tries = 0
  #refusals = 0
  #lastTry = 0

  /** @param attempt connects once, quietly. Never rejects. */
  constructor(private readonly attempt: () => Promise<Comeback>) {}

  /** The link was lost. One that broke again as soon as it was back is not hurried. */
  begin(): void {
    this.stop()
    if (Date.now() - this.#lastTry > LONGEST_PAUSE) {
      this.#tries = 0
      this.#refusals = 0
    }
    this.#wait()
  }

  /** It is not wanted back (any more). */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #wait(): void {
    const timer = setTimeout(() => void this.#try(timer), pauseBefore(this.#tries, Math.random()))
    timer.unref()
    this.#timer = timer
  }

  async #try(timer: NodeJS.Timeout): Promise<void> {
    this.#lastTry = Date.now()
    const comeback = await this.attempt()
    // Stopped, or lost anew, in the meantime.
    this.#tries += 1
    if (this.#timer !== timer || comeback === 'ready') return
    if (comeback === 'refused') this.#refusals += 1
    if (this.#refusals < MOST_REFUSALS) this.#wait()
  }
}

/**
 * Milliseconds to wait after `tries` vain attempts.
 *
 * @param chance from 0 to 1: spreads the pause between half and one and a half of its length.
 */
export function pauseBefore(tries: number, chance: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(tries, 16)) * (0.5 + chance)
}
