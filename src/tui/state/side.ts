import { moveInFacts, turnAllFacts, turnFact } from './facts-tree.js'
import { layoutOf, paneHeight } from './geometry.js'
import { type Action, keySaid } from './keymap.js'
import type { Next } from './next.js'
import { SIDE_TABS, type SideTab, type SideView, type View } from './view.js'

const only = (view: View): Next => ({ view, effects: [] })

/**
 * Shows a tab of the right pane. What is looked at keeps the keys, but for the help, which one reads and leaves, and where
 * there is room for one pane alone.
 */
export function showTab(view: View, tab: SideTab): View {
  const shown: View = { ...view, side: { ...view.side, wanted: true, tab, top: 0 } }
  return tab === 'help' || !layoutOf(shown).side ? { ...shown, active: 'side' } : shown
}

/** Shows a host's facts and has them read. */
export function openHost(view: View, host: string): Next {
  const known = view.side.facts.get(host)
  const facts =
    known?.kind === 'known' ? view.side.facts : new Map(view.side.facts).set(host, { kind: 'reading' } as const)
  return {
    view: {
      ...view,
      side: { ...view.side, wanted: true, tab: 'facts', top: 0, host, hosts: [], facts },
      active: 'side',
    },
    effects: [{ kind: 'facts', host, afresh: false }],
  }
}

/** Hosts whose facts are compared at most: each is asked. */
const MOST_COMPARED = 500

/** Shows the facts of several hosts in a table, and has those read that are not known. */
export function compareHosts(view: View, hosts: readonly string[]): Next {
  const compared = hosts.slice(0, MOST_COMPARED)
  const facts = new Map(view.side.facts)
  const unread = compared.filter(host => facts.get(host)?.kind !== 'known')
  for (const host of unread) facts.set(host, { kind: 'reading' })
  const notice =
    hosts.length > compared.length ? `The first ${compared.length} of ${hosts.length} hosts are compared.` : view.notice
  return {
    view: {
      ...view,
      notice,
      side: { ...view.side, wanted: true, tab: 'facts', top: 0, hosts: compared, facts },
      active: 'side',
    },
    effects: unread.map(host => ({ kind: 'facts', host, afresh: false })),
  }
}

export function performInSide(view: View, action: Action): Next {
  const page = Math.max(1, paneHeight(view, 'side') - 1)
  const by = (rows: number): Next => only({ ...view, side: scrolled(view.side, rows) })
  const filtered = (filter: string, filtering: boolean): Next =>
    only({ ...view, side: { ...view.side, tab: 'facts', top: 0, filter, filtering } })
  switch (action) {
    case 'filter':
      return filtered(view.side.filter, true)
    case 'confirm':
      return filtered(view.side.filter, false)
    case 'erase':
      return filtered([...view.side.filter].slice(0, -1).join(''), true)
    case 'close':
      return filtered('', false)
    case 'refresh':
      return refresh(view)
    case 'next tab':
      return turned(view, 1)
    case 'previous tab':
      return turned(view, -1)
    case 'up':
      return only(moveInFacts(view, -1) ?? { ...view, side: scrolled(view.side, -1) })
    case 'down':
      return only(moveInFacts(view, 1) ?? { ...view, side: scrolled(view.side, 1) })
    case 'choose':
      return only(turnFact(view))
    case 'fold all':
      return only(turnAllFacts(view))
    case 'page up':
      return by(-page)
    case 'page down':
      return by(page)
    case 'first':
      return by(-view.side.top)
    case 'last':
      return only({ ...view, side: { ...view.side, fact: undefined, top: Number.MAX_SAFE_INTEGER } })
    default:
      return only(view)
  }
}

/** Reads anew what the tab shows. */
function refresh(view: View): Next {
  const { tab, host, hosts } = view.side
  if (tab === 'doctor') return examine(view)
  const asked = hosts.length > 0 ? hosts : host === undefined ? [] : [host]
  if (tab !== 'facts' || asked.length === 0)
    return only({
      ...view,
      notice: `${keySaid(view.keymap, 'side', 'refresh')} reads facts anew, or has the doctor look again.`,
    })
  return {
    view: { ...view, notice: `Reading the facts of ${asked.length === 1 ? asked[0] : `${asked.length} hosts`} anew …` },
    effects: asked.map(each => ({ kind: 'facts', host: each, afresh: true })),
  }
}

/** Has the doctor look at the host. */
function examine(view: View): Next {
  const { host } = view.side
  if (host === undefined) return only(view)
  const doctor = new Map(view.side.doctor).set(host, 'examining')
  return { view: { ...view, side: { ...view.side, doctor } }, effects: [{ kind: 'examine', host }] }
}

function scrolled(side: SideView, rows: number): SideView {
  return { ...side, fact: undefined, top: Math.max(0, side.top + rows) }
}

/** Goes to a tab; the doctor looks at a host when it is first asked about it. */
export function turnTo(view: View, tab: SideTab): Next {
  const next: View = { ...view, side: { ...view.side, tab, top: 0 } }
  const { host, doctor } = view.side
  return tab === 'doctor' && host !== undefined && !doctor.has(host) ? examine(next) : only(next)
}

function turned(view: View, by: 1 | -1): Next {
  return turnTo(view, SIDE_TABS.at((SIDE_TABS.indexOf(view.side.tab) + by) % SIDE_TABS.length) ?? 'facts')
}
