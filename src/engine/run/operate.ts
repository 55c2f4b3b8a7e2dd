import type { Identity } from '../connect/link.js'
import { DeclinedError, InterruptedError } from '../errors.js'
import type { Emit, PlanView } from '../events.js'
import { type FanOutOptions, fanOut, SkippedError } from '../fleet/fan-out.js'
import { type Machine, planSource } from '../fleet/machine.js'
import { OperationResult } from '../fleet/operation-result.js'
import { identityOf, type Options } from '../fleet/options.js'
import type { Outcome } from '../fleet/outcome.js'
import type { Operation } from '../operation.js'
import { applyHost } from '../plan/apply.js'
import { type Change, undoOf } from '../plan/change.js'
import { type HostPlan, PlanUnknown, planHost } from '../plan/host-plan.js'
import { Overlay } from '../plan/overlay.js'
import { changeFingerprint, changeView, foldPlans, operationLabel, undoView } from '../plan/view.js'
import { targetUser } from '../shell/identity.js'
import { GuardError } from './command.js'
import { readAfresh, type Scope } from './scope.js'

/** One call of an operation over hosts. */
export interface OperationRequest {
  readonly operation: Operation<unknown>
  readonly hosts: readonly string[]
  /** Hosts of which it is not known that they belong to the selection, with the reason. */
  readonly doubts: ReadonlyMap<string, string>
  argsFor(host: string): Promise<unknown>
  readonly options: Options
}

export interface OperateContext extends FanOutOptions {
  readonly scope: Scope
  readonly task: number
  /** Where relative paths of local files begin. */
  readonly directory: string
  readonly emit: Emit
  machine(host: string): Machine
  settled(host: string, outcome: Outcome<OperationResult>): void
}

type Outcomes = Map<string, Outcome<OperationResult>>
/** What was planned for each host, with the arguments it was planned with. */
type Plans = Map<string, HostPlanned>

/** An operation about to be applied to one host. */
interface HostApplication {
  readonly host: string
  readonly args: unknown
  permits(change: Change): Promise<boolean>
  /** Takes what was done when the rest of it fails. */
  doneInPart(done: OperationResult): void
}

interface HostPlanned {
  readonly plan: HostPlan
  readonly args: unknown
}

/**
 * Plans, asks and applies an operation, as the scope has it.
 *
 * @throws {DeclinedError} the person declined all of it
 */
export async function operate(request: OperationRequest, context: OperateContext): Promise<Outcomes> {
  switch (context.scope.mode) {
    case 'plan':
      return planOnly(request, context)
    case 'apply':
      return applyApproved(request, context)
    case 'live':
      return planAskApply(request, context)
  }
}

async function planOnly(request: OperationRequest, context: OperateContext): Promise<Outcomes> {
  const { run } = context.scope
  const plans = await planAll(request, context, host => run?.overlay(host) ?? new Overlay())
  run?.record(planView(request, plans, context), new Map([...plans].map(([host, { plan }]) => [host, plan])))
  return settleAll(request, context, async host => {
    staysInRun(context.scope, host)
    const plan = plans.get(host)?.plan
    if (!plan) throw new SkippedError('it was not planned')
    if (plan.outcome === 'unknown') throw new PlanUnknown(plan.reason)
    return (
      settledByPlan(request.operation, plan) ??
      new OperationResult(request.operation.name, 'planned', views(request.operation, plan.changes))
    )
  })
}

async function applyApproved(request: OperationRequest, context: OperateContext): Promise<Outcomes> {
  return settleAll(request, context, async (host, doneInPart) => {
    staysInRun(context.scope, host)
    readAfresh(context.scope, context.machine(host))
    const permits = (change: Change): Promise<boolean> => permittedInRun(request, context, host, change)
    return applyOne(request, context, { host, args: await request.argsFor(host), permits, doneInPart })
  })
}

