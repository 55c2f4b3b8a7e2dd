import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeRunFolder } from './run-folder.js'

let parent = ''
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'run-folder-test-'))
})
afterEach(() => rmSync(parent, { recursive: true }))

test.skipIf(process.platform !== 'linux')('a new run sweeps what dead runs left and nothing else', () => {
  const living = makeRunFolder(parent)
  // Process ids end at 4194304 (proc(5), pid_max), so nothing has this one.
  const dead = join(parent, 'muster-demo-4999999-1-abcdef')
  // This process's id, but of a process that started at another time.
  const reused = join(parent, `muster-demo-${process.pid}-1-abcdef`)
  const other = join(parent, 'something-else')
  for (const folder of [dead, reused, other]) mkdirSync(folder)
  writeFileSync(join(dead, 'known_hosts'), '')
  symlinkSync(other, join(parent, 'muster-demo-4999999-1-linked'))

  const fresh = makeRunFolder(parent)

  expect([living, fresh, other].map(path => existsSync(path))).toEqual([true, true, true])
  expect([dead, reused].map(path => existsSync(path))).toEqual([false, false])
  expect(existsSync(join(parent, 'muster-demo-4999999-1-linked'))).toBe(true)
})

test('only its owner may look inside', () => {
  expect(statSync(makeRunFolder(parent)).mode & 0o777).toBe(0o700)
})
