import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { UnreachableError } from '../errors.js'
import { operation } from '../operation.js'
import type { HostPlan } from './host-plan.js'
import { foldPlans, operationLabel, undoView } from './view.js'

const put = operation({
  name: 'files.put',
  summary: '',
  args: z
    .strictObject({ src: z.string().optional(), content: z.string().optional(), dest: z.string() })
    .refine(() => true),
  async *plan() {},
})
const user = operation({
  name: 'server.user',
  summary: '',
  args: z.object({ password: z.string(), user: z.union([z.string(), z.array(z.string())]) }),
  async *plan() {},
})

describe('operationLabel', () => {
  it.each([
    [put, { content: 'SECRET', dest: '/etc/motd' }, 'files.put /etc/motd'],
    [put, { src: 'motd', dest: '/etc/motd' }, 'files.put /etc/motd'],
    [user, { password: 'hunter2', user: 'deploy' }, 'server.user deploy'],
    [user, { user: ['a', 'b'] }, 'server.user a b'],
    [user, undefined, 'server.user'],
  ])('%#', (of, args, label) => {
    expect(operationLabel(of, args)).toBe(label)
  })

  it('is the one given', () => {
    expect(operationLabel(put, { dest: '/x' }, 'the greeting')).toBe('the greeting')
  })
})

it('an undo is plain data, whatever its arguments hold', () => {
  const args = { content: new Uint8Array([0, 255]), replace: /^a/, template: () => '' }
  const view = undoView({ operation: put, args })
  expect(view.operation).toBe('files.put')
  expect(JSON.parse(JSON.stringify(view))).toEqual(view)
  expect(structuredClone(view)).toEqual(view)
})

it('hosts that cannot be reached for the same reason are one group, wherever they are', () => {
  const failed = (host: string, reason: string): [string, HostPlan] => [
    host,
    { outcome: 'failed', changes: [], error: new UnreachableError(host, reason) },
  ]
  const refused = (address: string) => `${address} does not let root in (refused: /root/.ssh/id_ed25519)`
  const plans = new Map([
    failed('web-1', refused('10.0.0.1:22')),
    failed('web-2', refused('[fe80::2]:22')),
    failed('web-3', 'behind j1: connection refused at 10.0.0.9:22'),
    failed('web-4', 'behind j1: connection refused at 10.0.0.9:22'),
    failed('web-5', 'deploy.ts:12:9 is reached'),
  ])
  expect(foldPlans(put, 'files.put', plans).groups.map(({ hosts, reason }) => [hosts.join(), reason])).toEqual([
    ['web-1,web-2', '…:22 does not let root in (refused: /root/.ssh/id_ed25519)'],
    ['web-3,web-4', 'behind j1: connection refused at 10.0.0.9:22'],
    ['web-5', 'deploy.ts:12:9 is reached'],
  ])
})
