import type { BoundFacts, BoundOperations } from '../catalogue.js'
import type { FleetCore } from './fleet.js'
import type { HostCore } from './host.js'

/**
 * An ordered selection of hosts. Every operation domain is a member: `fleet.apt.packages({ … })`; facts are under `fleet.facts`.
 * A Fleet collects: a call resolves to {@link Results}, whatever single hosts answered.
 */
export type Fleet = FleetCore & BoundOperations<'fleet'> & { readonly facts: BoundFacts<'fleet'> }

/** One machine. A Host throws: a call rejects when it fails. */
export type Host = HostCore & BoundOperations<'host'> & { readonly facts: BoundFacts<'host'> }
