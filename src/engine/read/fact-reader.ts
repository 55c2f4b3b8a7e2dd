import { randomBytes } from 'node:crypto'
import type { Identity, Link, RawResult } from '../connect/link.js'
import { MusterError } from '../errors.js'
import type { Heard, RecordedFact } from '../events.js'
import type { FactQuestion } from '../fact.js'
import { anyOverlap, type Topic } from '../plan/topic.js'
import { type BatchAnswer, batchAnswers, batchScript } from './fact-batch.js'
import { outputBytes, recordedOutput } from './recorded-output.js'

/** A fact's command failed or its answer could not be read. */
export class FactError extends MusterError {
  override readonly name = 'FactError'
  constructor(
    readonly host: string,
    readonly fact: string,
    reason: string,
    readonly command: string,
    /** What the command printed, cut to 4 KiB. */
    readonly output: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${fact}: ${reason}`, options)
  }
}

export interface AskOptions {
  readonly identity: Identity
  readonly signal?: AbortSignal
  /** What was asked before this time is asked again, unless it cannot have changed. Milliseconds since the epoch. */
  readonly since?: number | undefined
}

interface Cached {
  readonly question: FactQuestion<unknown>
  readonly answer: Promise<unknown>
  /** Milliseconds since the epoch when it was asked. */
  readonly at: number
}

interface Waiting {
  readonly question: FactQuestion<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Gives what a question was answered. @throws {MusterError} when that is not recorded */
export type Recall = (question: FactQuestion<unknown>, identity: Identity) => RecordedFact

const EMPTY: RawResult = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), exitCode: 0, truncated: false, ms: 0 }

const MOST_BYTES = 64 * 1024 * 1024
const TIMEOUT = 60_000

/**
 * Reads the facts of one host. Facts asked in the same turn for the same identity go out as one script: one round trip.
 * Answers are kept until something touches what they read.
 */
export class FactReader {
  readonly #link: Link
  readonly #heard: Heard | undefined
  readonly #recall: Recall | undefined
  readonly #cache = new Map<string, Cached>()
  readonly #waiting = new Map<string, { identity: Identity; asked: Waiting[] }>()

  /**
   * @param heard told of what each question was answered, for the record
   * @param recall answers from a record, instead of the host
   */
  constructor(link: Link, heard?: Heard, recall?: Recall) {
    this.#link = link
    this.#heard = heard
    this.#recall = recall
  }

  /** Asks a fact, or answers from what is known. @throws {FactError | UnreachableError | InterruptedError | IdentityError} */
  async ask<T>(question: FactQuestion<T>, { identity, signal, since = 0 }: AskOptions): Promise<T> {
    signal?.throwIfAborted()
    const key = `${identityKey(identity)} ${question.key}`
    const cached = this.#cache.get(key)
    const known = cached && (cached.at >= since || question.immutable) ? cached : undefined
    const answer = known?.answer ?? this.#enqueue(question, identity)
    if (!known) {
      const entry = { question, answer, at: Date.now() }
      this.#cache.set(key, entry)
      answer.catch(() => {
        if (this.#cache.get(key) === entry) this.#cache.delete(key)
      })
    }
    // the cache is keyed by fact and arguments, so what is found under the key came from this question's own parser
    return (await abortable(answer, signal)) as T
  }

  /** Seconds since the answer was asked for; `undefined` when it is not known. */
  age(question: FactQuestion<unknown>, identity: Identity): number | undefined {
    const known = this.#cache.get(`${identityKey(identity)} ${question.key}`)
    return known && (Date.now() - known.at) / 1000
  }

  /** Forgets what reads any of these topics. */
  invalidate(topics: readonly Topic[]): void {
    for (const [key, { question }] of this.#cache) if (anyOverlap(topics, question.reads)) this.#cache.delete(key)
  }

  /** Forgets everything but what cannot have changed. */
  invalidateAll(): void {
    for (const [key, { question }] of this.#cache) if (!question.immutable) this.#cache.delete(key)
  }

  /** Forgets everything: the host was away, and may be another one now. */
  forget(): void {
    this.#cache.clear()
  }

  #enqueue(question: FactQuestion<unknown>, identity: Identity): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const key = identityKey(identity)
      const batch = this.#waiting.get(key)
      if (batch) batch.asked.push({ question, resolve, reject })
      else {
        this.#waiting.set(key, { identity, asked: [{ question, resolve, reject }] })
        setImmediate(() => void this.#send(key))
      }
    })
  }

  async #send(key: string): Promise<void> {
    const batch = this.#waiting.get(key)
    if (!batch) return
    this.#waiting.delete(key)
    const nonce = randomBytes(9).toString('hex')
    if (this.#recall) {
      this.#fromRecord(batch, this.#recall)
      return
    }
    const questions = batch.asked.map(({ question }) => question)
    try {
      const raw = await this.#link.run(batchScript(questions, nonce), {
        identity: batch.identity,
        timeout: TIMEOUT,
        maxBytes: MOST_BYTES,
      })
      const answers = batchAnswers(raw, questions.length, nonce)
      batch.asked.forEach((waiting, i) => {
        const answer = answers[i] ?? 'unanswered'
        this.#record(waiting.question, batch.identity, answer)
        this.#settle(waiting, answer, raw)
      })
    } catch (error) {
      for (const waiting of batch.asked) waiting.reject(error)
    }
  }

  #fromRecord({ identity, asked }: { identity: Identity; asked: readonly Waiting[] }, recall: Recall): void {
    for (const waiting of asked) {
      try {
        const recorded = recall(waiting.question, identity)
        const answer = recorded === 'missing' ? recorded : { ...recorded, bytes: outputBytes(recorded.output) }
        this.#settle(waiting, answer, EMPTY)
      } catch (error) {
        waiting.reject(error)
      }
    }
  }

  #record({ fact, key }: FactQuestion<unknown>, identity: Identity, answer: BatchAnswer): void {
    if (!this.#heard || answer === 'unanswered') return
    const recorded =
      answer === 'missing'
        ? answer
        : { output: recordedOutput(answer.bytes), stderr: answer.stderr, exitCode: answer.exitCode }
    this.#heard({ type: 'answer.fact', host: this.#link.name, fact, key, identity, answer: recorded })
  }

  #settle({ question, resolve, reject }: Waiting, answer: BatchAnswer, raw: RawResult): void {
    const fail = (reason: string, output: string, cause?: unknown): void =>
      reject(
        new FactError(
          this.#link.name,
          question.fact,
          reason,
          question.command,
          output.slice(0, 4096),
          cause ? { cause } : undefined,
        ),
      )
    if (answer === 'missing') {
      if (question.missing) resolve(question.missing.value)
      else fail(`${question.requires} is not installed.`, '')
      return
    }
    if (answer === 'unanswered') {
      fail(
        raw.truncated ? 'the answer is too large.' : 'the command ended without an answer.',
        raw.stderr.toString('utf8'),
      )
      return
    }
    const text = answer.bytes.toString('utf8')
    if (answer.exitCode !== 0) {
      const said = answer.stderr.trim().split('\n').at(-1) || `exit code ${answer.exitCode}`
      fail(`its command failed: ${said}`, text)
      return
    }
    try {
      resolve(question.parse(answer))
    } catch (error) {
      fail(`its answer could not be read: ${error instanceof Error ? error.message : String(error)}`, text, error)
    }
  }
}

/** Text that is equal for equal identities. */
export function identityKey({ via, user }: Identity): string {
  return via === 'login' ? 'login' : `${via}:${user ?? 'root'}`
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
