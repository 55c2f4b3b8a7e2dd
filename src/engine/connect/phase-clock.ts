import type { Phase } from './connector.js'

/** Measures the time a connection takes to come up, not counting what a person takes to answer. */
export class PhaseClock {
  /** Rejects with one clear sentence when the time is used up. */
  readonly expired: Promise<never>
  #phase: Phase = 'resolving'
  #left: number
  #since = performance.now()
  #pauses = 0
  #timer: NodeJS.Timeout | undefined
  #expire: (error: Error) => void = () => {}

  /** @param budget milliseconds. */
  constructor(
    private readonly budget: number,
    private readonly what: string,
  ) {
    this.#left = budget
    this.expired = new Promise((_, reject) => {
      this.#expire = reject
    })
    // Whoever races against it may be gone by then.
    this.expired.catch(() => {})
    this.#start()
  }

  enter(phase: Phase): void {
    this.#phase = phase
  }

  /** Waits for a person, with the clock stopped. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    this.#pause()
    try {
      return await work()
    } finally {
      this.#resume()
    }
  }

  /**
   * Within {@link PhaseClock.outside}: waits for the server again, with the clock running anew, since somebody's answer is another
   * attempt: a server takes seconds over a wrong password.
   */
  async inside<T>(work: () => Promise<T>): Promise<T> {
    this.#left = this.budget
    this.#resume()
    try {
      return await work()
    } finally {
      this.#pause()
    }
  }

  stop(): void {
    this.#pauses = Number.POSITIVE_INFINITY
    clearTimeout(this.#timer)
  }

  #pause(): void {
    this.#pauses += 1
    if (this.#pauses > 1) return
    clearTimeout(this.#timer)
    this.#left -= performance.now() - this.#since
  }

  #resume(): void {
    this.#pauses -= 1
    if (this.#pauses === 0) this.#start()
  }

  #start(): void {
    this.#since = performance.now()
    this.#timer = setTimeout(
      () => {
        this.#expire(new Error(`${this.what} timed out after ${this.budget / 1000} s, ${STAGES[this.#phase]}`))
      },
      Math.max(0, this.#left),
    )
  }
}

const STAGES: Record<Phase, string> = {
  resolving: 'resolving the name',
  tcp: 'waiting for the TCP connection',
  kex: 'waiting for the key exchange',
  auth: 'waiting for authentication',
  shell: 'waiting for a shell',
}
