import { setMaxListeners } from 'node:events'
import type { Catalogue, PerHost } from './catalogue.js'
import type { Link, LinkObserver } from './connect/link.js'
import { UsageError } from './errors.js'
import type { Emit, Heard } from './events.js'
import type { Fact } from './fact.js'
import type { Fleet, Host } from './fleet/api.js'
import { type Backend, type Doubts, NO_DOUBTS, type TaskSpec } from './fleet/backend.js'
import { type Binding, bindCatalogue } from './fleet/bind.js'
import { fanOut, SkippedError } from './fleet/fan-out.js'
import type { Machine } from './fleet/machine.js'
import { planSource } from './fleet/machine.js'
import { followed, type OperationResult, waysBack } from './fleet/operation-result.js'
import { identityOf, mergeOptions, type Options, optionsOf } from './fleet/options.js'
import type { Outcome } from './fleet/outcome.js'
import { outcomeView } from './fleet/outcome-view.js'
import type { Results } from './fleet/results.js'
import type { Forward } from './forward/forward.js'
import type { ForwardSpec } from './forward/spec.js'
import type { Inventory, InventoryHost } from './inventory/inventory.js'
import type { Guard } from './inventory/spec.js'
import type { Operation } from './operation.js'
import type { OperationCall } from './plan/change.js'
import { PlanUnknown, planningHost } from './plan/host-plan.js'
import { operationLabel } from './plan/view.js'
import { FactReader, type Recall } from './read/fact-reader.js'
import { ApprovalDesk, type Approver } from './run/approval.js'
import { forwardPort } from './run/forward.js'
import { operate } from './run/operate.js'
import { currentScope, readAfresh, type Scope } from './run/scope.js'
import { TaskOutput } from './run/task-output.js'
import { TaskProgress } from './run/task-progress.js'

export interface EngineOptions {
  readonly inventory: Inventory
  /** Fact and operation modules to bind, by domain. */
  readonly catalogue: Catalogue
  /** Makes the link of a host; it connects on first use. */
  readonly link: (host: InventoryHost, observer: LinkObserver) => Link
  /** Decides on plans made outside any cell or run. */
  readonly approver: Approver
  readonly emit: Emit
  /** Where relative paths of local files begin; default: the working directory. */
  readonly directory?: string
  /** Told of every operation that was carried out, with how each host ended: what an undo needs. */
  readonly operated?: (outcomes: ReadonlyMap<string, Outcome<OperationResult>>, cell: number | undefined) => void
  /** Told of what hosts answer, whole enough to be answered again: for a record that is replayed. */
  readonly heard?: Heard
  /** Where facts of a host are answered from instead of the host itself: a record that is replayed. */
  readonly recall?: (host: string) => Recall
  /** Told of the arguments and options of operations and commands, which may hold secrets. */
  readonly learns?: (data: unknown) => void
  /** Most hosts at once in one call, unless its options say otherwise; default 512. */
  readonly parallel?: number
}

/**
 * Hosts, their links and what is known of them; makes fleets. Usable alone, without any of the screens above it.
 *
 * @example
 * const engine = new Engine({ inventory, catalogue, link, approver: approveAll, emit: () => {} })
 * const kernels = await engine.fleet.$`uname -r`
 * await engine.close()
 */
export class Engine implements Backend {
  readonly inventory: Inventory
  readonly universe: Backend['universe']
  readonly #options: EngineOptions
  readonly #machines = new Map<string, Machine>()
  readonly #bound: Binding
  readonly #ownScope: Scope
  #tasks = 0

  constructor(options: EngineOptions) {
    this.#options = options
    this.inventory = options.inventory
    this.universe = { hosts: [...options.inventory.hosts.keys()], groups: options.inventory.groups }
    this.#bound = bindCatalogue(options.catalogue)
    const { signal } = new AbortController()
    setMaxListeners(0, signal)
    this.#ownScope = { mode: 'live', signal, desk: new ApprovalDesk(options.approver, options.emit, signal) }
  }

  /** All hosts of the inventory. */
  get fleet(): Fleet {
    return this.fleetOf(this.universe.hosts, {}, NO_DOUBTS)
  }

  /** Where relative paths of local files begin. */
  get directory(): string {
    return this.#options.directory ?? process.cwd()
  }

  scope(): Scope {
    return currentScope() ?? this.#ownScope
  }

