import type { Fact } from './fact.js'
import type { Host } from './fleet/api.js'
import type { OperationResult } from './fleet/operation-result.js'
import type { Options } from './fleet/options.js'
import type { Results } from './fleet/results.js'
import type { Operation } from './operation.js'

/** Fact domains by name, as `facts.server` …: the facts layer augments it with what it exports. */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be augmented
export interface FactCatalogue {}

/** Operation domains by name, as `fleet.apt` …: the operations layer augments it. */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be augmented
export interface OperationCatalogue {}

/** The definitions an engine binds to its fleets: modules by domain, of which the facts and operations are taken. */
export interface Catalogue {
  readonly facts: Readonly<Record<string, object>>
  readonly operations: Readonly<Record<string, object>>
}

/** A value, or a function that gives it for each host. */
export type PerHost<A> = A | ((host: Host) => A | Promise<A>)

type Parameters<A> = [A] extends [undefined]
  ? [options?: Options]
  : Record<never, never> extends A
    ? [args?: PerHost<A>, options?: Options]
    : [args: PerHost<A>, options?: Options]

type Answer<Scope, T> = Promise<Scope extends 'host' ? T : Results<T>>

// What a domain exports is definitions and nothing else, so that the type of one is worked out without that of its neighbours:
// a third of the time that completing its arguments takes.
type FactsOf<Domain, Scope> = {
  readonly [Name in keyof Domain]: Domain[Name] extends Fact<infer A, infer T>
    ? (...args: Parameters<A>) => Answer<Scope, T>
    : never
}

type OperationsOf<Domain, Scope> = {
  readonly [Name in keyof Domain]: Domain[Name] extends Operation<infer A>
    ? (...args: Parameters<A>) => Answer<Scope, OperationResult>
    : never
}

/** Facts as calls: `facts.server.os()`. */
export type BoundFacts<Scope extends 'host' | 'fleet'> = {
  readonly [Domain in keyof FactCatalogue]: FactsOf<FactCatalogue[Domain], Scope>
}

/** Operations as calls: `fleet.apt.packages({ … })`. */
export type BoundOperations<Scope extends 'host' | 'fleet'> = {
  readonly [Domain in keyof OperationCatalogue]: OperationsOf<OperationCatalogue[Domain], Scope>
}