async function planAskApply(request: OperationRequest, context: OperateContext): Promise<Outcomes> {
  const { emit, task, scope } = context
  const plans = await planAll(request, context, () => new Overlay())
  const plan = planView(request, plans, context)
  emit({ type: 'plan', task, ...(scope.cell === undefined ? {} : { cell: scope.cell }), plan })
  const approved = await askFor(plans, plan, context)
  return settleAll(request, context, async (host, doneInPart) => {
    const { plan: planned, args } = plans.get(host) ?? {}
    if (!planned) throw new SkippedError('it was not planned')
    const known = settledByPlan(request.operation, planned)
    if (known) return known
    refuseReadonly(context.machine(host), request.operation.name)
    if (!approved.has(host)) throw new SkippedError('not approved')
    // the approval may have taken long: what the plan relied on is read afresh
    context.machine(host).reader.invalidate(planned.changes.flatMap(change => change.touches))
    const prints = new Set(planned.changes.map(changeFingerprint))
    return applyOne(request, context, {
      host,
      args,
      permits: async change => planned.outcome === 'unknown' || prints.has(changeFingerprint(change)),
      doneInPart,
    })
  })
}

/** The hosts on which the person lets it be applied. */
async function askFor(plans: Plans, plan: PlanView, { machine, scope }: OperateContext): Promise<ReadonlySet<string>> {
  const mayChange = [...plans].filter(([, { plan }]) => plan.outcome === 'change' || plan.outcome === 'unknown')
  const guards = new Map(
    mayChange.map(([host]) => [host, machine(host).entry.guard] as const).filter(([, guard]) => guard !== 'readonly'),
  )
  if (guards.size === 0) return new Set()
  const approved = await scope.desk.request({ plan, guards })
  if (!approved) throw new DeclinedError(`Declined: ${plan.label} was not applied.`)
  return approved
}

async function planAll(
  request: OperationRequest,
  context: OperateContext,
  overlayOf: (host: string) => Overlay,
): Promise<Plans> {
  const hosts = request.hosts.filter(host => !context.scope.run?.left.has(host))
  const outcomes = await fanOut<HostPlanned>(
    hosts,
    context,
    async host => {
      const machine = context.machine(host)
      const identity = identityOf(request.options, machine.entry.become)
      const source = planSource(machine, identity, context.directory, context.signal, context.scope.since)
      const args = await request.argsFor(host)
      return { args, plan: await planHost(source, request.operation, args, overlayOf(host), request.doubts.get(host)) }
    },
    () => {},
  )
  return new Map(
    [...outcomes].map(([host, outcome]) => [
      host,
      outcome.status === 'ok'
        ? outcome.value
        : { args: undefined, plan: withoutArgs(request.operation, outcome.error, overlayOf(host)) },
    ]),
  )
}

/** The plan of a host whose arguments could not be told: they failed, or need an answer that a plan does not have. */
function withoutArgs({ name }: Operation<unknown>, error: Error, overlay: Overlay): HostPlan {
  if (!(error instanceof PlanUnknown)) return { outcome: 'failed', changes: [], error }
  overlay.doubt(['*'], `${name}, whose arguments are unknown`)
  return { outcome: 'unknown', changes: [], reason: error.message }
}

/** What a plan alone settles: nothing to do, or it could not be planned. */
function settledByPlan(operation: Operation<unknown>, plan: HostPlan): OperationResult | undefined {
  if (plan.outcome === 'failed') throw plan.error
  return plan.outcome === 'same' ? new OperationResult(operation.name, 'same', []) : undefined
}

/** The plans folded, under one label when the hosts' arguments give the same. */
function planView({ operation, options }: OperationRequest, plans: Plans, { machine }: OperateContext): PlanView {
  const labels = new Set([...plans.values()].map(({ args }) => operationLabel(operation, args, options.label)))
  const [label = operation.name] = labels
  const folded = foldPlans(
    operation,
    labels.size > 1 ? operation.name : label,
    new Map([...plans].map(([host, { plan }]) => [host, plan])),
  )
  const changing = [...plans].filter(([, { plan }]) => plan.outcome === 'change' || plan.outcome === 'unknown')
  return withUsers(
    folded,
    changing.map(([host]) => userOf(machine(host), options)),
  )
}

/** The user that commands run as on a host; nothing where that is not known. */
function userOf({ entry, link }: Machine, options: Options): string | undefined {
  return targetUser(identityOf(options, entry.become)) || (link.standing.user ?? entry.connect.user)
}

function withUsers(plan: PlanView, users: readonly (string | undefined)[]): PlanView {
  const as = [...new Set(users)].filter(user => user !== undefined)
  return as.length === 0 ? plan : { ...plan, as }
}

