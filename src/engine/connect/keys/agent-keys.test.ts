import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byte, counted, u32 } from '../ssh/ssh-wire.js'
import { agentKeys } from './agent-keys.js'

let folder = ''
let answer: Buffer = Buffer.alloc(0)
const server = createServer(socket => {
  socket.on('error', () => {})
  socket.once('data', () => socket.end(answer))
})
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-agent-answers-'))
  await new Promise<void>(resolve => server.listen(join(folder, 'socket'), resolve))
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})
const asked = () => agentKeys(join(folder, 'socket'))

test('keys, and those that are for OpenSSH alone', async () => {
  const ed25519 = Buffer.concat([counted('ssh-ed25519'), counted(Buffer.alloc(32, 1))])
  const token = Buffer.concat([counted('sk-ssh-ed25519@openssh.com'), counted(Buffer.alloc(32, 1)), counted('ssh:')])
  const keys = Buffer.concat([counted(ed25519), counted('mine'), counted(token), counted('token')])
  answer = counted(Buffer.concat([byte(12), u32(2), keys]))
  expect(await asked()).toMatchObject([
    { key: { type: 'ssh-ed25519' }, feature: undefined, comment: 'mine' },
    { key: undefined, feature: 'security-key', type: 'sk-ssh-ed25519@openssh.com', comment: 'token' },
  ])
})

test.each([
  ['refuses', counted(byte(5)), 'the agent refused to list its keys'],
  ['hangs up', Buffer.alloc(0), 'it hung up'],
  ['boasts', u32(1_000_000), 'its answer is too long'],
])('an agent that %s', async (_, bytes, sentence) => {
  answer = bytes
  await expect(asked()).rejects.toThrow(sentence)
})

test('whatever it answers, it is keys or an error', async () => {
  const body = fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.concat([byte(12), bytes]))
  await fc.assert(
    fc.asyncProperty(body, async bytes => {
      answer = counted(bytes)
      await asked().then(
        keys => expect(Array.isArray(keys)).toBe(true),
        (error: unknown) => expect(error).toBeInstanceOf(Error),
      )
    }),
    { numRuns: 60 },
  )
})
