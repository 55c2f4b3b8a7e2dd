import { tmpdir } from 'node:os'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CellError } from './cell-error.js'
import { Evaluator } from './evaluator.js'

const output: string[] = []
const uncaught: (readonly [error: CellError | undefined, thrown: unknown])[] = []
/** The test runner's own listeners would take what is provoked here for faults of the tests. */
const rejectionListeners = process.listeners('unhandledRejection')
const exceptionListeners = process.listeners('uncaughtException')
let evaluator: Evaluator

beforeAll(() => {
  process.removeAllListeners('unhandledRejection')
  process.removeAllListeners('uncaughtException')
  evaluator = new Evaluator({
    cwd: tmpdir(),
    onOutput: (cell, stream, text) => output.push(`${cell} ${stream} ${text}`),
    onUncaught: (error, thrown) => uncaught.push([error, thrown]),
  })
})
afterAll(() => {
  evaluator.close()
  for (const listener of rejectionListeners) process.on('unhandledRejection', listener)
  for (const listener of exceptionListeners) process.on('uncaughtException', listener)
})
beforeEach(() => {
  output.length = 0
  uncaught.length = 0
})

const globals = { sleep: (ms: number) => new Promise(resolve => setTimeout(resolve, ms)) }
const run = (source: string, id: number) => evaluator.run(source, { id, globals })
const settled = () => globals.sleep(30)

test('console output belongs to its cell', async () => {
  await run("console.log('a', { b: 1 }); console.error('c')", 1)
  expect(output).toEqual(['1 stdout a { b: 1 }\n', '1 stderr c\n'])
})

test('also what comes later, or from two cells at once', async () => {
  await Promise.all([
    run("setTimeout(() => console.log('late'), 20); await sleep(5); console.log('one')", 1),
    run("await sleep(1); console.log('two')", 2),
  ])
  await settled()
  expect([...output].sort()).toEqual(['1 stdout late\n', '1 stdout one\n', '2 stdout two\n'])
})

test('console.table and groups come whole', async () => {
  await run("console.group('g'); console.log('in'); console.groupEnd(); console.log('out')", 3)
  expect(output.join('')).toBe('3 stdout g\n3 stdout   in\n3 stdout out\n')
})

test('console outside of cells is left alone, and given back in the end', () => {
  console.info('')
  expect(output).toEqual([])
})

test('a rejection nobody handles is told with its cell and place', async () => {
  await run("1\nvoid Promise.reject(new Error('lost'))", 4)
  await settled()
  expect(uncaught.map(([error]) => error?.message)).toEqual(['cell 4:2:21: Error: lost'])
})

test('also when it has no stack and comes later', async () => {
  await run("void (async () => { await sleep(5); throw 'text' })()", 5)
  await settled()
  expect(uncaught).toMatchObject([[{ message: "cell 5: 'text' was thrown", cell: 5 }, 'text']])
})

test('an exception in a callback is told with its cell and place', async () => {
  await run("setTimeout(() => {\n  throw new Error('late')\n}, 1)", 6)
  await settled()
  expect(uncaught.map(([error]) => error?.message)).toEqual(['cell 6:2:9: Error: late'])
})

test('what no cell caused is told without one', async () => {
  void Promise.reject(new Error('elsewhere'))
  await settled()
  expect(uncaught).toMatchObject([[undefined, { message: 'elsewhere' }]])
})
