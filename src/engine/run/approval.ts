import type { ApprovalRequest, Decision, Emit } from '../events.js'
import { strictest } from '../inventory/inventory.js'
import { type Awaiting, combine } from './approval-request.js'

/** Whoever decides on plans: the screen, a plain prompt, `--yes`, a test. */
export type Approver = (request: ApprovalRequest, signal: AbortSignal) => Promise<Decision>

/** Approves everything, typing the count where one is asked for: `--yes` and tests. */
export const approveAll: Approver = async request => ({ kind: 'apply', confirmedHosts: request.hosts.length })

/** Approves nothing: a run without a terminal and without `--yes`. */
export const declineAll: Approver = async () => ({ kind: 'decline' })

/** `undefined`: the person declined everything. */
export type Approved = ReadonlySet<string> | undefined

const QUIET_MS = 250
let lastId = 0

/**
 * Where plans wait for approval. When many hosts of an `each` wait, their plans are folded into one question, asked when
 * every branch waits or nothing has moved for 250 ms. One question is open at a time: what comes up meanwhile is the next one.
 */
export class ApprovalDesk {
  readonly #approver: Approver
  readonly #emit: Emit
  readonly #signal: AbortSignal
  readonly #cell: number | undefined
  #waiting: { awaiting: Awaiting; resolve: (approved: Approved) => void; reject: (error: unknown) => void }[] = []
  #branches = 0
  #timer: NodeJS.Timeout | undefined
  #approveRest = false
  #asking: Promise<unknown> = Promise.resolve()
  #open = 0

  constructor(approver: Approver, emit: Emit, signal: AbortSignal, cell?: number) {
    this.#approver = approver
    this.#emit = emit
    this.#signal = signal
    this.#cell = cell
  }

  /** Counts a branch of an `each` while it runs. */
  async branch<T>(run: () => Promise<T>): Promise<T> {
    this.#branches++
    try {
      return await run()
    } finally {
      this.#branches--
      this.#consider()
    }
  }

  /**
   * The hosts on which a plan may be applied; `undefined` when all of it is declined.
   *
   * @throws the signal's reason when it comes before the decision
   */
  request(awaiting: Awaiting): Promise<Approved> {
    if (this.#needsNobody([awaiting])) return Promise.resolve(new Set(awaiting.guards.keys()))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ awaiting, resolve, reject })
      this.#consider()
    })
  }

  /** The hosts on which a whole run may be applied: one question for all of its operations. */
  async requestAll(awaiting: readonly Awaiting[]): Promise<Approved> {
    if (this.#needsNobody(awaiting)) return new Set(awaiting.flatMap(({ guards }) => [...guards.keys()]))
    return this.#inTurn(() => this.#decide(awaiting))
  }

  #needsNobody(awaiting: readonly Awaiting[]): boolean {
    const guard = strictest(awaiting.flatMap(({ guards }) => [...guards.values()])) ?? 'open'
    return guard === 'open' || (this.#approveRest && !awaiting.some(({ unplanned }) => unplanned))
  }

  #consider(): void {
    clearTimeout(this.#timer)
    if (this.#waiting.length === 0 || this.#open > 0) return
    const delay = this.#waiting.length >= this.#branches ? 0 : QUIET_MS
    this.#timer = setTimeout(() => void this.#ask(), delay)
  }

  async #ask(): Promise<void> {
    await this.#inTurn(async () => {
      const asked = this.#waiting
      this.#waiting = []
      if (asked.length === 0) return
      try {
        const approved = await this.#decide(asked.map(({ awaiting }) => awaiting))
        for (const { awaiting, resolve } of asked) {
          resolve(approved && new Set([...awaiting.guards.keys()].filter(host => approved.has(host))))
        }
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    })
    this.#letPass()
    this.#consider()
  }

  /** Lets through what no longer needs anybody since the rest of the cell was approved. */
  #letPass(): void {
    const passing = this.#waiting.filter(({ awaiting }) => this.#needsNobody([awaiting]))
    this.#waiting = this.#waiting.filter(waiting => !passing.includes(waiting))
    for (const { awaiting, resolve } of passing) resolve(new Set(awaiting.guards.keys()))
  }

  /** Runs after the questions before it are settled. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.#open++
    const turn = this.#asking.then(run).finally(() => {
      this.#open--
    })
    this.#asking = turn.catch(() => {})
    return turn
  }

  async #decide(awaiting: readonly Awaiting[]): Promise<Approved> {
    this.#signal.throwIfAborted()
    const request = combine(awaiting, ++lastId, this.#cell)
    this.#emit({ type: 'approval.asked', request })
    const given = await this.#answer(request)
    const decision = checkCount(request, given)
    this.#emit({ type: 'approval.given', id: request.id, decision })
    if (given !== decision) {
      const text = `Not applied: ${approvedHosts(request, given)?.size ?? 0} hosts would change, and that is the number to type.`
      this.#emit({ type: 'note', level: 'error', text })
    }
    this.#signal.throwIfAborted()
    if (decision.kind === 'apply' && decision.rest) this.#approveRest = true
    return approvedHosts(request, decision)
  }

  /** The approver's decision; a signal that comes first declines. */
  #answer(request: ApprovalRequest): Promise<Decision> {
    const signal = this.#signal
    return new Promise((resolve, reject) => {
      const decline = (): void => resolve({ kind: 'decline' })
      signal.addEventListener('abort', decline, { once: true })
      this.#approver(request, signal)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', decline))
    })
  }
}

function checkCount(request: ApprovalRequest, decision: Decision): Decision {
  if (decision.kind === 'decline' || request.guard !== 'count') return decision
  const expected = approvedHosts(request, decision)?.size ?? 0
  return decision.confirmedHosts === expected ? decision : { kind: 'decline' }
}

function approvedHosts(request: ApprovalRequest, decision: Decision): ReadonlySet<string> | undefined {
  if (decision.kind === 'decline') return undefined
  const { choices } = decision
  if (!choices) return new Set(request.hosts)
  return new Set(request.choices.filter(({ id }) => choices.includes(id)).flatMap(({ hosts }) => hosts))
}
