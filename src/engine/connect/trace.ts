import { sanitise } from '../text/sanitise.js'
import type { Phase } from './connector.js'
import type { Throttle } from './throttle.js'

/**
 * One thing worth knowing about an attempt to connect, as data. Connectors hand them to `context.note(…)` as they come by them;
 * the doctor puts them in order and into words. A plain string is a remark, for what has no kind of its own.
 * Nothing secret belongs in here: notes are shown and kept in the journal.
 */
export type TraceNote =
  | { readonly kind: 'remark'; readonly text: string }
  /** Which connector serves the host, when that was not simply the default, and why. */
  | { readonly kind: 'connector'; readonly name: string; readonly why: string }
  /** An address tried, `192.0.2.1:22`, the milliseconds it took, and why it failed. */
  | { readonly kind: 'address'; readonly address: string; readonly ms: number; readonly failure?: string }
  /** The server's identification string (RFC 4253 4.2): `SSH-2.0-OpenSSH_9.2p1`. */
  | { readonly kind: 'server'; readonly version: string }
  | {
      readonly kind: 'algorithms'
      readonly kex: string
      readonly hostKey: string
      readonly cipher: string
      /** Absent with ciphers that authenticate by themselves. */
      readonly mac?: string
    }
  /**
   * The host key shown. `known`: a line of known_hosts vouches for it; `added`: new, and written there; `distrusted`: let pass
   * although it is not the known one (StrictHostKeyChecking no); `refused`.
   */
  | {
      readonly kind: 'host-key'
      readonly type: string
      /** `SHA256:…` */
      readonly fingerprint: string
      readonly trust: 'known' | 'added' | 'distrusted' | 'refused'
      /** The line that vouches for the key, or that speaks against it; `line` is absent for a line just added. */
      readonly file?: string
      readonly line?: number
    }
  /**
   * A key offered, and the answer. `offered`: it is not known what the server said to this one; `unsigned`: the server would
   * have taken it, and it could not sign.
   */
  | {
      readonly kind: 'key'
      /** Where it comes from: a file or the agent's comment. */
      readonly origin: string
      readonly type: string
      readonly fingerprint: string
      readonly answer: 'accepted' | 'refused' | 'offered' | 'unsigned' | 'not offered'
      readonly why?: string
    }
  /** A method other than a key that was tried. */
  | { readonly kind: 'method'; readonly method: string; readonly answer: 'accepted' | 'partial' | 'refused' }
  /** The methods that the server said it would (still) take. */
  | { readonly kind: 'methods'; readonly left: readonly string[] }
  /** A refusal in the server's own words. */
  | { readonly kind: 'refusal'; readonly text: string }
  /** The server turned the connection away before a word of SSH; it was tried again after so many milliseconds. */
  | { readonly kind: 'retry'; readonly why: string; readonly pause: number }
  | { readonly kind: 'banner'; readonly text: string }
  /** A jump host on the way, nearest first, with an attempt of its own; also noted when it was connected before. */
  | { readonly kind: 'jump'; readonly trace: ConnectTrace }

/** One attempt to connect, from beginning to end, as plain data of bounded size. */
export interface ConnectTrace {
  readonly host: string
  /** When it began, milliseconds since the epoch. */
  readonly at: number
  /** Milliseconds it waited for its turn among the hosts that connect at once. */
  readonly queued: number
  readonly outcome: 'connecting' | 'ready' | 'failed'
  /** For `failed`: one sentence. */
  readonly reason?: string
  /** Milliseconds in all, without the wait for its turn. */
  readonly ms: number
  /** The phases gone through, in order; the last one is where it failed. */
  readonly phases: readonly { readonly phase: Phase; readonly ms: number }[]
  readonly notes: readonly TraceNote[]
}

/** Whether the server, or a jump host before it, was there and would not have us: trying again at once would not help. */
export function wasRefused(trace: ConnectTrace | undefined): boolean {
  const last = trace?.phases.at(-1)?.phase
  return (
    last === 'auth' ||
    last === 'shell' ||
    trace?.notes.some(
      note =>
        (note.kind === 'host-key' && note.trust === 'refused') ||
        (note.kind === 'jump' && note.trace.outcome === 'failed' && wasRefused(note.trace)),
    ) === true
  )
}

/** How the server named itself in this attempt: `SSH-2.0-OpenSSH_9.2`. */
export function serverOf(trace: ConnectTrace | undefined): string | undefined {
  return trace?.notes.find(note => note.kind === 'server')?.version
}

/** Most notes and most characters of a text kept: a server must not fill the memory with its banner. */
const MOST_NOTES = 48
const LONGEST_TEXT = 1000

/**
 * Writes down an attempt as it goes. A link has one per attempt; whoever connects a jump host for itself makes another
 * and hands its trace on as a `jump` note.
 *
 * @example
 * const recorder = new TraceRecorder('gate')
 * recorder.enter('tcp')
 * recorder.note({ kind: 'server', version: 'SSH-2.0-OpenSSH_9.2' })
 * recorder.end('ready')
 * context.note({ kind: 'jump', trace: recorder.trace })
 */
export class TraceRecorder {
  readonly #at = Date.now()
  #start = performance.now()
  #entered = this.#start
  #queued = 0
  #phase: Phase | undefined
  readonly #phases: { phase: Phase; ms: number }[] = []
  readonly #notes: TraceNote[] = []
  #end: Pick<ConnectTrace, 'outcome' | 'reason' | 'ms'> | undefined

  constructor(private readonly host: string) {}

  /** Does work in its turn; the wait for it is counted apart from the phases. */
  queue<T>(gate: Throttle, work: () => Promise<T>): Promise<T> {
    const asked = performance.now()
    return gate.run(() => {
      const waited = performance.now() - asked
      this.#queued += waited
      this.#start += waited
      this.#entered += waited
      return work()
    })
  }

  enter(phase: Phase): void {
    this.#leave()
    this.#phase = phase
  }

  note(note: TraceNote | string): void {
    if (this.#notes.length >= MOST_NOTES) return
    this.#notes.push(bounded(typeof note === 'string' ? { kind: 'remark', text: note } : note))
  }

  end(outcome: 'ready' | 'failed', reason?: string): void {
    if (this.#end) return
    this.#leave()
    this.#end = { outcome, ms: performance.now() - this.#start, ...(reason === undefined ? {} : { reason }) }
  }

  get trace(): ConnectTrace {
    const now = performance.now()
    const open = this.#phase === undefined ? [] : [{ phase: this.#phase, ms: now - this.#entered }]
    return {
      host: this.host,
      at: this.#at,
      queued: this.#queued,
      ...(this.#end ?? { outcome: 'connecting', ms: now - this.#start }),
      phases: [...this.#phases, ...open],
      notes: [...this.#notes],
    }
  }

  #leave(): void {
    const now = performance.now()
    if (this.#phase !== undefined) this.#phases.push({ phase: this.#phase, ms: now - this.#entered })
    this.#phase = undefined
    this.#entered = now
  }
}

/** What a server says to people goes to a terminal later: without control characters, and not without end. */
function bounded(note: TraceNote): TraceNote {
  if (!('text' in note)) return note
  const text = sanitise(note.text, { colour: false })
  return { ...note, text: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text }
}
