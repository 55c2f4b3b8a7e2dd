import { foldNames } from '../../engine/nodeset/fold.js'
import type { Candidate, Candidates } from './candidate.js'

/** The hosts of an inventory in order, and the members of its groups. */
export interface InventoryNames {
  readonly hosts: readonly string[]
  readonly groups: Readonly<Record<string, readonly string[]>>
}

/**
 * What may stand at the end of a host pattern: hosts, and groups with their sign.
 *
 * @param typed the pattern as far as the cursor
 * @example
 * patternCandidates('web-1,!@d', { hosts: ['web-1', 'db-1'], groups: { db: ['db-1'] } })
 * // { from: 7, candidates: [{ name: '@db', kind: 'group', … }, { name: 'db-1', … }, …] }
 */
export function patternCandidates(typed: string, { hosts, groups }: InventoryNames): Candidates {
  // A bracket that is open holds a range, not names.
  if (/\[[^\]]*$/.test(typed)) return { from: typed.length, candidates: [] }
  const from = typed.length - (/[^,&!^\s]*$/.exec(typed)?.[0].length ?? 0)
  const named: Candidate[] = Object.entries(groups).map(([name, members]) => ({
    name: `@${name}`,
    kind: 'group',
    detail: `${members.length} ${members.length === 1 ? 'host' : 'hosts'}: ${foldNames(members)}`,
  }))
  return { from, candidates: typed.startsWith('@', from) ? named : [...named, ...hostCandidates({ hosts })] }
}

/** Single hosts, by their names. */
export function hostCandidates({ hosts }: Pick<InventoryNames, 'hosts'>): readonly Candidate[] {
  return hosts.map(name => ({ name, kind: 'host' }))
}
