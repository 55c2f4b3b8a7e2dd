import { documentLines } from '../document/notebook-lines.js'
import { insideOf } from '../panes/frame.js'
import type { MouseEvent } from '../screen/input-event.js'
import { moveInCells, scrollCells, showPlace } from './cells.js'
import { cellsGeometry, layoutOf } from './geometry.js'
import { actOnHosts } from './hosts.js'
import { hostsTop } from './hosts-window.js'
import { activate } from './panes-order.js'
import { dragInDraft, isScrollable, pressInDraft, releaseInDraft, scrollDraft } from './prompt-mouse.js'
import type { View } from './view.js'

/** Rows a notch of the wheel goes. */
const NOTCH = 3

/** The wheel scrolls what it is over; a click gives a pane the keys and puts its cursor there. */
export function pointAt(view: View, event: MouseEvent): View {
  const layout = layoutOf(view)
  const left = layout.hosts?.width ?? 0
  const height = layout.cells.height
  const row = event.y - 1
  if (row < 0) return view
  const over =
    row >= height ? 'prompt' : event.x < left ? 'hosts' : event.x < left + layout.cells.width ? 'cells' : 'side'
  if (event.action === 'wheel-up' || event.action === 'wheel-down')
    return wheel(view, over, event.action === 'wheel-up' ? -NOTCH : NOTCH)
  if (event.button !== 'left') return view
  const cell = { x: event.x, y: row - height }
  if (event.action === 'drag') return dragInDraft(view, cell)
  if (event.action === 'release') return releaseInDraft(view)
  const inside = row - 1
  if (over === 'hosts' && layout.hosts) {
    const active = activate(view, 'hosts')
    const at = hostsTop(view.hosts, insideOf(layout.hosts).height - 1) + inside
    return { ...active, hosts: actOnHosts(view.hosts, { kind: 'move', by: at - view.hosts.cursor }) }
  }
  if (over === 'cells') {
    const { context, top } = cellsGeometry(view)
    const line = documentLines(view.notebook.entries, context, top + inside, 1)[0]
    const active = view.active === 'approval' ? view : activate(view, 'cells')
    return line?.stop ? showPlace(active, { entry: line.entry, stop: line.stop }) : moveInCells(active, 0)
  }
  if (over === 'prompt' && view.questions.length === 0) return pressInDraft(activate(view, 'prompt'), cell, event.shift)
  return activate(view, over)
}

function wheel(view: View, over: 'prompt' | 'hosts' | 'cells' | 'side', by: number): View {
  if (over === 'hosts') return { ...view, hosts: actOnHosts(view.hosts, { kind: 'move', by }) }
  if (over === 'side') return { ...view, side: { ...view.side, top: Math.max(0, view.side.top + by) } }
  return over === 'prompt' && isScrollable(view) ? scrollDraft(view, by) : scrollCells(view, by)
}
