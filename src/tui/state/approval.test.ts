import { describe, expect, test } from 'vitest'
import type { ApprovalRequest } from '../../engine/events.js'
import { type ApprovalAction, type ApprovalResult, actOnApproval } from './approval.js'

const request = (guard: ApprovalRequest['guard'], choices = 2): ApprovalRequest => ({
  id: 7,
  title: 'files.line /etc/ntp.conf on 3 hosts',
  plans: [],
  hosts: ['web-1', 'web-2', 'web-3'],
  choices: [
    { id: 1, hosts: ['web-1', 'web-2'], summary: 'edit' },
    { id: 2, hosts: ['web-3'], summary: 'create' },
  ].slice(0, choices),
  guard,
  unplanned: false,
})

function play(asked: ApprovalRequest, actions: readonly ApprovalAction[]): ApprovalResult {
  let result: ApprovalResult = { step: { kind: 'choose' } }
  for (const action of actions) {
    if (!('step' in result)) throw new Error('decided before the last action')
    result = actOnApproval({ request: asked, since: 0, step: result.step }, action)
  }
  return result
}

const digits = (text: string): ApprovalAction[] => [...text].map(digit => ({ kind: 'digit', digit }))

describe('answering a plan', () => {
  test.each<[string, ApprovalRequest, ApprovalAction[], ApprovalResult]>([
    ['all', request('confirm'), [{ kind: 'all' }], { decision: { kind: 'apply' } }],
    ['rest', request('confirm'), [{ kind: 'rest' }], { decision: { kind: 'apply', rest: true } }],
    ['decline', request('confirm'), [{ kind: 'decline' }], { decision: { kind: 'decline' } }],
    [
      'one group of two',
      request('confirm'),
      [{ kind: 'by group' }, { kind: 'take group', take: false }, { kind: 'take group', take: true }],
      { decision: { kind: 'apply', choices: [2] } },
    ],
    [
      'no group at all declines',
      request('confirm'),
      [{ kind: 'by group' }, { kind: 'take group', take: false }, { kind: 'take group', take: false }],
      { decision: { kind: 'decline' } },
    ],
    [
      'a single group is not asked for by group',
      request('confirm', 1),
      [{ kind: 'by group' }],
      { step: { kind: 'choose' } },
    ],
    [
      'the count must be typed',
      request('count'),
      [{ kind: 'all' }, ...digits('3'), { kind: 'confirm' }],
      { decision: { kind: 'apply', confirmedHosts: 3 } },
    ],
    [
      'a wrong count asks again',
      request('count'),
      [{ kind: 'all' }, ...digits('2'), { kind: 'confirm' }],
      { step: { kind: 'count', typed: '', wrong: '2' } },
    ],
    [
      'the count is that of the groups taken',
      request('count'),
      [
        { kind: 'by group' },
        { kind: 'take group', take: true },
        { kind: 'take group', take: false },
        ...digits('29'),
        { kind: 'erase' },
        { kind: 'confirm' },
      ],
      { decision: { kind: 'apply', choices: [1], confirmedHosts: 2 } },
    ],
    [
      'a digit means nothing before a count is asked for',
      request('confirm'),
      digits('3'),
      { step: { kind: 'choose' } },
    ],
    [
      'nothing typed applies nothing',
      request('count'),
      [{ kind: 'all' }, { kind: 'confirm' }],
      { step: { kind: 'count', typed: '' } },
    ],
  ])('%s', (_, asked, actions, expected) => {
    expect(play(asked, actions)).toEqual(expected)
  })
})
