import type { LinkState } from '../../engine/connect/connector.js'
import type { OutcomeStatus } from '../../engine/events.js'
import type { BoundFleets } from '../../repl/marked.js'
import type { HostView, SessionEvent, SessionRecord } from '../../repl/protocol.js'
import { hostFilter } from './host-filter.js'
import { type HostOrder, orderHosts } from './host-order.js'
import { type HostGroup, type TreeRow, treeGroups, treeRows } from './host-tree.js'

export interface HostEntry extends HostView {
  readonly state: LinkState
  /** When it entered that state, milliseconds since the epoch. */
  readonly since: number
  /** Why it is lost or failed. */
  readonly reason?: string
  /** The user it last logged in as. */
  readonly user?: string
  /** How it answered in the last cell that asked it. */
  readonly last?: LastAnswer
}

export interface LastAnswer {
  readonly cell: number
  readonly status: OutcomeStatus
  /** Most hosts answered otherwise. */
  readonly differs: boolean
  readonly changed: boolean
}

/** Whether a host failed at what it was asked; one that was left out on purpose did not. */
export const wentWrong = ({ status }: LastAnswer): boolean => status !== 'ok' && status !== 'skipped'

/** Round trips that are remembered of a host. */
const REMEMBERED = 12

/** The hosts pane: every host, and the tree as far as it is open. */
export interface Hosts {
  readonly entries: ReadonlyMap<string, HostEntry>
  /**
   * Milliseconds of each host's last round trips, oldest first; apart from the entries, because they change all the time, and
   * what is counted and sorted by the rest need not be done again for them.
   */
  readonly latencies: ReadonlyMap<string, readonly number[]>
  readonly groups: readonly HostGroup[]
  readonly open: ReadonlySet<string>
  readonly filter: string
  /** The filter is being typed. */
  readonly filtering: boolean
  readonly order: HostOrder
  readonly rows: readonly TreeRow[]
  /** Index into `rows`. */
  readonly cursor: number
  readonly marked: ReadonlySet<string>
  /** Those whose marks were all taken away at last: they come back. */
  readonly unmarked: ReadonlySet<string>
  /** Another object whenever guards are set. */
  readonly guarded: object
}

export const NO_HOSTS: Hosts = {
  entries: new Map(),
  latencies: new Map(),
  groups: [],
  open: new Set(),
  filter: '',
  filtering: false,
  order: 'inventory',
  rows: [],
  cursor: 0,
  marked: new Set(),
  unmarked: new Set(),
  guarded: {},
}

/** Groups of up to this many hosts begin open, as long as all of them together do not pass it twice over. */
const BEGINS_OPEN = 24

/** Applies what happened to hosts. The entries are copied once for the whole batch, not once for each event. */
export function applyHostRecords(hosts: Hosts, records: readonly SessionRecord[]): Hosts {
  let next = hosts
  let entries: Map<string, HostEntry> | undefined
  let latencies: Map<string, readonly number[]> | undefined
  for (const record of records) {
    if (record.type === 'session.start') {
      next = startHosts(record)
      entries = new Map(next.entries)
      latencies = undefined
    } else if (record.type === 'session.marked') {
      next = { ...next, marked: new Set(record.hosts), unmarked: new Set() }
      entries ??= new Map(next.entries)
    } else if (record.type === 'session.guarded') {
      entries ??= new Map(next.entries)
      for (const host of record.hosts) {
        const entry = entries.get(host)
        if (entry) entries.set(host, { ...entry, guard: record.guard })
      }
      next = { ...next, guarded: {} }
    } else if (record.type === 'host.latency') {
      latencies ??= new Map(next.latencies)
      latencies.set(record.host, [...(latencies.get(record.host) ?? []), record.ms].slice(-REMEMBERED))
    } else if (record.type === 'host.state') {
      entries ??= new Map(next.entries)
      const entry = entries.get(record.host)
      if (entry) entries.set(record.host, inState(entry, record))
    } else if (record.type === 'cell.end') {
      entries = withAnswers(entries ?? new Map(next.entries), record)
    }
  }
  if (!entries && !latencies) return next
  const applied = { ...next, entries: entries ?? next.entries, latencies: latencies ?? next.latencies }
  // what the tree is sorted or filtered by may have changed
  const moved = entries ? applied.order !== 'inventory' || applied.filter.includes('is:') : applied.order === 'latency'
  return moved ? withRows(applied) : applied
}

/** How hosts answered in a cell: the largest group is what most say, the others differ. */
function withAnswers(
  entries: Map<string, HostEntry>,
  { cell, end }: Extract<SessionRecord, { type: 'cell.end' }>,
): Map<string, HostEntry> {
  if (end.kind !== 'ok' || end.value.kind !== 'results') return entries
  const { groups, of } = end.value
  const most = Math.max(0, ...groups.map(({ hosts }) => hosts.length))
  // where each says something else, such as its name, nobody stands out
  const usual = most > 1 ? groups.findIndex(({ hosts }) => hosts.length === most) : undefined
  for (const [index, { hosts, status, changes, exitCode = 0 }] of groups.entries()) {
    const last: LastAnswer = {
      cell,
      status: status === 'ok' && exitCode !== 0 ? 'failed' : status,
      differs: of !== 'operation' && usual !== undefined && index !== usual,
      changed: (changes?.length ?? 0) > 0,
    }
    for (const host of hosts) {
      const entry = entries.get(host)
      if (entry) entries.set(host, { ...entry, last })
    }
  }
  return entries
}

