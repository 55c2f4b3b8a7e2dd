import { foldNames } from '../../engine/nodeset/fold.js'
import { paneHeight } from './geometry.js'
import { nextOrder } from './host-order.js'
import { actOnHosts, type Hosts, type HostsAction, hostsAtCursor } from './hosts.js'
import { type Action, keySaid } from './keymap.js'
import type { Next } from './next.js'
import { startCommand } from './notebook.js'
import { attachAll } from './shells.js'
import { compareHosts, openHost } from './side.js'
import type { View } from './view.js'

export function performInHosts(view: View, action: Action): Next {
  const { hosts } = view
  const act = (step: HostsAction): Next => ({ view: { ...view, hosts: actOnHosts(hosts, step) }, effects: [] })
  const page = Math.max(1, paneHeight(view, 'hosts') - 2)
  switch (action) {
    case 'up':
      return act({ kind: 'move', by: -1 })
    case 'down':
      return act({ kind: 'move', by: 1 })
    case 'page up':
      return act({ kind: 'move', by: -page })
    case 'page down':
      return act({ kind: 'move', by: page })
    case 'first':
      return act({ kind: 'move', by: -hosts.rows.length })
    case 'last':
      return act({ kind: 'move', by: hosts.rows.length })
    case 'open':
      return act({ kind: 'open', open: true })
    case 'shut':
      return act({ kind: 'open', open: false })
    case 'mark':
      return withSelection(view, actOnHosts(actOnHosts(hosts, { kind: 'mark' }), { kind: 'move', by: 1 }))
    case 'unmark all':
      return unmark(view)
    case 'filter':
      return act({ kind: 'filter', filter: hosts.filter, typing: true })
    case 'confirm':
      return act({ kind: 'filter', filter: hosts.filter, typing: false })
    case 'erase':
      return act({ kind: 'filter', filter: [...hosts.filter].slice(0, -1).join(''), typing: true })
    case 'close':
      return act({ kind: 'filter', filter: '', typing: false })
    case 'sort':
      return act({ kind: 'order', order: nextOrder(hosts.order) })
    case 'only differing':
      return act({ kind: 'filter', filter: hosts.filter === DIFFERING ? '' : DIFFERING, typing: false })
    case 'choose':
      return choose(view)
    case 'compare':
      return compareHosts(view, hosts.marked.size > 0 ? [...hosts.marked] : hostsAtCursor(hosts))
    case 'attach':
      return attachAtCursor(view)
    case 'attach all':
      return attachMarked(view)
    case 'focus':
      return focus(view)
    default:
      return { view, effects: [] }
  }
}

/** The filter of those that answered otherwise than most. */
const DIFFERING = 'is:differs'

/** The marked hosts are the fleet `sel` in code. */
function withSelection(view: View, hosts: Hosts): Next {
  return { view: { ...view, hosts }, effects: [{ kind: 'select', hosts: [...hosts.marked] }] }
}

/** Takes all marks away; the next time, puts them back. */
function unmark(view: View): Next {
  const hosts = actOnHosts(view.hosts, { kind: 'unmark all' })
  if (hosts.unmarked.size === 0) return withSelection(view, hosts)
  const key = keySaid(view.keymap, 'hosts', 'unmark all')
  const gone = hosts.unmarked.size === 1 ? 'One mark is' : `${hosts.unmarked.size} marks are`
  return withSelection(
    { ...view, notice: `${gone} taken away: ${key} puts ${hosts.unmarked.size === 1 ? 'it' : 'them'} back.` },
    hosts,
  )
}

/** The shell of the host under the cursor. */
function attachAtCursor(view: View): Next {
  const row = view.hosts.rows[view.hosts.cursor]
  if (row?.kind === 'host') return attach(view, row.name)
  return {
    view: { ...view, notice: `Go to a host: ${keySaid(view.keymap, 'hosts', 'attach')} opens a shell on one.` },
    effects: [],
  }
}

/** Shells on the marked hosts, else on those under the cursor; on one host, its own. */
function attachMarked(view: View): Next {
  const { hosts } = view
  const names = hosts.marked.size > 0 ? [...hosts.marked] : hostsAtCursor(hosts)
  const [only] = names
  if (only === undefined) return { view, effects: [] }
  return names.length === 1 ? attach(view, only) : attachAll(view, names)
}

/** Begins an entry for a shell on a host, and has it opened. */
export function attach(view: View, host: string): Next {
  const notebook = startCommand(view.notebook, `shell ${host}`, view.now)
  return { view: { ...view, notebook }, effects: [{ kind: 'attach', host, entry: notebook.lastId }] }
}

function choose(view: View): Next {
  const { hosts } = view
  const row = hosts.rows[hosts.cursor]
  if (row?.kind === 'group')
    return { view: { ...view, hosts: actOnHosts(hosts, { kind: 'open', open: !row.open }) }, effects: [] }
  return row ? openHost(view, row.name) : { view, effects: [] }
}

/** Makes the marked hosts the focus, else what is under the cursor: a group by its name. */
function focus(view: View): Next {
  const { hosts } = view
  const row = hosts.rows[hosts.cursor]
  const byGroup = hosts.marked.size === 0 && row?.kind === 'group' && hosts.filter === ''
  const names = hosts.marked.size > 0 ? [...hosts.marked] : hostsAtCursor(hosts)
  if (names.length === 0) return { view, effects: [] }
  const line = `focus ${byGroup && isNamed(view, row.name) ? `@${row.name}` : foldNames(names)}`
  const notebook = startCommand(view.notebook, line, view.now)
  return { view: { ...view, notebook }, effects: [{ kind: 'command', line, entry: notebook.lastId }] }
}

/** The hosts without a group are shown under a name that no pattern knows. */
function isNamed({ hosts }: View, group: string): boolean {
  const members = hosts.groups.find(({ name }) => name === group)?.hosts ?? []
  return members.every(host => hosts.entries.get(host)?.groups.includes(group))
}
