import type { LinkState, Phase } from '../connector.js'
import type { LinkObserver, LinkStanding } from '../link.js'
import { type ConnectTrace, TraceRecorder } from '../trace.js'

/** Waits between attempts after failures in a row: none, then doubling, milliseconds. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 5000
/** Attempts remembered. */
const MOST_TRACES = 3

/** The states a link goes through, their times, and how long to wait before the next attempt. */
export class LinkLife {
  #state: LinkState = 'idle'
  #since = performance.now()
  #failures = 0
  #failedAt = 0
  #reason: string | undefined
  #user: string | undefined
  /** The attempt under way is in the background: the host stays lost until it is back. */
  #quiet = false
  #recorder: TraceRecorder | undefined
  #traces: readonly ConnectTrace[] = []

  constructor(
    private readonly host: string,
    private readonly observer: LinkObserver,
  ) {}

  get state(): LinkState {
    return this.#state
  }

  /** The last few attempts, newest last; the one under way is the last. */
  get traces(): readonly ConnectTrace[] {
    return this.#recorder ? [...this.#traces, this.#recorder.trace] : this.#traces
  }

  /** In which state the link is, for how many milliseconds, and why. */
  get standing(): LinkStanding {
    return {
      state: this.#state,
      ms: performance.now() - this.#since,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(this.#user === undefined ? {} : { user: this.#user }),
    }
  }

  /**
   * An attempt begins: what it meets is written down by the recorder.
   * @param quiet nobody waits for it; only its success is a change of state.
   */
  attempt(quiet: boolean): TraceRecorder {
    this.#quiet = quiet
    this.#recorder = new TraceRecorder(this.host)
    return this.#recorder
  }

  enter(phase: Phase): void {
    this.#recorder?.enter(phase)
    if (!this.#quiet) this.#change(phase)
  }

  ready(user: string): void {
    this.#failures = 0
    this.#user = user
    this.#change('ready', undefined, this.#over('ready'))
  }

  /** The connection was given up. */
  idle(): void {
    this.#change('idle')
  }

  closed(): void {
    this.#recorder = undefined
    this.#change('closed')
  }

  failed(reason: string): void {
    const trace = this.#over('failed', reason)
    if (!this.#quiet) this.#broke('failed', reason, trace)
  }

  lost(reason: string): void {
    this.#broke('lost', reason)
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

  #over(outcome: 'ready' | 'failed', reason?: string): ConnectTrace | undefined {
    const recorder = this.#recorder
    if (!recorder) return undefined
    recorder.end(outcome, reason)
    this.#recorder = undefined
    this.#traces = [...this.#traces, recorder.trace].slice(-MOST_TRACES)
    return recorder.trace
  }

  #broke(state: 'failed' | 'lost', reason: string, trace?: ConnectTrace): void {
    this.#failures += 1
    this.#failedAt = performance.now()
    this.#change(state, reason, trace)
  }

  #change(state: LinkState, reason?: string, trace?: ConnectTrace): void {
    if (this.#state === 'closed') return
    const now = performance.now()
    this.#state = state
    this.#reason = reason
    const ms = now - this.#since
    this.#since = now
    this.observer.state({
      host: this.host,
      state,
      ms,
      ...(reason === undefined ? {} : { reason }),
      ...(state === 'ready' && this.#user !== undefined ? { user: this.#user } : {}),
      ...(trace ? { trace } : {}),
    })
  }
}
