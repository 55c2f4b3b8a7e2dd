import type { Action } from './bindings.js'
import { paneHeight } from './geometry.js'
import type { Step } from './update.js'
import { SIDE_TABS, type SideTab, type SideView, type View } from './view.js'

/** Shows a tab of the right pane. What is looked at keeps the keys, but for the help, which one reads and leaves. */
export function showTab(view: View, tab: SideTab): View {
  return { ...view, side: { ...view.side, wanted: true, tab, top: 0 }, ...(tab === 'help' ? { active: 'side' } : {}) }
}

/** Shows a host's facts and has them read. */
export function openHost(view: View, host: string): Step {
  const known = view.side.facts.get(host)
  const facts =
    known?.kind === 'known' ? view.side.facts : new Map(view.side.facts).set(host, { kind: 'reading' } as const)
  return {
    view: { ...view, side: { ...view.side, wanted: true, tab: 'facts', top: 0, host, facts }, active: 'side' },
    effects: [{ kind: 'facts', host }],
  }
}

export function performInSide(view: View, action: Action): View {
  const page = Math.max(1, paneHeight(view, 'side') - 1)
  const by = (rows: number): View => ({ ...view, side: scrolled(view.side, rows) })
  switch (action) {
    case 'next tab':
      return turned(view, 1)
    case 'previous tab':
      return turned(view, -1)
    case 'up':
      return by(-1)
    case 'down':
      return by(1)
    case 'page up':
      return by(-page)
    case 'page down':
      return by(page)
    case 'first':
      return by(-view.side.top)
    case 'last':
      return { ...view, side: { ...view.side, top: Number.MAX_SAFE_INTEGER } }
    default:
      return view
  }
}

function scrolled(side: SideView, rows: number): SideView {
  return { ...side, top: Math.max(0, side.top + rows) }
}

function turned(view: View, by: 1 | -1): View {
  const tab = SIDE_TABS.at((SIDE_TABS.indexOf(view.side.tab) + by) % SIDE_TABS.length) ?? 'facts'
  return { ...view, side: { ...view.side, tab, top: 0 } }
}
