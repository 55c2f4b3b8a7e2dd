import type { SessionRecord } from '../../repl/protocol.js'
import type { Settings } from '../../repl/settings/settings.js'
import { VI } from '../editor/vi/state.js'
import { freshDraft } from '../editor/vi/vi.js'
import type { Approval } from './approval.js'
import { placed } from './arrangement.js'
import { cellsGeometry } from './geometry.js'
import { applyHostRecords } from './hosts.js'
import { keymapOf } from './keymap.js'
import { applyNotebookRecords } from './notebook.js'
import type { View } from './view.js'

/** Takes in what happened in the session since the last time, all of it at once. */
export function applyRecords(view: View, records: readonly SessionRecord[]): View {
  const next = placed(
    {
      ...view,
      hosts: applyHostRecords(view.hosts, records),
      notebook: applyNotebookRecords(view.notebook, records),
    },
    records,
  )
  const opened = records.some(record => record.type === 'notebook.opened' && !record.altered)
  return records.reduce(applyRecord, opened ? fromRow(next, cellsGeometry(view).total) : next)
}

/** A notebook that was opened is read from its beginning. */
function fromRow(view: View, top: number): View {
  return { ...view, cells: { cursor: undefined, top } }
}

function applyRecord(view: View, record: SessionRecord): View {
  switch (record.type) {
    case 'session.start': {
      const { session: name, inventory, hosts } = record
      const focus = { pattern: '', hosts: hosts.map(host => host.name) }
      return { ...view, session: { name, inventory, focus } }
    }
    case 'session.focus':
      return { ...view, session: { ...view.session, focus: { pattern: record.pattern, hosts: record.hosts } } }
    case 'session.settings':
      return withSettings(view, record.settings)
    case 'cell.end':
      return withoutApprovals(view, approval => approval.request.cell === record.cell)
    case 'approval.asked':
      return askApproval(view, { request: record.request, since: record.at, step: { kind: 'choose' } })
    case 'approval.given':
      return withoutApprovals(view, approval => approval.request.id === record.id)
    case 'question.asked': {
      const asked = { id: record.id, question: record.question, since: record.at, typed: '' }
      const next = { ...view, questions: [...view.questions, asked] }
      return mayTakeKeys(view) ? { ...next, active: 'question' } : next
    }
    case 'question.settled':
      return afterWaiting({ ...view, questions: view.questions.filter(({ id }) => id !== record.id) })
    default:
      return view
  }
}

function withSettings(view: View, settings: Settings): View {
  const { editor } = settings
  const { prompt } = view
  return {
    ...view,
    settings,
    keymap: keymapOf(settings),
    prompt: { ...prompt, vi: editor === 'vi' ? (prompt.vi ?? freshDraft(VI, prompt.editor)) : undefined },
  }
}

/** A question gets the keys by itself only when nothing is being typed: what was meant for the prompt never answers it. */
const mayTakeKeys = ({ active, prompt }: View) => active === 'prompt' && prompt.editor.text === ''

function askApproval(view: View, approval: Approval): View {
  const next = { ...view, approvals: [...view.approvals, approval] }
  if (view.approvals.length > 0 || !(mayTakeKeys(view) || view.active === 'cells')) return next
  return showApproval({ ...next, active: 'approval' })
}

/** Puts the cursor on the first group that would change, so that the right pane shows its diff. */
export function showApproval(view: View): View {
  const request = view.approvals[0]?.request
  const entry = view.notebook.entries.findLast(({ approval }) => approval?.request.id === request?.id)
  if (!entry) return view
  const places = entry.plans.flatMap((plan, index) =>
    plan.groups.flatMap((group, at) => (group.changes.length > 0 ? [{ plan: index, group: at }] : [])),
  )
  const [first] = places
  if (!first) return view
  return {
    ...view,
    cells: { cursor: { entry: entry.id, stop: { kind: 'plan group', ...first } }, top: 'end' },
    side: { ...view.side, tab: 'diff', top: 0 },
  }
}

function withoutApprovals(view: View, settled: (approval: Approval) => boolean): View {
  const approvals = view.approvals.filter(approval => !settled(approval))
  return approvals.length === view.approvals.length ? view : afterWaiting({ ...view, approvals })
}

/** When nothing waits any more where the keys were, they go to what waits next, else to the prompt. */
export function afterWaiting(view: View): View {
  const gone =
    (view.active === 'approval' && view.approvals.length === 0) ||
    (view.active === 'question' && view.questions.length === 0)
  if (view.active === 'approval' && !gone) return showApproval(view)
  if (!gone) return view
  const next: View = { ...view, active: 'prompt', cells: { cursor: undefined, top: 'end' } }
  if (view.questions.length > 0) return { ...next, active: 'question' }
  return view.approvals.length > 0 ? showApproval({ ...next, active: 'approval' }) : next
}
