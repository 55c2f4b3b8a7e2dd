import { UsageError } from '../errors.js'
import { expandOne, splitTopLevel } from './fold.js'

/** A host pattern names a host or a group that the inventory does not have. */
export class UnknownNameError extends UsageError {
  /**
   * @param wrong the name as written, `@wbe` for a group
   * @param near what was probably meant, written the same way
   */
  constructor(
    message: string,
    readonly wrong: string,
    readonly near: string | undefined,
  ) {
    super(message)
  }
}

/** What a pattern is resolved against: all host names in order, and the members of each group. */
export interface Universe {
  readonly hosts: readonly string[]
  readonly groups: ReadonlyMap<string, readonly string[]>
}

/**
 * The hosts a pattern selects, in inventory order.
 *
 * - `web-1`, `web-[1-9]`, `db[01-10]-eu`: names; `web-*`, `?b-1`: wildcards; `*`: all
 * - `@web`: the members of a group
 * - `a,b`: either; `a&b`: both; `a!b`: the first without the second; `a^b`: one but not both. Within a term these work left to right.
 * - a term that begins with `!` is taken out of the whole, wherever it stands; with nothing else, out of all hosts.
 *
 * @example
 * selectHosts('web-[1-9],!web-3,@db&@eu', universe)
 * @throws {UsageError} for a name or group that is not in the inventory, or a malformed pattern.
 */
export function selectHosts(pattern: string, universe: Universe): string[] {
  const terms = splitTopLevel(pattern)
  if (terms.length === 0) throw new UsageError('The host pattern is empty; use * for all hosts.')
  const added = terms.filter(term => !term.startsWith('!'))
  const taken = terms.filter(term => term.startsWith('!')).map(term => term.slice(1))
  const selected = new Set(added.length === 0 ? universe.hosts : added.flatMap(term => [...termHosts(term, universe)]))
  for (const term of taken) for (const host of termHosts(term, universe)) selected.delete(host)
  return universe.hosts.filter(host => selected.has(host))
}

function termHosts(term: string, universe: Universe): Set<string> {
  const [first = '', ...rest] = term.split(/([&!^])/)
  let left = atomHosts(first.trim(), term, universe)
  for (let i = 0; i < rest.length; i += 2) {
    const right = atomHosts((rest[i + 1] ?? '').trim(), term, universe)
    left = combine(left, rest[i] ?? '', right)
  }
  return left
}

function combine(left: ReadonlySet<string>, operator: string, right: ReadonlySet<string>): Set<string> {
  if (operator === '&') return new Set([...left].filter(host => right.has(host)))
  if (operator === '!') return new Set([...left].filter(host => !right.has(host)))
  return new Set([...[...left].filter(host => !right.has(host)), ...[...right].filter(host => !left.has(host))])
}

function atomHosts(atom: string, term: string, universe: Universe): Set<string> {
  if (atom === '') throw new UsageError(`The host pattern “${term}” lacks a name beside an operator.`)
  return new Set(
    expanded(atom).flatMap(name => (name.startsWith('@') ? groupHosts(name, universe) : namedHosts(name, universe))),
  )
}

function expanded(atom: string): string[] {
  try {
    return expandOne(atom)
  } catch (error) {
    throw new UsageError(`The host pattern ${error instanceof Error ? error.message : String(error)}.`)
  }
}

function groupHosts(name: string, universe: Universe): readonly string[] {
  if (name === '@*' || name === '@all') return universe.hosts
  const members = universe.groups.get(name.slice(1))
  if (members) return members
  const groups = [...universe.groups.keys()]
  const near = nearest(name.slice(1), groups)
  throw new UnknownNameError(
    `There is no group ${name}${suggest(name.slice(1), groups, '@')}`,
    name,
    near === undefined ? undefined : `@${near}`,
  )
}

function namedHosts(name: string, universe: Universe): readonly string[] {
  if (/[*?]/.test(name)) {
    const shape = new RegExp(
      `^${name
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    )
    const hosts = universe.hosts.filter(host => shape.test(host))
    if (hosts.length === 0 && name !== '*') throw new UsageError(`No host matches ${name}.`)
    return hosts
  }
  if (universe.hosts.includes(name)) return [name]
  const isGroup = universe.groups.has(name)
  throw new UnknownNameError(
    `There is no host ${name}${isGroup ? `; for the group write @${name}.` : suggest(name, universe.hosts)}`,
    name,
    isGroup ? `@${name}` : nearest(name, universe.hosts),
  )
}

/** The end of a sentence about an unknown name: `; did you mean web?`, or `; there are web, db.` when those are few, or `.`. */
export function suggest(wrong: string, known: readonly string[], mark = ''): string {
  const near = nearest(wrong, known)
  if (near !== undefined) return `; did you mean ${mark}${near}?`
  if (known.length === 0) return '; there are none.'
  return known.length <= 8 ? `; there are ${known.map(name => mark + name).join(', ')}.` : '.'
}

/** The known name that differs from a wrong one by little, as a slip of the fingers does. */
export function nearest(wrong: string, known: readonly string[]): string | undefined {
  return known
    .map(name => ({ name, distance: editDistance(wrong, name) }))
    .filter(({ name, distance }) => distance < name.length && distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0]?.name
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? 0 : 1
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swap === 0 ? (row[j - 1] ?? 0) : Number.POSITIVE_INFINITY,
      )
    }
    row = next
  }
  return row[b.length] ?? 0
}
