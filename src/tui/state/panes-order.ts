import { moveInCells, showPlace } from './cells.js'
import { showApproval } from './records.js'
import type { Pane, View } from './view.js'

/** The panes in the order F6 goes through them; what waits for the person comes first. */
function order({ questions, approvals }: View): readonly Pane[] {
  return [
    ...(questions.length > 0 ? (['question'] as const) : []),
    ...(approvals.length > 0 ? (['approval'] as const) : []),
    'prompt',
    'cells',
    'hosts',
    'side',
  ]
}

export function nextPane(view: View, by: 1 | -1): View {
  const panes = order(view)
  const index = panes.indexOf(view.active)
  const next = panes.at((index + by) % panes.length) ?? 'prompt'
  return activate(view, next)
}

/** Gives a pane the keys; at a narrow width the side pane and the hosts take turns. */
export function activate(view: View, pane: Pane): View {
  const wanted = pane === 'side' || (view.side.wanted && pane !== 'hosts' && pane !== 'prompt')
  const next: View = { ...view, active: pane, side: { ...view.side, wanted } }
  if (pane === 'cells' && !view.cells.cursor) return backInCells(next)
  return pane === 'prompt' ? leaveCells(next) : next
}

/** The prompt follows what is new; where the person was in the cells is remembered. */
export function leaveCells(view: View): View {
  const { cursor, top, left } = view.cells
  const place = cursor ? { cursor, top, lastId: view.notebook.lastId } : left
  return { ...view, cells: { cursor: undefined, top: 'end', ...(place ? { left: place } : {}) } }
}

/** To where the person was, unless something has come since: then to that. */
function backInCells(view: View): View {
  const { left } = view.cells
  if (!left || left.lastId !== view.notebook.lastId) return moveInCells(view, 0)
  return showPlace({ ...view, cells: { ...view.cells, top: left.top } }, left.cursor)
}

/** Goes to what waits for the person: a question before an approval. */
export function toWaiting(view: View): View {
  if (view.questions.length > 0) return { ...view, active: 'question' }
  return view.approvals.length > 0 ? showApproval({ ...view, active: 'approval' }) : view
}
