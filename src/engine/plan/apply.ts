import { reboot } from '../connect/link/reboot.js'
import type { Identity, Link } from '../connect/link.js'
import { InterruptedError, MusterError } from '../errors.js'
import type { Operation } from '../operation.js'
import type { FactReader } from '../read/fact-reader.js'
import { stableJson } from '../stable.js'
import { brief } from '../text/brief.js'
import { Cargo } from '../transfer/cargo.js'
import { type LocalFile, localFile } from '../transfer/local-file.js'
import type { Change, OperationCall, Step } from './change.js'
import { asError, type PlanSource, planHost, planningHost } from './host-plan.js'
import { Overlay } from './overlay.js'
import { diffCount } from './render-diff.js'

/** A step of a change failed; what came before it in the same change was done. */
export class ChangeError extends MusterError {
  override readonly name = 'ChangeError'
  constructor(
    readonly host: string,
    readonly change: Change,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: could not ${change.summary}: ${reason}`, options)
  }
}

/** All steps succeeded and yet the host is not as planned. */
export class PlannedNotActual extends MusterError {
  override readonly name = 'PlannedNotActual'
  constructor(
    readonly host: string,
    readonly operation: string,
    reason: string,
  ) {
    super(`${host}: ${operation} was applied, but ${reason}`)
  }
}

/** A change came up that was neither in the approved plan nor announced as unknown. */
export class UnplannedChange extends MusterError {
  override readonly name = 'UnplannedChange'
  constructor(
    readonly host: string,
    readonly change: Change,
  ) {
    super(`${host}: “${change.summary}” was not in the approved plan; nothing more was done on this host.`)
  }
}

/** What applying an operation to one host did, as measured. */
export interface Applied {
  /** Whether the host differs from before. */
  readonly changed: boolean
  readonly changes: readonly Change[]
}

export interface ApplyContext {
  readonly link: Link
  readonly reader: FactReader
  readonly identity: Identity
  readonly signal?: AbortSignal
  /** Milliseconds for a step without a limit of its own. */
  readonly timeout?: number
  /** Whether this change may be carried out; called once for each, in order. */
  permits(change: Change): Promise<boolean>
  started(change: Change): void
  done(change: Change, ms: number): void
  /** `begun`: some of it may have been carried out. */
  failed(change: Change, error: Error, begun: boolean): void
}

/**
 * Applies an operation to one host: each change is carried out before the plan goes on, so that later facts are fresh; then
 * what was predicted is measured, and the operation planned again, which must find nothing left to do. One that is made of
 * others ({@link Operation.parts}) is applied and measured call by call.
 *
 * @throws {ChangeError} a step failed
 * @throws {UnplannedChange} a change was not permitted
 * @throws {PlannedNotActual} the steps succeeded without the effect that was planned
 */
export async function applyHost(
  source: PlanSource,
  operation: Operation<unknown>,
  args: unknown,
  context: ApplyContext,
): Promise<Applied> {
  const changes: Change[] = []
  let changed = false
  const host = planningHost(source, () => undefined)
  for (const part of operation.parts(args)) {
    const already = changes.length
    for await (const change of part.operation.plan(host, part.args)) {
      if (!(await context.permits(change))) throw new UnplannedChange(source.name, change)
      const before = await predictedFacts(source, change)
      await carryOut(source.name, change, context)
      changes.push(change)
      const after = await predictedFacts(source, change)
      verifyPredictions(source.name, operation.name, change, after)
      changed ||= before.length === 0 || stableJson(before) !== stableJson(after)
    }
    if (changes.length > already && !part.operation.imperative) await verifySettled(source, part, operation.name)
  }
  return { changed, changes }
}

async function carryOut(host: string, change: Change, context: ApplyContext): Promise<void> {
  context.started(change)
  const start = performance.now()
  let carried = 0
  try {
    for (const step of change.steps) {
      await carryOutStep(host, change, step, context)
      carried++
    }
  } catch (thrown) {
    const error = stepError(host, change, thrown, context.signal)
    context.failed(change, error, carried > 0 || error instanceof ChangeError || error instanceof InterruptedError)
    throw error
  } finally {
    context.reader.invalidate(change.touches)
  }
  context.done(change, performance.now() - start)
}

/** muster's own errors and the word to stop pass as they are. */
function stepError(host: string, change: Change, thrown: unknown, signal: AbortSignal | undefined): Error {
  if (thrown instanceof MusterError) return thrown
  if (signal?.aborted && thrown === signal.reason && thrown instanceof Error) return thrown
  return new ChangeError(host, change, asError(thrown).message, { cause: thrown })
}

async function carryOutStep(
  host: string,
  change: Change,
  step: Step,
  { link, reader, identity, signal, timeout }: ApplyContext,
): Promise<void> {
  const common = { identity, ...(signal ? { signal } : {}) }
  if (step.kind === 'write') {
    const { path, content, mode, owner, group } = step
    const options = {
      ...common,
      ...(mode ? { mode } : {}),
      ...(owner ? { owner } : {}),
      ...(group ? { group } : {}),
    }
    if (content instanceof Uint8Array) await link.write(path, content, options)
    else await link.upload({ cargo: await asPlanned(host, change, content), path, ...options })
    return
  }
  if (step.kind === 'reboot') {
    const { command, delay, timeout } = step
    try {
      await reboot(link, { ...common, command, delay, timeout })
    } finally {
      reader.forget()
    }
    return
  }
  const limit = step.timeout ?? timeout
  const raw = await link.run(step.script, {
    ...common,
    ...(step.stdin ? { stdin: step.stdin } : {}),
    ...(limit ? { timeout: limit } : {}),
  })
  if (raw.exitCode === 0) return
  const said =
    raw.stderr.toString('utf8').trim().split('\n').at(-1) || raw.stdout.toString('utf8').trim().split('\n').at(-1)
  throw new ChangeError(
    host,
    change,
    `${brief(step.script)} exited with ${raw.exitCode}${said ? `: ${said.slice(0, 300)}` : ''}`,
  )
}

/** What is sent is what was approved. @throws {ChangeError} the local file is another by now */
async function asPlanned(host: string, change: Change, planned: LocalFile): Promise<Cargo> {
  const now = await localFile(planned.path)
  if (now.sha256 !== planned.sha256)
    throw new ChangeError(host, change, `${planned.path} has changed on this machine since it was planned`)
  return Cargo.file(now)
}

async function predictedFacts(source: PlanSource, change: Change): Promise<unknown[]> {
  return Promise.all(
    (change.predicts ?? []).map(async ({ fact, args }) => {
      const question = fact.ask(args)
      return question.settled(await source.readFact(question))
    }),
  )
}

function verifyPredictions(host: string, operation: string, change: Change, actual: readonly unknown[]): void {
  for (const [i, { fact, args, value }] of (change.predicts ?? []).entries()) {
    const question = fact.ask(args)
    const [planned, measured] = [stableJson(question.settled(value)), stableJson(actual[i])]
    if (planned !== measured)
      throw new PlannedNotActual(
        host,
        operation,
        `after “${change.summary}” ${question.key} is ${clip(measured)} instead of ${clip(planned)}.`,
      )
  }
}

async function verifySettled(source: PlanSource, { operation, args }: OperationCall, name: string): Promise<void> {
  const again = await planHost(source, operation, args, new Overlay())
  if (again.outcome === 'failed') throw again.error
  const left = again.changes.filter(change => change.settles !== false)
  const [first] = left
  if (!first) return
  const { added, removed } = diffCount(first.diff)
  throw new PlannedNotActual(source.name, name, `“${first.summary}” (+${added} −${removed}) is still to be done.`)
}

const clip = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text)
