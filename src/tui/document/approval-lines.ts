import type { ApprovalRequest, Decision } from '../../engine/events.js'
import { type Approval, approvedHosts } from '../state/approval.js'
import { type Keymap, keyFor } from '../state/keymap.js'
import { widthOf } from '../text/width.js'
import { nodeSet } from './group-row.js'
import { hostLine } from './host-text.js'
import { type DrawContext, INDENT } from './line.js'
import { usersText } from './users-text.js'
import { wrap } from './wrap.js'

/**
 * An approval in place: what would be done, to how many hosts, under which guard, and the keys.
 *
 * @param approval the state of the question while it stands; left out for one that waits behind another
 * @param keys whether the keys go to it now
 */
export function approvalLines(
  request: ApprovalRequest,
  approval: Approval | undefined,
  keys: 'here' | 'elsewhere' | 'not yet',
  { width, theme, keymap }: DrawContext,
): string[] {
  const edge = `  ${theme.warning('┃')} `
  const room = width - INDENT.length
  const irreversible = request.plans
    .flatMap(plan => plan.groups.flatMap(group => group.changes))
    .flatMap(change => (change.irreversible === undefined ? [] : [hostLine(change.irreversible)]))
  const as = usersText([...new Set(request.plans.flatMap(plan => plan.as ?? []))], theme)
  const guard = request.guard === 'confirm' ? '' : theme.warning(`guard: ${request.guard}`)
  return [
    ...inRows(
      [theme.strong(`Apply ${hostLine(request.title)}?`), as, guard].filter(text => text !== ''),
      '  ',
      room,
    ),
    ...(request.unplanned ? [theme.bad('! this was not in the plan you approved')] : []),
    ...[...new Set(irreversible)].map(text => theme.bad(`! cannot be undone: ${text}`)),
    ...answerRows(request, approval, keys, theme, keymap, room),
  ]
    .flatMap(text => wrap(text, room))
    .map(text => edge + text)
}

function answerRows(
  request: ApprovalRequest,
  approval: Approval | undefined,
  keys: 'here' | 'elsewhere' | 'not yet',
  theme: DrawContext['theme'],
  keymap: Keymap,
  width: number,
): string[] {
  if (!approval) return [theme.faint('waits for the approval before it')]
  if (keys === 'not yet') return [theme.faint('…')]
  const key = (action: Parameters<typeof keyFor>[2], text: string, context: 'approval' | 'everywhere' = 'approval') =>
    `${theme.accent(theme.strong(keyFor(keymap, context, action)))} ${text}`
  const dot = theme.faint(' · ')
  const { step } = approval
  const rows = (): string[] => {
    if (step.kind === 'choose')
      return inRows(
        [
          key('approve all', 'all'),
          ...(request.choices.length > 1 ? [key('approve groups', 'group by group')] : []),
          key('approve rest', 'rest of the cell'),
          key('show diff', 'diff'),
          key('decline', 'decline'),
        ],
        dot,
        width,
      )
    if (step.kind === 'count') {
      const count = approvedHosts(request, step.choices).length
      const wrong = step.wrong ? `${theme.bad(`✗ it is ${count}, not ${step.wrong}`)}  ` : ''
      return [`${wrong}type the number of hosts (${count}) to apply: ${theme.strong(step.typed)}${theme.selected(' ')}`]
    }
    const choice = request.choices[step.index]
    return [
      `group ${step.index + 1} of ${request.choices.length}: ${theme.strong(nodeSet(choice?.hosts ?? []))}  ${hostLine(choice?.summary ?? '')}`,
      ...inRows(
        [key('yes', 'apply'), key('no', 'leave out'), key('show diff', 'diff'), key('decline', 'decline all')],
        dot,
        width,
      ),
    ]
  }
  if (keys === 'elsewhere')
    return [`${theme.warning('waits for you')}${dot}${key('answer', 'answer it', 'everywhere')}`]
  return rows()
}

/** Texts one behind another, in as many rows as they take; none is broken that fits in a row. */
function inRows(texts: readonly string[], between: string, width: number): string[] {
  const rows: string[] = []
  for (const text of texts) {
    const longer = rows.length === 0 ? text : `${rows.at(-1)}${between}${text}`
    if (rows.length > 0 && widthOf(longer) > width) rows.push(text)
    else rows.splice(-1, 1, longer)
  }
  return rows
}

/** What was decided, once it was. */
export function decisionText(request: ApprovalRequest, decision: Decision, { theme }: DrawContext): string {
  if (decision.kind === 'decline') return `${INDENT}${theme.warning('– declined: nothing was applied')}`
  const hosts = approvedHosts(request, decision.choices)
  const some = hosts.length < request.hosts.length
  const count = some ? `${hosts.length} of ${request.hosts.length} hosts` : `${hosts.length} hosts`
  return `${INDENT}${theme.faint(`approved for ${request.hosts.length === 1 ? (hosts[0] ?? '') : count}`)}`
}
