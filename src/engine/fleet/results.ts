import { UsageError } from '../errors.js'
import type { OutcomeStatus } from '../events.js'
import { foldNames } from '../nodeset/fold.js'
import { PlanUnknown } from '../plan/host-plan.js'
import { stableJson } from '../stable.js'
import type { Fleet, Host } from './api.js'
import { type Folded, fold } from './fold.js'
import { hasChanged, type Outcome } from './outcome.js'

/** How results find their way back to fleets and hosts. */
export interface ResultsHome {
  /** A fleet of these hosts; `doubts` says of which of them it is not known that they belong to it. */
  select(names: readonly string[], doubts: ReadonlyMap<string, string>): Fleet
  host(name: string): Host
  undo(results: Results<unknown>): Promise<Results<unknown>>
}

/** Hosts with the identical outcome, as a fleet. */
export interface Group<T> {
  readonly hosts: Fleet
  /** The common answer; `undefined` where it failed. */
  readonly value: T | undefined
  readonly error: Error | undefined
  readonly status: OutcomeStatus
}

/**
 * What each host of a fleet answered, and the way back to fleets: `.failed`, `.changed`, `.where(…)` are fleets to go on with.
 *
 * @example
 * const kernels = await fleet.$`uname -r`
 * await kernels.where(k => k.text.startsWith('5.')).$`apt-get -y upgrade`
 * for (const [host, outcome] of kernels) console.log(host.name, outcome.status)
 */
export class Results<T> implements Iterable<readonly [Host, Outcome<T>]> {
  readonly #home: ResultsHome
  readonly #outcomes: ReadonlyMap<string, Outcome<T>>

  constructor(home: ResultsHome, outcomes: ReadonlyMap<string, Outcome<T>>) {
    this.#home = home
    this.#outcomes = outcomes
  }

  /** How many hosts were asked. */
  get size(): number {
    return this.#outcomes.size
  }

  /** Outcomes by host name. */
  get outcomes(): ReadonlyMap<string, Outcome<T>> {
    return this.#outcomes
  }

  *[Symbol.iterator](): Iterator<readonly [Host, Outcome<T>]> {
    for (const [name, outcome] of this.#outcomes) yield [this.#home.host(name), outcome]
  }

  /** Hosts that answered (in a plan also those that may). */
  get ok(): Fleet {
    return this.#pick(outcome => outcome.status === 'ok')
  }

  /** Hosts that failed, or whose command was cut off so that its effect is not known. */
  get failed(): Fleet {
    return this.#pick(
      outcome =>
        outcome.status === 'failed' || (outcome.status === 'unknown' && !(outcome.error instanceof PlanUnknown)),
      false,
    )
  }

  /** Hosts that could not be reached: nothing was run on them. */
  get unreachable(): Fleet {
    return this.#pick(outcome => outcome.status === 'unreachable', false)
  }

  /** Hosts that an operation changed (in a plan: would or may change). */
  get changed(): Fleet {
    return this.#pick(hasChanged)
  }

  /** Hosts whose answer passes the test; hosts without one do not. */
  where(test: (value: T, host: Host) => boolean): Fleet {
    return this.#pick((outcome, name) => outcome.status === 'ok' && test(outcome.value, this.#home.host(name)))
  }

  /** Hosts that do not belong to the largest group. */
  outliers(): Fleet {
    const [majority] = fold(this.#outcomes)
    const inMajority = new Set(majority?.hosts)
    return this.#pick((_, name) => !inMajority.has(name), false)
  }

  /** Hosts folded by identical outcome, largest group first. */
  groups(): Group<T>[] {
    return this.folded().map(({ hosts, outcome }) => ({
      hosts: this.#home.select(hosts, new Map()),
      value: outcome.status === 'ok' ? outcome.value : undefined,
      error: outcome.status === 'ok' ? undefined : outcome.error,
      status: outcome.status,
    }))
  }

  /** @internal The same by name, for rendering. */
  folded(): Folded<T>[] {
    return fold(this.#outcomes)
  }

  /** The answer of one host. @throws its error where it failed, {@link UsageError} where it was not asked. */
  get(name: string): T {
    const outcome = this.#outcomes.get(name)
    if (!outcome) throw new UsageError(`${name} is not among the ${this.size} hosts of these results.`)
    if (outcome.status !== 'ok') throw outcome.error
    return outcome.value
  }

  /** The answers of the hosts that gave one, in order. */
  values(): T[] {
    return [...this.#outcomes.values()].flatMap(outcome => (outcome.status === 'ok' ? [outcome.value] : []))
  }

  /** One row a host: its name and the fields of its answer (or the answer as `value`). */
  table(): Record<string, unknown>[] {
    return [...this.#outcomes].map(([host, outcome]) => {
      if (outcome.status !== 'ok') return { host, status: outcome.status, error: outcome.error.message }
      const { value } = outcome
      const plain = typeof value === 'object' && value !== null ? JSON.parse(stableJson(value)) : { value }
      return { host, ...(Array.isArray(plain) ? { value: plain } : plain) }
    })
  }

  /** Takes back what an operation changed, as a plan of its own with a diff. */
  undo(): Promise<Results<unknown>> {
    return this.#home.undo(this)
  }

  toString(): string {
    return this.folded()
      .map(
        ({ hosts, outcome }) =>
          `${foldNames(hosts)}: ${outcome.status === 'ok' ? String(outcome.value) : outcome.error.message}`,
      )
      .join('\n')
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.#outcomes].map(([host, outcome]) => [
        host,
        outcome.status === 'ok'
          ? { status: 'ok', value: outcome.value }
          : { status: outcome.status, error: outcome.error.message },
      ]),
    )
  }

  #pick(test: (outcome: Outcome<T>, name: string) => boolean, mayBe = true): Fleet {
    const names: string[] = []
    const doubts = new Map<string, string>()
    for (const [name, outcome] of this.#outcomes) {
      if (mayBe && outcome.status !== 'ok' && outcome.error instanceof PlanUnknown)
        doubts.set(name, outcome.error.message)
      if (test(outcome, name) || doubts.has(name)) names.push(name)
    }
    return this.#home.select(names, doubts)
  }
}
