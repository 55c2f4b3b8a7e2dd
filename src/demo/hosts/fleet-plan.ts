import { UsageError } from '../../engine/errors.js'

/** Which of two releases a demo host runs. */
export type Release = '12.9' | '11.11'

export type Role = 'web' | 'db' | 'edge'

/** What one demo host is to be: everything that its files are made from. */
export interface HostPlan {
  readonly name: string
  readonly role: Role
  readonly release: Release
}

const FIRST: readonly HostPlan[] = [
  { name: 'web-1', role: 'web', release: '12.9' },
  { name: 'web-2', role: 'web', release: '12.9' },
  { name: 'web-3', role: 'web', release: '11.11' },
  { name: 'db-1', role: 'db', release: '12.9' },
  { name: 'edge-1', role: 'edge', release: '12.9' },
]

const MOST = 100

/**
 * The hosts of a demo fleet: the five that differ in interesting ways, then further `edge-N` that are all alike.
 *
 * @param count how many, 1 to 100
 * @throws {UsageError} for any other count
 */
export function planHosts(count: number): readonly HostPlan[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST)
    throw new UsageError(`a demo fleet has 1 to ${MOST} hosts, not ${count}: give a count in that range`)
  const more = Array.from(
    { length: Math.max(0, count - FIRST.length) },
    (_, index): HostPlan => ({ name: `edge-${index + 2}`, role: 'edge', release: '12.9' }),
  )
  return [...FIRST.slice(0, count), ...more]
}
