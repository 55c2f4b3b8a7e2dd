import type { Catalogue } from '../catalogue.js'
import type { Fact } from '../fact.js'
import type { Operation } from '../operation.js'
import type { Fleet, Host } from './api.js'
import type { Backend, Doubts } from './backend.js'
import { FleetCore } from './fleet.js'
import { HostCore } from './host.js'
import type { Options } from './options.js'

/** What a fleet and a host have in common: they take any fact and any operation. */
interface Target {
  fact(fact: Fact<unknown, unknown>, args: unknown, options?: Options): Promise<unknown>
  run(operation: Operation<unknown>, args: unknown, options?: Options): Promise<unknown>
}

type Call = (...args: unknown[]) => Promise<unknown>

/** Makes fleets and hosts that have the catalogue's facts and operations as members. */
export interface Binding {
  fleet(backend: Backend, names: readonly string[], options: Options, doubts: Doubts): Fleet
  host(backend: Backend, name: string, options: Options): Host
}

/**
 * Hangs a catalogue on the prototypes of fleets and hosts, once, so that `fleet.facts.server.os()` and `host.apt.packages({…})` are calls.
 *
 * @throws {TypeError} when an operation domain has the name of a fleet's or host's own member.
 */
export function bindCatalogue(catalogue: Catalogue): Binding {
  for (const domain of Object.keys(catalogue.operations)) {
    if (domain in FleetCore.prototype || domain in HostCore.prototype)
      throw new TypeError(`the operation domain ${domain} has the name of a fleet's own member`)
  }
  class BoundFleet extends FleetCore {}
  class BoundHost extends HostCore {}
  Object.defineProperties(BoundFleet.prototype, members<FleetCore>(catalogue))
  Object.defineProperties(BoundHost.prototype, members<HostCore>(catalogue))
  return {
    // BoundFacts and BoundOperations are computed from the catalogue's types: this is the one place where both meet
    fleet: (...args) => new BoundFleet(...args) as Fleet,
    host: (...args) => new BoundHost(...args) as Host,
  }
}

function members<T extends Target>({ facts, operations }: Catalogue): PropertyDescriptorMap & ThisType<T> {
  const domains = Object.entries(operations).map(([domain, module]): [string, PropertyDescriptor & ThisType<T>] => [
    domain,
    {
      get() {
        return operationCalls(this, module)
      },
    },
  ])
  const factsMember: PropertyDescriptor & ThisType<T> = {
    get() {
      return Object.fromEntries(Object.entries(facts).map(([domain, module]) => [domain, factCalls(this, module)]))
    },
  }
  return { ...Object.fromEntries(domains), facts: factsMember }
}

function factCalls(target: Target, module: object): Record<string, Call> {
  return Object.fromEntries(
    Object.entries(module)
      .filter((entry): entry is [string, Fact<unknown, unknown>] => isDefinition(entry[1], 'fact'))
      .map(([name, fact]) => [
        name,
        (first, second) =>
          fact.args ? target.fact(fact, first, optionsOf(second)) : target.fact(fact, undefined, optionsOf(first)),
      ]),
  )
}

function operationCalls(target: Target, module: object): Record<string, Call> {
  return Object.fromEntries(
    Object.entries(module)
      .filter((entry): entry is [string, Operation<unknown>] => isDefinition(entry[1], 'operation'))
      .map(([name, operation]) => [name, (args, options) => target.run(operation, args, optionsOf(options))]),
  )
}

function isDefinition(value: unknown, kind: 'fact' | 'operation'): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind
}

function optionsOf(value: unknown): Options {
  return typeof value === 'object' && value !== null ? value : {}
}
