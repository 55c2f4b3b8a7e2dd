import type { PerHost } from '../catalogue.js'
import type { RunOptions } from '../connect/link.js'
import type { TaskKind } from '../events.js'
import type { Fact } from '../fact.js'
import type { Forward } from '../forward/forward.js'
import type { ForwardSpec } from '../forward/spec.js'
import type { Operation } from '../operation.js'
import type { Scope } from '../run/scope.js'
import type { OnBytes } from '../transfer/carrier.js'
import type { Fleet, Host } from './api.js'
import type { Machine } from './machine.js'
import type { OperationResult } from './operation-result.js'
import type { Options } from './options.js'
import type { Outcome } from './outcome.js'
import type { Results } from './results.js'

/** Doubts: hosts of which it is not known that they belong to a selection, with the reason. */
export type Doubts = ReadonlyMap<string, string>

export const NO_DOUBTS: Doubts = new Map()

/** What fleets and hosts need of the engine. */
export interface Backend {
  /** All host names, in inventory order, and the members of each group. */
  readonly universe: { readonly hosts: readonly string[]; readonly groups: ReadonlyMap<string, readonly string[]> }
  /** Where relative paths of local files begin. */
  readonly directory: string
  machine(host: string): Machine
  fleetOf(hosts: readonly string[], options: Options, doubts: Doubts): Fleet
  hostOf(host: string, options: Options): Host
  /** Runs one task on hosts, reports it as events, and collects how each host ended. */
  task<T>(task: TaskSpec<T>): Promise<Map<string, Outcome<T>>>
  operate(
    hosts: readonly string[],
    doubts: Doubts,
    operation: Operation<unknown>,
    args: PerHost<unknown>,
    options: Options,
  ): Promise<Map<string, Outcome<OperationResult>>>
  readFact<T>(host: string, fact: Fact<unknown, T>, args: unknown, options: Options): Promise<T>
  forward(host: string, spec: ForwardSpec, options: Options, scope: Scope): Promise<Forward>
  undo(results: Results<unknown>, options: Options): Promise<Results<OperationResult>>
  scope(): Scope
}

/** Told how far a host is while it is at work. */
export interface TaskListeners {
  readonly onBytes: OnBytes
  readonly onOutput: NonNullable<RunOptions['onOutput']>
}

export interface TaskSpec<T> {
  readonly kind: TaskKind
  readonly label: string
  readonly hosts: readonly string[]
  readonly doubts: Doubts
  readonly options: Options
  /** @param onBytes told how far it is on this host, where that can be said in bytes */
  run(host: string, scope: Scope, progress: TaskListeners): Promise<T>
}
