import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { SecretPrompt } from './secret.js'
import { secret } from './secret-sources.js'

const directory = mkdtempSync(join(tmpdir(), 'muster-secrets-'))
const file = join(directory, 'sudo')
writeFileSync(file, 'hunter2\r\nsecond line\n')
afterAll(() => rmSync(directory, { recursive: true }))

it('takes the first line, and shows none of it', () => {
  vi.stubEnv('MUSTER_TEST_SECRET', 'hunter2')
  for (const from of [
    secret.file(file),
    secret.env('MUSTER_TEST_SECRET'),
    secret.command('printf', 'hunter2\nmore\n'),
  ]) {
    expect(from.reveal()).toBe('hunter2')
    expect(`${from} ${JSON.stringify(from)}`).not.toContain('hunter2')
  }
  expect(secret.prompt('sudo')).toBeInstanceOf(SecretPrompt)
})

it.each([
  ['a variable that is not set', () => secret.env('MUSTER_NOT_SET'), 'The environment variable MUSTER_NOT_SET'],
  ['a file that is not there', () => secret.file(join(directory, 'none')), 'cannot be read: ENOENT'],
  ['a program that fails', () => secret.command('false'), 'false, which the inventory takes a secret from, failed'],
])('refuses %s', (_what, take, message) => {
  expect(take).toThrow(message)
})