/** Runs a step on every host; in a run, a host that fails leaves it. What was done before a failure is kept beside it. */
async function settleAll(
  request: OperationRequest,
  context: OperateContext,
  run: (host: string, doneInPart: (done: OperationResult) => void) => Promise<OperationResult>,
): Promise<Outcomes> {
  const { scope, settled } = context
  const partial = new Map<string, OperationResult>()
  const outcomes = await fanOut(
    request.hosts,
    context,
    host => run(host, done => partial.set(host, done)),
    (host, outcome) => {
      scope.run?.note(host, outcome, request.options)
      if (partial.has(host) || (outcome.status === 'ok' && outcome.value.outcome === 'changed')) scope.run?.change(host)
      settled(host, outcome)
    },
  )
  return new Map([...outcomes].map(([host, outcome]) => [host, withPartial(outcome, partial.get(host))]))
}

function withPartial<T>(outcome: Outcome<T>, partial: T | undefined): Outcome<T> {
  return outcome.status === 'ok' || partial === undefined ? outcome : { ...outcome, partial }
}

async function applyOne(
  { operation, options }: OperationRequest,
  { machine: machineOf, directory, signal, emit, task, scope }: OperateContext,
  { host, args, permits, doneInPart }: HostApplication,
): Promise<OperationResult> {
  const machine = machineOf(host)
  const identity = identityOf(options, machine.entry.become)
  const begun: Change[] = []
  try {
    const source = planSource(machine, identity, directory, signal, scope.since)
    const { changed, changes } = await applyHost(source, operation, args, {
      link: machine.link,
      reader: machine.reader,
      identity,
      signal,
      ...(options.timeout ? { timeout: options.timeout * 1000 } : {}),
      permits,
      started: change =>
        emit({
          type: 'change.start',
          task,
          host,
          summary: change.summary,
          touches: change.touches,
          ...(change.undo ? { undo: undoView(change.undo, identity) } : {}),
        }),
      done(change, ms) {
        begun.push(change)
        emit({
          type: 'change.applied',
          task,
          host,
          change: changeView(change, operation.imperative),
          ms,
        })
      },
      failed(change, error, someDone) {
        if (someDone) begun.push(change)
        emit({
          type: 'change.failed',
          task,
          host,
          change: changeView(change, operation.imperative),
          begun: someDone,
          error: error.message,
        })
      },
    })
    return resultOf(operation, changed ? 'changed' : 'same', changes, identity)
  } catch (thrown) {
    if (begun.length === 0) throw thrown
    doneInPart(resultOf(operation, 'changed', begun, identity))
    if (!signal.aborted || thrown !== signal.reason) throw thrown
    const last = begun.at(-1)?.summary ?? ''
    throw new InterruptedError(host, 'cancelled', `${operation.name} was interrupted after “${last}”`)
  }
}

/** A result with the ways back of its changes, the latest first. */
function resultOf(
  operation: Operation<unknown>,
  outcome: OperationResult['outcome'],
  changes: readonly Change[],
  identity: Identity,
): OperationResult {
  return new OperationResult(operation.name, outcome, views(operation, changes), undoOf(changes, identity))
}

function views(operation: Operation<unknown>, changes: readonly Change[]): ReturnType<typeof changeView>[] {
  return changes.map(change => changeView(change, operation.imperative))
}

function staysInRun({ run }: Scope, host: string): void {
  const reason = run?.left.get(host)
  if (reason !== undefined) throw new SkippedError(`it left the run: ${reason}`)
}

function refuseReadonly({ entry }: Machine, operation: string): void {
  if (entry.guard === 'readonly')
    throw new GuardError(`${entry.name}: its guard is readonly, so ${operation} was planned and not applied.`)
}

/** In a deploy a change must have been approved or announced as unknown; else it is asked for now, for this host alone. */
async function permittedInRun(
  { operation, options }: OperationRequest,
  { scope, machine }: OperateContext,
  host: string,
  change: Change,
): Promise<boolean> {
  refuseReadonly(machine(host), operation.name)
  if (!scope.run || scope.run.permits(host, change)) return true
  const plan = foldPlans(
    operation,
    `${operation.name}: not in the approved plan`,
    new Map([[host, { outcome: 'change', changes: [change] }]]),
  )
  const approved = await scope.desk.request({
    plan: withUsers(plan, [userOf(machine(host), options)]),
    guards: new Map([[host, machine(host).entry.guard]]),
    unplanned: true,
  })
  return approved?.has(host) ?? false
}
