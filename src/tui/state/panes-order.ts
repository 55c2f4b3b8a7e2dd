import { moveInCells } from './cells.js'
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
  if (pane === 'cells' && !view.cells.cursor) return moveInCells(next, 0)
  if (pane === 'prompt') return { ...next, cells: { cursor: undefined, top: 'end' } }
  return next
}

/** Goes to what waits for the person: a question before an approval. */
export function toWaiting(view: View): View {
  if (view.questions.length > 0) return { ...view, active: 'question' }
  return view.approvals.length > 0 ? showApproval({ ...view, active: 'approval' }) : view
}
