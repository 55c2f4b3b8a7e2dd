import { stripVTControlCharacters } from 'node:util'
import { documentLines, samePlace } from '../document/notebook-lines.js'
import { footerKeys } from '../panes/footer.js'
import { BORDER, insideOf } from '../panes/frame.js'
import type { Layout } from '../panes/layout.js'
import { sideTargetAt } from '../panes/side-pane.js'
import { tabAt } from '../panes/side-tabs.js'
import type { MouseEvent } from '../screen/input-event.js'
import { keyLabel } from '../text/key-label.js'
import { slice } from '../text/width.js'
import { moveInCells, openAtCursor, scrollCells, showPlace } from './cells.js'
import { turnFact } from './facts-tree.js'
import { inFinder, pressedInHelp } from './finder-actions.js'
import { cellsGeometry, layoutOf } from './geometry.js'
import { actOnHosts } from './hosts.js'
import { performInHosts } from './hosts-actions.js'
import { hostsTop } from './hosts-window.js'
import type { Keymap } from './keymap.js'
import type { Next } from './next.js'
import { activate } from './panes-order.js'
import { perform } from './perform.js'
import { problemsInHelp } from './problems.js'
import { dragInDraft, isScrollable, pressInDraft, releaseInDraft, scrollDraft } from './prompt-mouse.js'
import { turnTo } from './side.js'
import type { View } from './view.js'

/** Rows a notch of the wheel goes. */
const NOTCH = 3

const only = (view: View): Next => ({ view, effects: [] })

type Over = 'prompt' | 'hosts' | 'cells' | 'side'

/**
 * The wheel scrolls what it is over. A click gives a pane the keys and puts its cursor there; on what has the cursor already it
 * opens it. Keys that are written on the screen can be clicked.
 */
export function pointAt(view: View, event: MouseEvent): Next {
  const layout = layoutOf(view)
  const row = event.y - 1
  if (row < 0) return only(view)
  const left = layout.hosts?.width ?? 0
  const over = paneAt(layout, event.x, row)
  if (event.action === 'wheel-up' || event.action === 'wheel-down')
    return only(wheel(view, over, event.action === 'wheel-up' ? -NOTCH : NOTCH))
  if (event.button !== 'left') return only(view)
  const cell = { x: event.x, y: row - layout.cells.height }
  if (event.action === 'drag') return only(dragInDraft(view, cell))
  if (event.action === 'release') return only(releaseInDraft(view))
  if (event.action !== 'press') return only(view)
  if (event.y === view.size.rows - 1) return onFooter(view, event.x)
  if (over === 'hosts') return onHosts(view, row - 1, layout)
  if (over === 'cells') return onCells(view, event.x - left - BORDER, row - 1)
  if (over === 'side' && row === 0) {
    const start = left + (layout.cellsHidden ? 0 : layout.cells.width)
    const tab = tabAt(event.x - start, layout.side?.width ?? 0)
    const active = activate(view, 'side')
    return tab === undefined ? only(active) : turnTo(active, tab)
  }
  if (over === 'side') return onSide(view, row - 1, layout)
  if (over === 'prompt' && view.questions.length === 0)
    return only(pressInDraft(activate(view, 'prompt'), cell, event.shift))
  return only(activate(view, over))
}

function paneAt(layout: Layout, x: number, row: number): Over {
  if (row >= layout.cells.height) return 'prompt'
  const left = layout.hosts?.width ?? 0
  if (x < left) return 'hosts'
  return layout.cellsHidden || x >= left + layout.cells.width ? 'side' : 'cells'
}

/** A click on a fact opens or closes it; on a line of the key help it presses that key, where the person was. */
function onSide(view: View, inside: number, { side }: Layout): Next {
  const name = view.side.host ?? ''
  const { entries, latencies } = view.hosts
  const shown = { ...view, host: entries.get(name), latencies: latencies.get(name), problems: problemsInHelp(view) }
  const target = side && sideTargetAt(shown, side, inside)
  const active = activate(view, 'side')
  if (target?.kind === 'fact') return only(turnFact({ ...active, side: { ...active.side, fact: target.name } }))
  return target?.kind === 'key' ? pressedInHelp({ ...active, notice: '' }, target.binding) : only(active)
}

function onFooter(view: View, x: number): Next {
  const key = footerKeys(view).find(({ start, end }) => x >= start && x < end)
  if (!key) return only(view)
  const { action, keys } = key.binding
  return view.finder ? inFinder(view, view.finder, action) : perform({ ...view, notice: '' }, action, keys[0] ?? '')
}

function onHosts(view: View, inside: number, layout: Layout): Next {
  if (!layout.hosts) return only(view)
  const at = hostsTop(view.hosts, insideOf(layout.hosts).height - 1) + inside
  const again = view.active === 'hosts' && at === view.hosts.cursor
  const active = activate(view, 'hosts')
  if (inside < 0 || at >= view.hosts.rows.length) return only(active)
  if (again) return performInHosts(active, 'choose')
  return only({ ...active, hosts: actOnHosts(view.hosts, { kind: 'move', by: at - view.hosts.cursor }) })
}

function onCells(view: View, x: number, inside: number): Next {
  const { context, top } = cellsGeometry(view)
  const line = documentLines(view.notebook.entries, context, top + inside, 1)[0]
  if (view.active === 'approval' && line && !line.stop) {
    const pressed = keyIn(view.keymap, line.text, x)
    if (pressed) return perform({ ...view, notice: '' }, pressed.action, pressed.keys[0] ?? '')
  }
  const active = view.active === 'approval' ? view : activate(view, 'cells')
  if (!line?.stop) return only(moveInCells(active, 0))
  const place = { entry: line.entry, stop: line.stop }
  const again = view.active !== 'prompt' && samePlace(place, view.cells.cursor)
  return only(again ? toggled(active) : showPlace(active, place))
}

/** Opens what the cursor stands on, or shuts it when there is no more to open. */
function toggled(view: View): View {
  const opened = openAtCursor(view, 1)
  return opened === view ? openAtCursor(openAtCursor(view, -1), -1) : opened
}

/** The key of an approval that is written at a column: `a all · g group by group`. */
function keyIn({ bindings, signs }: Keymap, text: string, x: number) {
  const plain = stripVTControlCharacters(text).replace('┃', ' ')
  const before = slice(plain, 0, Math.max(0, x)).split(' · ').length - 1
  const label = plain.split(' · ')[before]?.trim().split(' ')[0]
  return bindings.find(({ context, keys }) => context === 'approval' && keyLabel(keys[0] ?? '', signs) === label)
}

function wheel(view: View, over: Over, by: number): View {
  if (over === 'hosts') return { ...view, hosts: actOnHosts(view.hosts, { kind: 'move', by }) }
  if (over === 'side') return { ...view, side: { ...view.side, fact: undefined, top: Math.max(0, view.side.top + by) } }
  return over === 'prompt' && isScrollable(view) ? scrollDraft(view, by) : scrollCells(view, by)
}
