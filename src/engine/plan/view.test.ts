import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { operation } from '../operation.js'
import { operationLabel, undoView } from './view.js'

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
