import type { LinkState } from './connector.js'
import type { LinkObserver } from './link.js'

/** Waits between attempts after failures in a row: none, then doubling, milliseconds. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 5000

/** The states a link goes through, their times, and how long to wait before the next attempt. */
export class LinkLife {
  #state: LinkState = 'idle'
  #since = performance.now()
  #failures = 0
  #failedAt = 0
  #notes: string[] = []

  constructor(
    private readonly host: string,
    private readonly observer: LinkObserver,
  ) {}

  get state(): LinkState {
    return this.#state
  }

  enter(state: LinkState): void {
    if (this.#state === 'closed') return
    if (state === 'ready') this.#failures = 0
    this.#change(state)
  }

  failed(reason: string): void {
    this.#broke('failed', reason)
  }

  lost(reason: string): void {
    this.#broke('lost', reason)
  }

  /** A remark that goes out with the next change of state. */
  note(text: string): void {
    this.#notes.push(text)
  }

  /** After failures in a row: waits until enough time has passed since the last one, with jitter so that a fleet does not come back as one. */
  async backOff(signal: AbortSignal): Promise<void> {
    if (this.#failures < 2) return
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 2)) * (0.5 + Math.random())
    const left = this.#failedAt + pause - performance.now()
    if (left <= 0) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, left)
      signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
    })
  }

  #broke(state: 'failed' | 'lost', reason: string): void {
    if (this.#state === 'closed') return
    this.#failures += 1
    this.#failedAt = performance.now()
    this.#change(state, reason)
  }

  #change(state: LinkState, reason?: string): void {
    const now = performance.now()
    const notes = this.#notes
    this.#notes = []
    this.#state = state
    const ms = now - this.#since
    this.#since = now
    this.observer.state({
      host: this.host,
      state,
      ms,
      ...(reason === undefined ? {} : { reason }),
      ...(notes.length === 0 ? {} : { notes }),
    })
  }
}
