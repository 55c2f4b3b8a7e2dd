import { UsageError } from '../engine/errors.js'
import { selectHosts, type Universe } from '../engine/nodeset/pattern.js'
import type { DisplayGroup } from './protocol.js'

/** Shells that are opened at once, at most. */
export const MOST_SHELLS = 64

/** Fleets that are bound at the prompt, by what happened or was marked: `sel`, `failed`. */
export type BoundFleets = Readonly<Record<string, readonly string[]>>

/**
 * The hosts that a command's argument means: one of the bound fleets, a group by its bare name, or a pattern.
 *
 * @throws {UsageError} no such host, or a bound fleet that is empty
 * @example
 * hostsMeant('sel', universe, { sel: ['web-1', 'web-3'] }) // ['web-1', 'web-3']
 */
export function hostsMeant(argument: string, universe: Universe, bound: BoundFleets): readonly string[] {
  const name = argument.trim()
  const fleet = Object.hasOwn(bound, name) ? bound[name] : undefined
  if (fleet?.length === 0)
    throw new UsageError(name === 'sel' ? 'No host is marked: sel is empty.' : `${name} is empty: no host is in it.`)
  return fleet ?? universe.groups.get(name) ?? selectHosts(name, universe)
}

/** The fleets that are bound to how hosts fared in a cell. */
export function lastFleets(
  groups: readonly DisplayGroup[],
): Readonly<Record<'failed' | 'changed' | 'unreachable', readonly string[]>> {
  const those = (test: (group: DisplayGroup) => boolean): readonly string[] =>
    groups.filter(test).flatMap(({ hosts }) => hosts)
  return {
    failed: those(({ status }) => status === 'failed'),
    changed: those(({ changes = [] }) => changes.length > 0),
    unreachable: those(({ status }) => status === 'unreachable'),
  }
}

/**
 * The marked hosts after `:mark ARGUMENT`: `none`; a pattern, which takes the place of what was marked; `+` or `-` before it adds to
 * that or takes away.
 *
 * @throws {UsageError} no such host
 * @example
 * markedBy('+web-2', universe, { sel: ['web-1'] }) // ['web-1', 'web-2']
 */
export function markedBy(argument: string, universe: Universe, bound: BoundFleets): readonly string[] {
  if (argument === 'none') return []
  const sign = /^[+-]/.exec(argument)?.[0] ?? ''
  const meant = new Set(hostsMeant(argument.slice(sign.length), universe, bound))
  const before = new Set(sign === '' ? [] : bound.sel)
  return universe.hosts.filter(host =>
    sign === '-' ? before.has(host) && !meant.has(host) : before.has(host) || meant.has(host),
  )
}
