import { describe, expect, test } from 'vitest'
import type { ApprovalRequest, Decision } from '../../engine/events.js'
import { paintFor } from '../render/paint.js'
import { decisionFrom, decisionPrompt, requestLines } from './decide.js'

const request: ApprovalRequest = {
  id: 1,
  title: 'files.line on 3 hosts',
  plans: [],
  hosts: ['web-1', 'web-2', 'db-1'],
  choices: [
    { id: 1, hosts: ['web-1', 'web-2'], summary: 'change' },
    { id: 2, hosts: ['db-1'], summary: 'unknown' },
  ],
  guard: 'confirm',
  unplanned: false,
}
const counted: ApprovalRequest = { ...request, guard: 'count' }
const single: ApprovalRequest = { ...request, hosts: ['db-1'], choices: request.choices.slice(1) }

describe('what an answer means', () => {
  test.each<readonly [answer: string, decision: Decision | undefined]>([
    ['', { kind: 'decline' }],
    ['n', { kind: 'decline' }],
    ['No ', { kind: 'decline' }],
    ['a', { kind: 'apply' }],
    ['YES', { kind: 'apply' }],
    ['r', { kind: 'apply', rest: true }],
    ['2', { kind: 'apply', choices: [2] }],
    ['g 1, 2', { kind: 'apply', choices: [1, 2] }],
    ['groups 1', { kind: 'apply', choices: [1] }],
    ['3', undefined],
    ['1,', undefined],
    ['maybe', undefined],
  ])('“%s”', (answer, decision) => {
    expect(decisionFrom(answer, request)).toEqual(decision)
  })

  test.each<readonly [answer: string, decision: Decision | undefined]>([
    ['3', { kind: 'apply', confirmedHosts: 3 }],
    ['n', { kind: 'decline' }],
    ['', { kind: 'decline' }],
    ['a', undefined],
    ['yes', undefined],
    ['3 hosts', undefined],
  ])('“%s” where the number is to be typed', (answer, decision) => {
    expect(decisionFrom(answer, counted)).toEqual(decision)
  })
})

test('the question says what can be answered', () => {
  expect(decisionPrompt(request)).toBe(
    'apply to 3 hosts? a all · r all, and the rest of this cell · group numbers such as 1,3 · n none: ',
  )
  expect(decisionPrompt(single)).toBe('apply to 1 host? a all · r all, and the rest of this cell · n none: ')
  expect(decisionPrompt(counted)).toBe('apply to 3 hosts? type the number of hosts to apply, n for none: ')
})

test('groups are listed where there is a choice; what was not planned is said', () => {
  const paint = paintFor(false)
  expect(requestLines(request, paint)).toEqual(['  1  web-[1-2] (2)  change', '  2  db-1  unknown'])
  expect(requestLines({ ...single, unplanned: true }, paint)).toEqual(['This was not in the approved plan:'])
})
