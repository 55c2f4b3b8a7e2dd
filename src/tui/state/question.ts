import type { Question } from '../../engine/connect/ask.js'

/** A question of a connection that waits for an answer. */
export interface AskedQuestion {
  readonly id: number
  readonly question: Question
  /** When it was shown. */
  readonly since: number
  /** What has been typed of a secret. It is never drawn. */
  readonly typed: string
}

export type QuestionAction =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'erase' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'decline' }

export type QuestionResult = { readonly asked: AskedQuestion } | { readonly answer: string | boolean | undefined }

/** Whether an action means something for a question: a host key is trusted or not, a secret is typed. */
export function answers(asked: AskedQuestion | undefined, action: string): boolean {
  if (action === 'decline') return asked !== undefined
  const ofHostKey = action === 'yes' || action === 'no'
  return asked !== undefined && ofHostKey === (asked.question.kind === 'hostkey')
}

export function actOnQuestion(asked: AskedQuestion, action: QuestionAction): QuestionResult {
  const { question, typed } = asked
  if (action.kind === 'decline') return { answer: question.kind === 'hostkey' ? false : undefined }
  if (question.kind === 'hostkey') {
    if (action.kind === 'yes') return { answer: true }
    return action.kind === 'no' ? { answer: false } : { asked }
  }
  switch (action.kind) {
    case 'type':
      return { asked: { ...asked, typed: typed + action.text } }
    case 'erase':
      return { asked: { ...asked, typed: [...typed].slice(0, -1).join('') } }
    case 'clear':
      return { asked: { ...asked, typed: '' } }
    case 'confirm':
      return { answer: typed }
    default:
      return { asked }
  }
}
