import type { PlanView } from '../events.js'
import type { Options } from '../fleet/options.js'
import type { Outcome } from '../fleet/outcome.js'
import type { Forward } from '../forward/forward.js'
import type { Change } from '../plan/change.js'
import { type HostPlan, PlanUnknown } from '../plan/host-plan.js'
import { Overlay } from '../plan/overlay.js'
import { changeFingerprint } from '../plan/view.js'

/**
 * What a deploy run knows of its hosts: the predicted state while it is planned, what was approved while it is applied,
 * and who has left it.
 */
export class DeployRun {
  readonly #overlays = new Map<string, Overlay>()
  readonly #planned = new Map<string, Map<string, number>>()
  readonly #unknown = new Map<string, string>()
  readonly #left = new Map<string, string>()
  #onLeave: () => void = () => {}
  readonly #changed = new Set<string>()
  readonly #begun = new Set<string>()
  readonly #plans: PlanView[] = []
  readonly #forwards = new Set<Forward>()

  /** The predicted state of a host. */
  overlay(host: string): Overlay {
    const known = this.#overlays.get(host)
    if (known) return known
    const overlay = new Overlay()
    this.#overlays.set(host, overlay)
    return overlay
  }

  /** Every operation planned, in the order it was reached. */
  get plans(): readonly PlanView[] {
    return this.#plans
  }

  /** Keeps a planned operation for approval and for what is checked against it later. */
  record(view: PlanView, plans: ReadonlyMap<string, HostPlan>): void {
    this.#plans.push(view)
    for (const [host, plan] of plans) {
      if (plan.outcome === 'unknown') this.announceUnknown(host, plan.reason)
      const counts = this.#planned.get(host) ?? new Map<string, number>()
      this.#planned.set(host, counts)
      // nobody is asked about a plan that failed, so nothing of it is approved
      if (plan.outcome === 'failed') continue
      for (const change of plan.changes) {
        const key = changeFingerprint(change)
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
  }

  /** From here on anything may come on this host, and the plan says so. */
  announceUnknown(host: string, reason: string): void {
    if (!this.#unknown.has(host)) this.#unknown.set(host, reason)
  }

  /** Hosts with something unknown ahead, each with the reason. */
  get unknown(): ReadonlyMap<string, string> {
    return this.#unknown
  }

  /** Takes an approved change off the list; `false`: it was neither approved nor announced as unknown. */
  permits(host: string, change: Change): boolean {
    const counts = this.#planned.get(host)
    const key = changeFingerprint(change)
    const left = counts?.get(key) ?? 0
    if (left > 0) counts?.set(key, left - 1)
    return left > 0 || this.#unknown.has(host)
  }

  /** Takes note of how a call ended on a host: what a plan cannot know is announced, a host that failed leaves. */
  note(host: string, outcome: Outcome<unknown>, { ignoreErrors }: Options): void {
    if (outcome.status === 'ok' || outcome.status === 'skipped') return
    if (outcome.error instanceof PlanUnknown) this.announceUnknown(host, outcome.error.message)
    else if (!ignoreErrors) this.leave(host, outcome.error.message)
  }

  /** `true` for the first call to a host while the run is applied. */
  begins(host: string): boolean {
    if (this.#begun.has(host)) return false
    this.#begun.add(host)
    return true
  }

  /** A host leaves the run: it failed, or was not approved. */
  leave(host: string, reason: string): void {
    if (this.#left.has(host)) return
    this.#left.set(host, reason)
    this.#onLeave()
  }

  /** Called whenever a host has left. */
  onLeave(listener: () => void): void {
    this.#onLeave = listener
  }

  /** A forward that the deploy has opened: it is closed at the end of the pass. */
  keep(forward: Forward): void {
    this.#forwards.add(forward)
  }

  /** Ends a pass: what it had opened is closed. */
  async closeForwards(): Promise<void> {
    const open = [...this.#forwards]
    this.#forwards.clear()
    await Promise.all(open.map(forward => forward.close()))
  }

  /** A host was changed, as measured. */
  change(host: string): void {
    this.#changed.add(host)
  }

  /** Hosts that were changed. */
  get changed(): ReadonlySet<string> {
    return this.#changed
  }

  /** Hosts that left, with the reason. */
  get left(): ReadonlyMap<string, string> {
    return this.#left
  }
}
