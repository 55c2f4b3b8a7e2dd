import { MusterError, UsageError } from '../errors.js'
import type { Emit, PlanView } from '../events.js'
import type { Fleet } from '../fleet/api.js'
import type { Guard } from '../inventory/spec.js'
import { PlanUnknown } from '../plan/host-plan.js'
import { withoutHost } from '../text/without-host.js'
import { ApprovalDesk, type Approver, type Awaiting } from './approval.js'
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

  const planError = await attempt(() => inScope(scope('plan'), () => deploy(fleet)))
  if (planError instanceof PlanUnknown)
    for (const host of fleet.names) run.announceUnknown(host, `${planError.message}${placeOf(planError)}`)
  else if (planError) return { ...report(fleet, run, 'plan'), error: planError }
  options.planned?.(run.plans)
  if (options.dryRun) return report(fleet, run, 'plan')

  const awaiting = awaitingOf(fleet, run)
  if (awaiting.some(({ guards }) => guards.size > 0)) {
    const approved = await desk.requestAll(awaiting)
    if (!approved) return { ...report(fleet, run, 'plan'), declined: true }
    for (const host of fleet.names)
      if (awaiting.some(({ guards }) => guards.has(host)) && !approved.has(host)) run.leave(host, NOT_APPROVED)
  }
  const applyError = await attempt(() => inScope(scope('apply'), () => deploy(fleet)))
  return { ...report(fleet, run, 'apply'), applied: true, ...(applyError ? { error: applyError } : {}) }
}

async function attempt(run: () => unknown): Promise<Error | undefined> {
  try {
    await run()
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
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
  const guardOf = (name: string): Guard => fleet.host(name).guard
  const awaiting = run.plans.map(plan => {
    const hosts = plan.groups
      .filter(group => group.outcome === 'change' || group.outcome === 'unknown')
      .flatMap(group => group.hosts)
    return {
      plan,
      guards: new Map(hosts.map(host => [host, guardOf(host)] as const).filter(([, guard]) => guard !== 'readonly')),
    }
  })
  const unknown = [...run.unknown].filter(([host]) => !awaiting.some(({ guards }) => guards.has(host)))
  if (unknown.length === 0) return awaiting
  const groups = unknown.map(([host, reason]) => ({ hosts: [host], outcome: 'unknown' as const, changes: [], reason }))
  return [
    ...awaiting,
    {
      plan: { operation: 'unknown', label: 'what follows', groups },
      guards: new Map(unknown.map(([host]) => [host, guardOf(host)])),
    },
  ]
}

function report(fleet: Fleet, run: DeployRun, phase: 'plan' | 'apply'): DeployReport {
  const hosts = new Map(fleet.names.map(host => [host, hostReport(host, run, phase)]))
  return { plans: run.plans, hosts, applied: false, declined: false }
}

function hostReport(host: string, run: DeployRun, phase: 'plan' | 'apply'): HostReport {
  const left = run.left.get(host)
  if (left === NOT_APPROVED) return { status: 'not-approved', reason: NOT_APPROVED }
  if (left !== undefined) return { status: 'failed', reason: withoutHost(host, left) }
  if (phase === 'apply') return { status: run.changed.has(host) ? 'changed' : 'same' }
  const unknown = run.unknown.get(host)
  if (unknown !== undefined) return { status: 'unknown', reason: unknown }
  const changes = run.plans.some(plan =>
    plan.groups.some(group => group.outcome === 'change' && group.hosts.includes(host)),
  )
  return { status: changes ? 'would-change' : 'same' }
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
