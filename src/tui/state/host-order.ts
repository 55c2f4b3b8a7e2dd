import { type HostEntry, type Hosts, wentWrong } from './hosts.js'

/** In which order hosts stand within their groups. */
export type HostOrder = 'inventory' | 'name' | 'state' | 'last' | 'latency'

const ORDERS: readonly HostOrder[] = ['inventory', 'name', 'state', 'last', 'latency']

export const nextOrder = (order: HostOrder): HostOrder =>
  ORDERS[(ORDERS.indexOf(order) + 1) % ORDERS.length] ?? 'inventory'

const names = new Intl.Collator('en', { numeric: true })

/** Sorts hosts: what needs attention first (not ready, differing, slow), equal ones as they were. */
export function orderHosts(
  order: HostOrder,
  { entries, latencies }: Pick<Hosts, 'entries' | 'latencies'>,
): ((hosts: readonly string[]) => readonly string[]) | undefined {
  switch (order) {
    case 'inventory':
      return undefined
    case 'name':
      return hosts => hosts.toSorted(names.compare)
    case 'state':
      return byRank(entries, stateRank)
    case 'last':
      return byRank(entries, lastRank)
    case 'latency':
      return byRank(entries, ({ name }) => -(latencies.get(name)?.at(-1) ?? -1))
  }
}

function byRank(entries: ReadonlyMap<string, HostEntry>, rank: (entry: HostEntry) => number) {
  return (hosts: readonly string[]) =>
    hosts
      .map(host => {
        const entry = entries.get(host)
        return { host, rank: entry ? rank(entry) : 0 }
      })
      .sort((a, b) => a.rank - b.rank)
      .map(({ host }) => host)
}

function stateRank({ state }: HostEntry): number {
  if (state === 'failed') return 0
  if (state === 'lost') return 1
  return state === 'ready' ? 3 : state === 'idle' || state === 'closed' ? 4 : 2
}

function lastRank({ last }: HostEntry): number {
  if (!last) return 4
  if (wentWrong(last)) return 0
  return last.differs ? 1 : last.changed ? 2 : 3
}
