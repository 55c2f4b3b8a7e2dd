import { MusterError, UsageError } from '../errors.js'
import type { Emit, PlanGroupView, PlanView } from '../events.js'
import type { Fleet } from '../fleet/api.js'
import type { Guard } from '../inventory/spec.js'
import { asError, PlanUnknown } from '../plan/host-plan.js'
import { mergePlans } from '../plan/merge.js'
import { withoutHost } from '../text/without-host.js'
import { ApprovalDesk, type Approver } from './approval.js'
import type { Awaiting } from './approval-request.js'
import { DeployRun } from './deploy-run.js'
import { inScope, type Scope } from './scope.js'

/** A deploy: a function of a fleet. A deploy module exports it as its default. */
export type Deploy = (fleet: Fleet) => Promise<unknown> | unknown

export interface DeployOptions {
  readonly approver: Approver
  readonly emit: Emit
  readonly signal: AbortSignal
  /** Plan only. */
  readonly dryRun?: boolean
  /** Stop the run when more hosts than this have failed: a count or a share of the fleet, `'10%'`. Default: never. */
  readonly maxFailures?: number | `${number}%`
  /** Called when the plan is complete, before anyone is asked. */
  readonly planned?: (plans: readonly PlanView[]) => void
}

/** How a run ended for one host. */
export type HostReport =
  | { readonly status: 'changed' | 'same' }
  | { readonly status: 'would-change' }
  | { readonly status: 'unknown' | 'failed' | 'not-approved'; readonly reason: string }

export interface DeployReport {
  readonly plans: readonly PlanView[]
  readonly hosts: ReadonlyMap<string, HostReport>
  /** Whether the plan was carried out. */
  readonly applied: boolean
  /** The person declined the plan. */
  readonly declined: boolean
  /** What the deploy itself threw. */
  readonly error?: Error
}

const NOT_APPROVED = 'not approved'

/**
 * Runs a deploy: plans it whole without touching anything, asks once, carries it out as approved, and says how each host ended.
 * The function is called twice, first with a fleet that plans, then with one that applies.
 */
export async function runDeploy(deploy: Deploy, fleet: Fleet, options: DeployOptions): Promise<DeployReport> {
  if (typeof deploy !== 'function')
    throw new UsageError(
      'A deploy module exports a function of a fleet as its default: export default async (fleet: Fleet) => { … }.',
    )
  const run = new DeployRun()
  const stop = stopper(fleet, run, options)
  const desk = new ApprovalDesk(options.approver, options.emit, stop.signal)
  const scope = (mode: Scope['mode']): Scope => ({ mode, signal: stop.signal, desk, run })

  const pass = async (mode: 'plan' | 'apply') => {
    const thrown = await attempt(() => inScope(scope(mode), () => deploy(fleet)))
    await run.closeForwards()
    return thrown
  }

  const planError = await pass('plan')
  if (planError instanceof PlanUnknown)
    for (const host of fleet.names) run.announceUnknown(host, `${planError.message}${placeOf(planError)}`)
  else if (planError) return { ...report(fleet, run, 'plan'), error: planError }
  if (stop.signal.aborted) return { ...report(fleet, run, 'plan'), error: asError(stop.signal.reason) }
  options.planned?.(mergePlans(run.plans))
  if (options.dryRun) return report(fleet, run, 'plan')

  const awaiting = awaitingOf(fleet, run)
  if (awaiting.some(({ guards }) => guards.size > 0)) {
    const approved = await desk.requestAll(awaiting)
    if (!approved) return { ...report(fleet, run, 'plan'), declined: true }
    for (const host of new Set(awaiting.flatMap(({ guards }) => [...guards.keys()])))
      if (!approved.has(host)) run.leave(host, NOT_APPROVED)
  }
  const thrown = await pass('apply')
  const applyError = thrown ?? (stop.signal.aborted ? asError(stop.signal.reason) : undefined)
  return { ...report(fleet, run, 'apply'), applied: true, ...(applyError ? { error: applyError } : {}) }
}

async function attempt(run: () => unknown): Promise<Error | undefined> {
  try {
    await run()
    return undefined
  } catch (thrown) {
    return asError(thrown)
  }
}

