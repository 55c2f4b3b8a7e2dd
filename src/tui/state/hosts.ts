import type { LinkState } from '../../engine/connect/connector.js'
import type { HostView, SessionEvent, SessionRecord } from '../../repl/protocol.js'
import { type HostGroup, type TreeRow, treeGroups, treeRows } from './host-tree.js'

export interface HostEntry extends HostView {
  readonly state: LinkState
  /** When it entered that state, milliseconds since the epoch. */
  readonly since: number
  /** Why it is lost or failed. */
  readonly reason?: string
  /** Milliseconds of the last round trip. */
  readonly latency?: number
}

/** The hosts pane: every host, and the tree as far as it is open. */
export interface Hosts {
  readonly entries: ReadonlyMap<string, HostEntry>
  readonly groups: readonly HostGroup[]
  readonly open: ReadonlySet<string>
  readonly filter: string
  /** The filter is being typed. */
  readonly filtering: boolean
  readonly rows: readonly TreeRow[]
  /** Index into `rows`. */
  readonly cursor: number
  readonly marked: ReadonlySet<string>
}

export const NO_HOSTS: Hosts = {
  entries: new Map(),
  groups: [],
  open: new Set(),
  filter: '',
  filtering: false,
  rows: [],
  cursor: 0,
  marked: new Set(),
}

/** Groups of up to this many hosts begin open, as long as all of them together do not pass it twice over. */
const BEGINS_OPEN = 24

/** Applies what happened to hosts. The entries are copied once for the whole batch, not once for each event. */
export function applyHostRecords(hosts: Hosts, records: readonly SessionRecord[]): Hosts {
  let next = hosts
  let entries: Map<string, HostEntry> | undefined
  for (const record of records) {
    if (record.type === 'session.start') {
      next = startHosts(record)
      entries = new Map(next.entries)
    } else if (record.type === 'host.state' || record.type === 'host.latency') {
      entries ??= new Map(next.entries)
      const entry = entries.get(record.host)
      if (entry) entries.set(record.host, changed(entry, record))
    }
  }
  return entries ? { ...next, entries } : next
}

function changed(
  { reason: _, ...entry }: HostEntry,
  record: Extract<SessionRecord, { type: 'host.state' | 'host.latency' }>,
): HostEntry {
  if (record.type === 'host.latency') return { ...entry, ...(_ === undefined ? {} : { reason: _ }), latency: record.ms }
  const { state, at, reason } = record
  return { ...entry, state, since: at, ...(reason === undefined ? {} : { reason }) }
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
    open: new Set(open.map(group => group.name)),
  })
}

/** The same hosts with the tree's rows computed anew and the cursor on the row it was on, where that is still there. */
export function withRows(hosts: Hosts): Hosts {
  const rows = treeRows({ ...hosts, hosts: [...hosts.entries.keys()] })
  const before = hosts.rows[hosts.cursor]
  const same = before ? rows.findIndex(row => row.kind === before.kind && row.name === before.name) : -1
  return { ...hosts, rows, cursor: Math.max(0, same >= 0 ? same : Math.min(hosts.cursor, rows.length - 1)) }
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

export function actOnHosts(hosts: Hosts, action: HostsAction): Hosts {
  switch (action.kind) {
    case 'move':
      return { ...hosts, cursor: Math.max(0, Math.min(hosts.rows.length - 1, hosts.cursor + action.by)) }
    case 'open':
      return openGroup(hosts, action.open)
    case 'mark':
      return { ...hosts, marked: toggled(hosts.marked, hostsAtCursor(hosts)) }
    case 'unmark all':
      return { ...hosts, marked: new Set() }
    case 'filter':
      return withRows({ ...hosts, filter: action.filter, filtering: action.typing })
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
