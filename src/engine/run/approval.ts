import type { ApprovalChoice, ApprovalRequest, Decision, Emit, PlanView } from '../events.js'
import { strictest } from '../inventory/inventory.js'
import type { Guard } from '../inventory/spec.js'
import { stableJson } from '../stable.js'

/** Whoever decides on plans: the screen, a plain prompt, `--yes`, a test. */
export type Approver = (request: ApprovalRequest, signal: AbortSignal) => Promise<Decision>

/** Approves everything, typing the count where one is asked for: `--yes` and tests. */
export const approveAll: Approver = async request => ({ kind: 'apply', confirmedHosts: request.hosts.length })

/** Approves nothing: a run without a terminal and without `--yes`. */
export const declineAll: Approver = async () => ({ kind: 'decline' })

/** A planned operation that waits for a decision. */
export interface Awaiting {
  readonly plan: PlanView
  /** The guard of each host that would or may change. */
  readonly guards: ReadonlyMap<string, Guard>
  readonly unplanned?: boolean
}

/** `undefined`: the person declined everything. */
export type Approved = ReadonlySet<string> | undefined

const QUIET_MS = 250
let lastId = 0

/**
 * Where plans wait for approval. When many hosts of an `each` wait, their plans are folded into one question, asked when
 * every branch waits or nothing has moved for 250 ms.
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

  /** The hosts on which a plan may be applied; `undefined` when all of it is declined. */
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
    return this.#decide(awaiting)
  }

  #needsNobody(awaiting: readonly Awaiting[]): boolean {
    const guard = strictest(awaiting.flatMap(({ guards }) => [...guards.values()])) ?? 'open'
    return guard === 'open' || (this.#approveRest && !awaiting.some(({ unplanned }) => unplanned))
  }

  #consider(): void {
    clearTimeout(this.#timer)
    if (this.#waiting.length === 0) return
    if (this.#waiting.length >= this.#branches) this.#timer = setTimeout(() => void this.#ask(), 0)
    else this.#timer = setTimeout(() => void this.#ask(), QUIET_MS)
  }

  async #ask(): Promise<void> {
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
  }

  async #decide(awaiting: readonly Awaiting[]): Promise<Approved> {
    const request = combine(awaiting, ++lastId, this.#cell)
    this.#emit({ type: 'approval.asked', request })
    const given = await this.#approver(request, this.#signal)
    const decision = checkCount(request, given)
    this.#emit({ type: 'approval.given', id: request.id, decision })
    if (given !== decision) {
      const text = `Not applied: ${approvedHosts(request, given)?.size ?? 0} hosts would change, and that is the number to type.`
      this.#emit({ type: 'note', level: 'error', text })
    }
    if (decision.kind === 'apply' && decision.rest) this.#approveRest = true
    return approvedHosts(request, decision)
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

/** Folds all that waits into one request: equal plans of different hosts become one. Pure. */
export function combine(waiting: readonly Awaiting[], id: number, cell?: number): ApprovalRequest {
  const plans = mergePlans(waiting.map(({ plan }) => plan))
  const guards = waiting.flatMap(({ guards }) => [...guards])
  const hosts = [...new Set(guards.map(([host]) => host))].sort(byNumber)
  const guard = strictest(guards.map(([, guard]) => guard)) ?? 'confirm'
  const labels = [...new Set(plans.map(plan => plan.label))]
  const what = labels.length === 1 ? labels[0] : `${labels.length} operations`
  return {
    id,
    ...(cell === undefined ? {} : { cell }),
    title: `${what} on ${hosts.length === 1 ? hosts[0] : `${hosts.length} hosts`}`,
    plans,
    hosts,
    choices: choicesOf(plans, hosts),
    guard,
    unplanned: waiting.some(({ unplanned }) => unplanned),
  }
}

const byNumber = new Intl.Collator('en', { numeric: true }).compare

function mergePlans(plans: readonly PlanView[]): PlanView[] {
  const merged = new Map<string, PlanView>()
  for (const plan of plans) {
    const key = `${plan.operation} ${plan.label}`
    const known = merged.get(key)
    merged.set(key, known ? { ...known, groups: mergeGroups([...known.groups, ...plan.groups]) } : plan)
  }
  return [...merged.values()]
}

function mergeGroups(groups: PlanView['groups']): PlanView['groups'] {
  const merged = new Map<string, PlanView['groups'][number]>()
  for (const group of groups) {
    const key = stableJson({ ...group, hosts: [] })
    const known = merged.get(key)
    merged.set(key, known ? { ...known, hosts: [...new Set([...known.hosts, ...group.hosts])] } : group)
  }
  return [...merged.values()]
}

/** Hosts for which every step is the same make one choice, largest first. */
function choicesOf(plans: readonly PlanView[], hosts: readonly string[]): ApprovalChoice[] {
  const choices = new Map<string, { hosts: string[]; summary: string }>()
  for (const host of hosts) {
    const groups = plans.flatMap(plan => plan.groups.filter(group => group.hosts.includes(host)))
    const key = stableJson(groups.map(group => ({ ...group, hosts: [] })))
    const known = choices.get(key)
    if (known) known.hosts.push(host)
    else choices.set(key, { hosts: [host], summary: choiceSummary(groups) })
  }
  return [...choices.values()]
    .sort((a, b) => b.hosts.length - a.hosts.length)
    .map((choice, i) => ({ id: i + 1, ...choice }))
}

function choiceSummary(groups: PlanView['groups']): string {
  const parts = groups.map(group =>
    group.outcome === 'unknown' ? `unknown: ${group.reason}` : group.changes.map(change => change.summary).join(', '),
  )
  return parts.filter(part => part !== '').join('; ')
}