/** The run's own abort signal: the caller's, and too many failures. */
function stopper(fleet: Fleet, run: DeployRun, { signal, maxFailures }: DeployOptions): { signal: AbortSignal } {
  if (maxFailures === undefined) return { signal }
  const limit = typeof maxFailures === 'number' ? maxFailures : (fleet.size * Number.parseFloat(maxFailures)) / 100
  if (!Number.isFinite(limit))
    throw new UsageError(`maxFailures is a count or a share such as '10%', not ${maxFailures}.`)
  const controller = new AbortController()
  run.onLeave(() => {
    const failed = [...run.left.values()].filter(reason => reason !== NOT_APPROVED).length
    if (failed > limit)
      controller.abort(new MusterError(`stopped: ${failed} hosts failed, and at most ${maxFailures} may`))
  })
  return { signal: AbortSignal.any([signal, controller.signal]) }
}

function awaitingOf(fleet: Fleet, run: DeployRun): Awaiting[] {
  const known = new Map([...fleet].map(({ name, guard }) => [name, guard]))
  const guardOf = (name: string): Guard => known.get(name) ?? 'confirm'
  const awaiting = run.plans.map(plan => {
    const hosts = plan.groups
      .filter(group => group.outcome === 'change' || group.outcome === 'unknown')
      .flatMap(group => group.hosts)
    return {
      plan,
      guards: new Map(hosts.map(host => [host, guardOf(host)] as const).filter(([, guard]) => guard !== 'readonly')),
    }
  })
  const asked = new Set(awaiting.flatMap(({ guards }) => [...guards.keys()]))
  const unknown = [...run.unknown].filter(([host]) => !asked.has(host) && guardOf(host) !== 'readonly')
  if (unknown.length === 0) return awaiting
  return [
    ...awaiting,
    {
      plan: { operation: 'unknown', label: 'what follows', groups: unknownGroups(unknown) },
      guards: new Map(unknown.map(([host]) => [host, guardOf(host)])),
    },
  ]
}

/** Hosts with the same reason for not knowing, together. */
function unknownGroups(unknown: readonly (readonly [host: string, reason: string])[]): PlanGroupView[] {
  const byReason = new Map<string, string[]>()
  for (const [host, reason] of unknown) {
    const hosts = byReason.get(reason)
    if (hosts) hosts.push(host)
    else byReason.set(reason, [host])
  }
  return [...byReason].map(([reason, hosts]) => ({ hosts, outcome: 'unknown', changes: [], reason }))
}

function report(fleet: Fleet, run: DeployRun, phase: 'plan' | 'apply'): DeployReport {
  const plans = mergePlans(run.plans)
  const changing = new Set(
    plans.flatMap(({ groups }) => groups.filter(({ outcome }) => outcome === 'change').flatMap(({ hosts }) => hosts)),
  )
  const hosts = new Map(fleet.names.map(host => [host, hostReport(host, run, phase, changing)]))
  return { plans, hosts, applied: false, declined: false }
}

function hostReport(host: string, run: DeployRun, phase: 'plan' | 'apply', changing: ReadonlySet<string>): HostReport {
  const left = run.left.get(host)
  if (left === NOT_APPROVED) return { status: 'not-approved', reason: NOT_APPROVED }
  if (left !== undefined) return { status: 'failed', reason: withoutHost(host, left) }
  if (phase === 'apply') return { status: run.changed.has(host) ? 'changed' : 'same' }
  const unknown = run.unknown.get(host)
  if (unknown !== undefined) return { status: 'unknown', reason: unknown }
  return { status: changing.has(host) ? 'would-change' : 'same' }
}

/** ` (deploy.ts:12:9)`: where in the person's code an error was thrown; nothing when it cannot be told. */
function placeOf(error: Error): string {
  const own = new URL('../..', import.meta.url).pathname
  const frame = (error.stack ?? '')
    .split('\n')
    .find(
      line => /^\s+at /.test(line) && !line.includes(own) && !line.includes('node:') && !line.includes('node_modules'),
    )
  const place = /([^/(]+:\d+:\d+)\)?$/.exec(frame ?? '')
  return place ? ` (${place[1]})` : ''
}
