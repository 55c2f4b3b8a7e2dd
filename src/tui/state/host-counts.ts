import { type HostEntry, wentWrong } from './hosts.js'

/** How many of some hosts are up, down, on their way, and answered otherwise than most; what a command came to is no state of a host. */
export interface HostCounts {
  readonly ready: number
  /** Was ready, and the link broke. */
  readonly lost: number
  /** Could not be connected. */
  readonly unreachable: number
  readonly coming: number
  readonly differing: number
}

type Entries = ReadonlyMap<string, HostEntry>

const all: readonly string[] = []
const counted = new WeakMap<Entries, WeakMap<readonly string[], HostCounts>>()

/** Counts the hosts of a group, or all; once for as long as the entries and the group stay the same, not with every frame. */
export function countsOf(entries: Entries, members?: readonly string[]): HostCounts {
  return kept(counted, entries, members ?? all, () =>
    count(members ? members.map(host => entries.get(host)) : entries.values()),
  )
}

function count(entries: Iterable<HostEntry | undefined>): HostCounts {
  let [ready, lost, unreachable, coming, differing] = [0, 0, 0, 0, 0]
  for (const entry of entries) {
    if (!entry) continue
    const { state, last } = entry
    if (state === 'ready') ready += 1
    else if (state === 'lost') lost += 1
    else if (state === 'failed') unreachable += 1
    else if (state !== 'idle' && state !== 'closed') coming += 1
    if (last && (last.differs || wentWrong(last))) differing += 1
  }
  return { ready, lost, unreachable, coming, differing }
}

const marks = new WeakMap<ReadonlySet<string>, WeakMap<readonly string[], number>>()

/** How many of a group are marked; counted like {@link countsOf}. */
export function marksIn(marked: ReadonlySet<string>, members: readonly string[]): number {
  if (marked.size === 0) return 0
  return kept(marks, marked, members, () => members.filter(host => marked.has(host)).length)
}

const users = new WeakMap<Entries, WeakMap<readonly string[], readonly string[]>>()

/** Who commands run as on these hosts unless a call says otherwise, as far as it is known; counted like {@link countsOf}. */
export function usersOf(entries: Entries, members: readonly string[]): readonly string[] {
  return kept(users, entries, members, () => {
    const found = members.map(host => entries.get(host)).map(entry => entry?.become ?? entry?.user)
    return [...new Set(found)].filter(user => user !== undefined)
  })
}

/** What belongs to a pair of objects, computed when it is first asked for. */
function kept<K extends object, L extends object, V>(
  store: WeakMap<K, WeakMap<L, V>>,
  outer: K,
  inner: L,
  make: () => V,
): V {
  const values = store.get(outer) ?? new WeakMap<L, V>()
  store.set(outer, values)
  const known = values.get(inner)
  if (known !== undefined) return known
  const value = make()
  values.set(inner, value)
  return value
}
