import { UnreachableError } from '../errors.js'
import { stableJson } from '../stable.js'
import { withoutAddress } from '../text/without-address.js'
import { withoutHost } from '../text/without-host.js'
import type { Outcome } from './outcome.js'

/** Hosts with the identical outcome. */
export interface Folded<T> {
  readonly key: string
  readonly outcome: Outcome<T>
  readonly hosts: readonly string[]
}

/**
 * Groups hosts by identical outcome, largest group first; of equal size, the one with the earlier host first.
 * Durations do not count, nor does the host's own name at the start of an error, nor where it was looked for in vain.
 */
export function fold<T>(outcomes: ReadonlyMap<string, Outcome<T>>): Folded<T>[] {
  const groups = new Map<string, { key: string; outcome: Outcome<T>; hosts: string[] }>()
  for (const [host, outcome] of outcomes) {
    const key = foldKey(host, outcome)
    const group = groups.get(key)
    if (group) group.hosts.push(host)
    else groups.set(key, { key, outcome, hosts: [host] })
  }
  return [...groups.values()].sort((a, b) => b.hosts.length - a.hosts.length)
}

/** Text that is equal for outcomes a person would call the same. */
export function foldKey(host: string, outcome: Outcome<unknown>): string {
  if (outcome.status === 'ok') return `ok ${valueKey(outcome.value)}`
  const { error } = outcome
  if ('foldKey' in error && typeof error.foldKey === 'string') return `${outcome.status} ${error.foldKey}`
  if (error instanceof UnreachableError) return `${outcome.status} ${withoutAddress(error.reason)}`
  return `${outcome.status} ${withoutHost(host, error.message)}`
}

function valueKey(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'foldKey' in value && typeof value.foldKey === 'string')
    return value.foldKey
  return stableJson(value)
}
