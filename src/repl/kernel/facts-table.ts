import type { Engine } from '../../engine/engine.js'
import { foldNames } from '../../engine/nodeset/fold.js'
import { factText } from '../fact-text.js'
import type { Display, FactRow, FactView } from '../protocol.js'
import { usualFacts } from './host-facts.js'

/** Hosts whose facts are read at once. */
const AT_ONCE = 32

/** The usual facts of hosts, by their names. */
export async function factsOf(
  engine: Engine,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, readonly FactView[]>> {
  const found = new Map<string, readonly FactView[]>(hosts.map(host => [host, []]))
  const left = [...hosts]
  const next = async (): Promise<void> => {
    for (let host = left.shift(); host !== undefined; host = left.shift())
      found.set(host, await usualFacts(engine, host))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
  return found
}

/**
 * Facts as a table: of one host each with its value; of several each value with the hosts that have it, those of most hosts first,
 * what others have below it behind a `≠`. Pure.
 */
export function factsTable(facts: ReadonlyMap<string, readonly FactView[]>): Extract<Display, { kind: 'table' }> {
  const single = facts.size === 1
  const rows = new Map<string, { readonly name: string; readonly values: Map<string, string[]> }>()
  for (const [host, views] of facts)
    for (const { name: fact, rows: own, error } of views)
      for (const row of error === undefined ? own : ([['', `✗ ${error}`]] satisfies FactRow[])) {
        const name = row[0] === '' ? fact : `${fact} ${row[0]}`
        const known = rows.get(name) ?? { name, values: new Map<string, string[]>() }
        rows.set(name, known)
        const value = factText(fact, row)
        known.values.set(value, [...(known.values.get(value) ?? []), host])
      }
  return {
    kind: 'table',
    columns: single ? ['fact', 'value'] : ['fact', 'value', 'hosts'],
    rows: [...rows.values()].flatMap(({ name, values }) =>
      [...values]
        .toSorted(([, a], [, b]) => b.length - a.length)
        .map(([value, hosts], at) => {
          const shown = at === 0 ? value : `≠ ${value}`
          const who = hosts.length === facts.size ? 'all' : foldNames(hosts)
          return single ? [name, value] : [at === 0 ? name : '', shown, who]
        }),
    ),
  }
}