  machine(host: string): Machine {
    const known = this.#machines.get(host)
    if (known) return known
    const entry = this.inventory.hosts.get(host)
    if (!entry) throw new UsageError(`There is no host ${host} in ${this.inventory.source}.`)
    const link = this.#options.link(entry, this.#observe(host))
    const { heard } = this.#options
    const machine = {
      entry,
      link,
      reader: new FactReader(link, heard, this.#options.recall?.(entry.name)),
      forwards: new Set<Forward>(),
      heard,
    }
    this.#machines.set(host, machine)
    return machine
  }

  /** Sets the guard of hosts for the rest of the session. */
  setGuard(hosts: readonly string[], guard: Guard): void {
    for (const host of hosts) {
      const machine = this.machine(host)
      this.#machines.set(host, { ...machine, entry: { ...machine.entry, guard } })
    }
  }

  fleetOf(hosts: readonly string[], options: Options, doubts: Doubts): Fleet {
    return this.#bound.fleet(this, hosts, options, doubts)
  }

  hostOf(host: string, options: Options): Host {
    return this.#bound.host(this, host, options)
  }

  async task<T>(spec: TaskSpec<T>): Promise<Map<string, Outcome<T>>> {
    const scope = this.scope()
    this.#options.learns?.(spec.options.env)
    const hosts = chosenHosts(spec.hosts, spec.options, scope)
    return this.#report(spec.kind, spec.label, hosts, scope, (task, settled) => {
      const progress = new TaskProgress(task, this.#options.emit)
      const output = new TaskOutput(task, this.#options.emit)
      return fanOut(
        hosts,
        { parallel: this.#width(spec.options), signal: scope.signal },
        async host => {
          const left = scope.run?.left.get(host)
          if (left !== undefined) throw new SkippedError(`it left the run: ${left}`)
          const doubt = spec.doubts.get(host)
          if (doubt !== undefined) throw new PlanUnknown(doubt)
          readAfresh(scope, this.machine(host))
          return spec.run(host, scope, {
            onBytes: (done, total) => progress.at(host, done, total),
            onOutput: (_, chunk) => output.said(host, chunk),
          })
        },
        (host, outcome) => {
          output.settled(host)
          scope.run?.note(host, outcome, spec.options)
          settled(host, outcome)
        },
      ).finally(() => {
        progress.end()
        output.end()
      })
    })
  }

  async operate(
    hosts: readonly string[],
    doubts: Doubts,
    operation: Operation<unknown>,
    args: PerHost<unknown>,
    options: Options,
  ): Promise<Map<string, Outcome<OperationResult>>> {
    const scope = this.scope()
    const chosen = chosenHosts(hosts, options, scope)
    const argsFor = async (host: string): Promise<unknown> => {
      const own: unknown = typeof args === 'function' ? await args(this.hostOf(host, options)) : args
      this.#options.learns?.(own)
      return own
    }
    this.#options.learns?.(options.env)
    if (typeof args !== 'function') operation.check(args)
    const label = operationLabel(operation, typeof args === 'function' ? undefined : args, options.label)
    const outcomes = await this.#report<OperationResult>('operation', label, chosen, scope, (task, settled) =>
      operate(
        { operation, hosts: chosen, doubts, argsFor, options },
        {
          scope,
          task,
          directory: this.directory,
          emit: this.#options.emit,
          machine: host => this.machine(host),
          parallel: this.#width(options),
          signal: scope.signal,
          settled,
        },
      ),
    )
    if (scope.mode !== 'plan') this.#options.operated?.(outcomes, scope.cell)
    return outcomes
  }

  readFact<T>(host: string, fact: Fact<unknown, T>, args: unknown, options: Options): Promise<T> {
    const scope = this.scope()
    const overlay = scope.mode === 'plan' ? scope.run?.overlay(host) : undefined
    const machine = this.machine(host)
    const identity = identityOf(options, machine.entry.become)
    const source = planSource(machine, identity, this.directory, scope.signal)
    return planningHost(source, question => {
      const foreseen = overlay?.foresee(question)
      if (foreseen?.kind === 'doubtful')
        throw new PlanUnknown(`${fact.name} depends on “${foreseen.because}”, which is planned before it`)
      return foreseen?.kind === 'predicted' ? foreseen : undefined
    }).fact(fact, args)
  }

  undo(results: Results<unknown>, options: Options): Promise<Results<OperationResult>> {
    return this.undoAll([results.outcomes], options)
  }

  /**
   * Takes operations back, the latest of them first, as one plan.
   *
   * @param operated the outcomes of operations in the order they were carried out
   * @throws {UsageError} when nothing of it changed a host or can be taken back
   */
  async undoAll(
    operated: readonly ReadonlyMap<string, Outcome<unknown>>[],
    options: Options = {},
  ): Promise<Results<OperationResult>> {
    const calls = new Map<string, OperationCall[]>()
    for (const [host, outcome] of operated.toReversed().flatMap(outcomes => [...outcomes])) {
      const back = waysBack(outcome)
      if (back.length > 0) calls.set(host, [...(calls.get(host) ?? []), ...back])
    }
    return this.takeBack(calls, options)
  }

  /**
   * Takes back what these calls undo, on each host one after the other, as whoever made the changes. What belongs to one identity is
   * one plan.
   *
   * @param calls for each host, the latest first
   * @throws {UsageError} when there are none
   */
  async takeBack(
    calls: ReadonlyMap<string, readonly OperationCall[]>,
    options: Options = {},
  ): Promise<Results<OperationResult>> {
    if (calls.size === 0)
      throw new UsageError('There is nothing to undo: no host changed, or what changed cannot be taken back.')
    const { undoOperation, undoRounds } = await import('./run/undo.js')
    // In the order of the inventory: they were noted in the order in which hosts were done.
    const place = new Map(this.universe.hosts.map((host, index) => [host, index]))
    const placed = new Map([...calls].sort(([a], [b]) => (place.get(a) ?? 0) - (place.get(b) ?? 0)))
    const outcomes = new Map<string, Outcome<OperationResult>>()
    for (const { identity, calls: round } of undoRounds(placed)) {
      const hosts = [...round.keys()].filter(host => (outcomes.get(host)?.status ?? 'ok') === 'ok')
      if (hosts.length === 0) continue
      const fleet = this.fleetOf(hosts, identity ? mergeOptions(options, optionsOf(identity)) : options, NO_DOUBTS)
      const results = await fleet.run(undoOperation, host => [...(round.get(host.name) ?? [])])
      for (const [host, outcome] of results.outcomes) outcomes.set(host, followed(outcomes.get(host), outcome))
    }
    return this.fleetOf([...placed.keys()], options, NO_DOUBTS).results(outcomes)
  }

  forward(host: string, spec: ForwardSpec, options: Options, scope: Scope): Promise<Forward> {
    const warn = (text: string) =>
      this.#options.emit({ type: 'note', level: 'warning', text: `A forward reached nothing: ${text}` })
    return forwardPort(this.machine(host), scope, spec, options, warn)
  }

  /** Closes every forward and every connection. */
  async close(): Promise<void> {
    const machines = [...this.#machines.values()]
    const forwards = machines.flatMap(machine => [...machine.forwards])
    await Promise.all([...forwards, ...machines.map(({ link }) => link)].map(each => each.close()))
  }

  #width({ serial, parallel }: Options): number {
    if (serial) return 1
    return Math.max(1, parallel ?? this.#options.parallel ?? 512)
  }

  async #report<T>(
    kind: TaskSpec<T>['kind'],
    label: string,
    hosts: readonly string[],
    scope: Scope,
    run: (task: number, settled: (host: string, outcome: Outcome<T>) => void) => Promise<Map<string, Outcome<T>>>,
  ): Promise<Map<string, Outcome<T>>> {
    const { emit } = this.#options
    const task = ++this.#tasks
    const start = performance.now()
    emit({ type: 'task.start', task, ...(scope.cell === undefined ? {} : { cell: scope.cell }), kind, label, hosts })
    try {
      return await run(task, (host, outcome) =>
        emit({ type: 'task.host', task, host, outcome: outcomeView(host, outcome) }),
      )
    } finally {
      emit({ type: 'task.end', task, ms: performance.now() - start })
    }
  }

  #observe(host: string): LinkObserver {
    const { emit } = this.#options
    return {
      state: ({ state, ms, reason, user, trace }) => {
        if (state === 'lost') this.#machines.get(host)?.reader.forget()
        emit({
          type: 'host.state',
          host,
          state,
          ms,
          ...(reason === undefined ? {} : { reason }),
          ...(user === undefined ? {} : { user }),
        })
        if (trace) emit({ type: 'host.trace', host, trace })
      },
      latency: ms => emit({ type: 'host.latency', host, ms }),
    }
  }
}

/** All of the hosts, or with `runOnce` the first that is still in the run. */
function chosenHosts(hosts: readonly string[], { runOnce }: Options, { run }: Scope): readonly string[] {
  if (!runOnce) return hosts
  const first = hosts.find(host => !run?.left.has(host)) ?? hosts[0]
  return first === undefined ? [] : [first]
}
