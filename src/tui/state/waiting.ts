import { type ApprovalAction, actOnApproval, READING_TIME } from './approval.js'
import { actOnHosts } from './hosts.js'
import type { Next } from './next.js'
import { actOnQuestion, type QuestionAction } from './question.js'
import type { View } from './view.js'

/** Whether what waits for the person has been on the screen for long enough to have been read. */
export function isRead({ active, approvals, questions, now }: View): boolean {
  const since = active === 'approval' ? approvals[0]?.since : active === 'question' ? questions[0]?.since : undefined
  return since === undefined || now - since >= READING_TIME
}

const only = (view: View): Next => ({ view, effects: [] })

/** Answers the plan that is asked for now. A key that comes before it can have been read does nothing. */
export function answerApproval(view: View, action: ApprovalAction): Next {
  const [approval, ...rest] = view.approvals
  if (!approval || !isRead(view)) return only(view)
  const result = actOnApproval(approval, action)
  if ('step' in result) return only({ ...view, approvals: [{ ...approval, step: result.step }, ...rest] })
  return { view, effects: [{ kind: 'decide', id: approval.request.id, decision: result.decision }] }
}

/** Answers the question that is asked now; it goes when the session says that it is settled. */
export function answerQuestion(view: View, action: QuestionAction): Next {
  const [asked, ...rest] = view.questions
  if (!asked) return only(view)
  if (action.kind !== 'type' && !isRead(view)) return only(view)
  const result = actOnQuestion(asked, action)
  if ('asked' in result) return only({ ...view, questions: [result.asked, ...rest] })
  return {
    view: { ...view, questions: [{ ...asked, typed: '' }, ...rest] },
    effects: [{ kind: 'answer', id: asked.id, answer: result.answer }],
  }
}

export function typeIntoFilter(view: View, text: string): View {
  const filter = view.hosts.filter + text
  return { ...view, hosts: actOnHosts(view.hosts, { kind: 'filter', filter, typing: true }) }
}
