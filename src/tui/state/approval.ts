import type { ApprovalRequest, Decision } from '../../engine/events.js'

/** A plan that waits for the person's decision. */
export interface Approval {
  readonly request: ApprovalRequest
  /** When it was shown. */
  readonly since: number
  readonly step: ApprovalStep
}

/** Where the person is in answering it. */
export type ApprovalStep =
  | { readonly kind: 'choose' }
  /** One group after the other; `accepted` holds the ids of those to be applied. */
  | { readonly kind: 'groups'; readonly index: number; readonly accepted: readonly number[] }
  /** The number of hosts is being typed, as the guard `count` wants. */
  | {
      readonly kind: 'count'
      readonly typed: string
      readonly choices?: readonly number[]
      readonly rest?: boolean
      /** The number that was typed before and is not the one. */
      readonly wrong?: string
    }

export type ApprovalAction =
  | { readonly kind: 'all' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'by group' }
  | { readonly kind: 'take group'; readonly take: boolean }
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'erase' }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'decline' }

/** The question as it stands after an action, or what was decided. */
export type ApprovalResult = { readonly step: ApprovalStep } | { readonly decision: Decision }

/** Milliseconds a question must have been on the screen before a key answers it: nobody approves what they cannot have read. */
export const READING_TIME = 250

export function actOnApproval({ request, step }: Approval, action: ApprovalAction): ApprovalResult {
  switch (action.kind) {
    case 'decline':
      return { decision: { kind: 'decline' } }
    case 'all':
      return step.kind === 'choose' ? apply(request, {}) : { step }
    case 'rest':
      return step.kind === 'choose' ? apply(request, { rest: true }) : { step }
    case 'by group':
      return step.kind === 'choose' && request.choices.length > 1
        ? { step: { kind: 'groups', index: 0, accepted: [] } }
        : { step }
    case 'take group':
      return step.kind === 'groups' ? takeGroup(request, step, action.take) : { step }
    case 'digit':
      return step.kind === 'count' ? { step: { ...step, typed: (step.typed + action.digit).slice(0, 6) } } : { step }
    case 'erase':
      return step.kind === 'count' ? { step: { ...step, typed: step.typed.slice(0, -1) } } : { step }
    case 'confirm':
      return step.kind === 'count' ? confirmCount(request, step) : { step }
  }
}

/** Hosts that a decision for these choices is about: all of them when no choices are given. */
export function approvedHosts(request: ApprovalRequest, choices: readonly number[] | undefined): readonly string[] {
  if (!choices) return request.hosts
  return request.choices.filter(choice => choices.includes(choice.id)).flatMap(choice => choice.hosts)
}

interface Chosen {
  readonly choices?: readonly number[]
  readonly rest?: boolean
}

/** Applies at once, or asks for the number of hosts where the guard wants it. */
function apply(request: ApprovalRequest, { choices, rest }: Chosen): ApprovalResult {
  const chosen = { ...(choices ? { choices } : {}), ...(rest ? { rest } : {}) }
  if (request.guard === 'count') return { step: { kind: 'count', typed: '', ...chosen } }
  return { decision: { kind: 'apply', ...chosen } }
}

function takeGroup(
  request: ApprovalRequest,
  { index, accepted }: Extract<ApprovalStep, { kind: 'groups' }>,
  take: boolean,
): ApprovalResult {
  const id = request.choices[index]?.id
  const choices = take && id !== undefined ? [...accepted, id] : accepted
  if (index + 1 < request.choices.length) return { step: { kind: 'groups', index: index + 1, accepted: choices } }
  return choices.length === 0 ? { decision: { kind: 'decline' } } : apply(request, { choices })
}

function confirmCount(
  request: ApprovalRequest,
  { typed, choices, rest }: Extract<ApprovalStep, { kind: 'count' }>,
): ApprovalResult {
  const chosen = { ...(choices ? { choices } : {}), ...(rest ? { rest } : {}) }
  const expected = approvedHosts(request, choices).length
  if (typed !== String(expected))
    return { step: { kind: 'count', typed: '', ...chosen, ...(typed ? { wrong: typed } : {}) } }
  return { decision: { kind: 'apply', ...chosen, confirmedHosts: expected } }
}
