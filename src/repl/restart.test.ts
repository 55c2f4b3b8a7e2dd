import { expect, test } from 'vitest'
import { restartLoss, restartText } from './restart.js'

test('cells that are not run again are told with their reason, of one as of several', () => {
  const left = [1, 2].map(cell => ({ cell, reason: 'it changed hosts' }))
  const using = [4, 6].map(cell => ({ cell, reason: 'it uses os, which is gone' }))
  expect(
    restartText({ again: [], left: [...left, { cell: 3, reason: 'it copied files' }, ...using], missing: {} }),
  ).toBe(
    'The kernel is new: connections are made at the next use. Nothing was run again. Not run again: cells 1, 2; they changed hosts. Not run again: cell 3; it copied files. Not run again: cells 4, 6; they use os, which is gone.',
  )
  const past = [1, 2].map(cell => ({
    ...{ cell, source: 'x', focus: [], marked: [], end: 'ok' as const, wrote: 'it changed hosts' },
  }))
  expect(restartLoss(past)).toBe(
    'Values and names of cells 1, 2 (they changed hosts) would be lost: these are never run again.',
  )
})
