import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpus } from '../../corpus/corpus.js'
import { corpusFolder } from '../../corpus/folder.js'
import { inMuster } from '../../corpus/in-muster.js'
import { differences } from '../../corpus/seen.js'

const folder = corpusFolder()
const run = inMuster(folder.path)

/** The test runner's own listeners would take what is provoked here for faults of the tests. */
const rejectionListeners = process.listeners('unhandledRejection')
const exceptionListeners = process.listeners('uncaughtException')
beforeAll(() => {
  process.removeAllListeners('unhandledRejection')
  process.removeAllListeners('uncaughtException')
})
afterAll(() => {
  for (const listener of rejectionListeners) process.on('unhandledRejection', listener)
  for (const listener of exceptionListeners) process.on('uncaughtException', listener)
  folder.remove()
})

describe.each(Object.entries(corpus))('%s', (_area, sequences) => {
  test.each(sequences)('%s', async (...sequence) => {
    const [, , expected] = sequence
    // whatever is not spoken of is clean
    expect(differences({ problems: [], late: [], ...expected }, await run(sequence))).toEqual([])
  })
})

test('there are enough sequences', () => {
  expect(Object.values(corpus).flat().length).toBeGreaterThanOrEqual(300)
})