function inState(
  { reason: _, ...entry }: HostEntry,
  { state, at, reason, user }: Extract<SessionRecord, { type: 'host.state' }>,
): HostEntry {
  return {
    ...entry,
    state,
    since: at,
    ...(reason === undefined ? {} : { reason }),
    ...(user === undefined ? {} : { user }),
  }
}

function startHosts({ hosts, groups: named }: Extract<SessionEvent, { type: 'session.start' }>): Hosts {
  const names = hosts.map(host => host.name)
  const groups = treeGroups(names, named)
  const total = groups.reduce((sum, group) => sum + group.hosts.length, 0)
  const open = groups.filter(({ hosts: members }) => members.length <= BEGINS_OPEN && total <= 2 * BEGINS_OPEN)
  return withRows({
    ...NO_HOSTS,
    entries: new Map(hosts.map(host => [host.name, { ...host, state: 'idle', since: 0 }])),
    groups,
    guarded: {},
    open: new Set(open.map(group => group.name)),
  })
}

/** The same hosts with the tree's rows computed anew and the cursor on the row it was on, where that is still there. */
export function withRows(hosts: Hosts): Hosts {
  const rows = treeRows({
    hosts: [...hosts.entries.keys()],
    groups: hosts.groups,
    open: hosts.open,
    wanted: hostFilter(hosts.filter, hosts),
    order: orderHosts(hosts.order, hosts),
  })
  const before = hosts.rows[hosts.cursor]
  return { ...hosts, rows, cursor: Math.max(0, rowLike(rows, before, hosts.cursor)) }
}

/** Where the row is that the cursor was on: a host stands under several groups, of which the nearest to where it was is meant. */
function rowLike(rows: readonly TreeRow[], before: TreeRow | undefined, cursor: number): number {
  const same = rows.flatMap((row, index) => (row.kind === before?.kind && row.name === before.name ? [index] : []))
  const [first] = same
  if (first === undefined) return Math.min(cursor, rows.length - 1)
  return same.reduce((best, index) => (Math.abs(index - cursor) < Math.abs(best - cursor) ? index : best), first)
}

/** Hosts by how they fared in the last cell that asked any, and the marked ones, by their names in code. */
export function boundFleets({ entries, marked }: Pick<Hosts, 'entries' | 'marked'>): BoundFleets {
  const cell = Math.max(0, ...[...entries.values()].map(({ last }) => last?.cell ?? 0))
  const those = (test: (last: LastAnswer) => boolean): readonly string[] =>
    [...entries.values()].flatMap(({ name, last }) => (last?.cell === cell && test(last) ? [name] : []))
  return {
    sel: [...marked],
    failed: those(({ status }) => status === 'failed'),
    changed: those(({ changed }) => changed),
    unreachable: those(({ status }) => status === 'unreachable'),
  }
}

/** Hosts under the cursor: one, or all of a group. */
export function hostsAtCursor({ rows, cursor }: Hosts): readonly string[] {
  const row = rows[cursor]
  if (!row) return []
  return row.kind === 'host' ? [row.name] : row.hosts
}

/** What can be done with the tree. */
export type HostsAction =
  | { readonly kind: 'move'; readonly by: number }
  | { readonly kind: 'open'; readonly open: boolean }
  | { readonly kind: 'mark' }
  | { readonly kind: 'unmark all' }
  | { readonly kind: 'filter'; readonly filter: string; readonly typing: boolean }
  | { readonly kind: 'order'; readonly order: HostOrder }

export function actOnHosts(hosts: Hosts, action: HostsAction): Hosts {
  switch (action.kind) {
    case 'move':
      return { ...hosts, cursor: Math.max(0, Math.min(hosts.rows.length - 1, hosts.cursor + action.by)) }
    case 'open':
      return openGroup(hosts, action.open)
    case 'mark':
      return { ...hosts, marked: toggled(hosts.marked, hostsAtCursor(hosts)), unmarked: new Set() }
    case 'unmark all':
      return hosts.marked.size > 0
        ? { ...hosts, marked: new Set(), unmarked: hosts.marked }
        : { ...hosts, marked: hosts.unmarked, unmarked: new Set() }
    case 'filter':
      return withRows({ ...hosts, filter: action.filter, filtering: action.typing })
    case 'order':
      return withRows({ ...hosts, order: action.order })
  }
}

/** Opens or closes the group of the cursor's row; closing from a host goes to its group's row. */
function openGroup(hosts: Hosts, open: boolean): Hosts {
  const index = hosts.rows.findLastIndex((row, at) => at <= hosts.cursor && row.kind === 'group')
  const row = hosts.rows[index]
  if (row?.kind !== 'group' || row.open === open || (open && index !== hosts.cursor)) return hosts
  const names = new Set(hosts.open)
  if (open) names.add(row.name)
  else names.delete(row.name)
  return withRows({ ...hosts, open: names, cursor: index })
}

/** Marks all of them, or takes the marks away when all have one. */
function toggled(marked: ReadonlySet<string>, names: readonly string[]): ReadonlySet<string> {
  const next = new Set(marked)
  const all = names.every(name => marked.has(name))
  for (const name of names) {
    if (all) next.delete(name)
    else next.add(name)
  }
  return next
}
