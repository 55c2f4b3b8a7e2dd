import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { currentCell } from './context.js'
import { Evaluator } from './evaluator.js'
import { createInterrupter, type Interrupter } from './interrupter.js'

const folder = mkdtempSync(path.join(tmpdir(), 'muster-interrupt-'))
const pipe = path.join(folder, 'pipe')
let interrupter: Interrupter
let evaluator: Evaluator
let running: AbortController
let readEnd: number
let writeEnd: number

beforeAll(async () => {
  execFileSync('mkfifo', [pipe])
  readEnd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  writeEnd = openSync(pipe, constants.O_WRONLY)
  interrupter = createInterrupter({ fd: readEnd, onInterrupt: () => running.abort() })
  evaluator = new Evaluator({ cwd: folder, isInterrupting: interrupter.isInterrupting })
  await interrupter.ready
  await evaluator.warmUp()
})
afterAll(async () => {
  evaluator.close()
  await interrupter.close()
  closeSync(writeEnd)
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a cell, which another process interrupts a moment after it has begun, as a front end would. */
async function interrupted(source: string, id: number): Promise<unknown> {
  running = new AbortController()
  const started = performance.now()
  const outcome = await evaluator
    .run(`begun();${source}`, { id, globals, signal: running.signal })
    .then(() => expect.fail('it should have been interrupted'))
    .catch(error => error)
  expect(performance.now() - started).toBeLessThan(3000)
  await interrupter.heard()
  return outcome
}

const globals = {
  begun: () => void spawn('sh', ['-c', 'sleep 0.1; printf x >&3'], { stdio: ['ignore', 'ignore', 'ignore', writeEnd] }),
  sleep: (ms: number) => new Promise(resolve => setTimeout(resolve, ms)),
  turns: { count: 0 },
  log: [] as string[],
}

describe('interrupting', () => {
  test.each([
    ['a loop', 'while (true) {}', { line: 1, column: 9 }],
    ['a loop without a body', 'for (;;);', { line: 1, column: 9 }],
    ['a loop after an await', 'await sleep(1)\nwhile (true) {}', { line: 2, column: 1 }],
    [
      'a loop in a callback that is awaited',
      'await Promise.all([1].map(async () => { await sleep(1)\nfor (;;) {} }))',
      { line: 2 },
    ],
    ['a loop that swallows what stops it', 'for (;;) { try { for (;;) {} } catch {} }', {}],
    ['awaits that never wait', 'const spin = async (): Promise<never> => { await null; return spin() }\nspin()', {}],
    ['a for await that never ends', 'for await (const n of (async function* () { for (;;) yield 1 })());', {}],
    [
      'a function that calls itself',
      'const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2))\nfib(99)',
      { line: 1 },
    ],
    [
      'what a method of an array calls',
      'const all = Array.from({ length: 1e5 }, (_, i) => i)\nall.flatMap(() => all.map(n => n * 2)).length',
      {},
    ],
    ['a chain of promises', 'const next = (): Promise<never> => Promise.resolve().then(next)\nawait next()', {}],
    [
      'a chain that mends itself',
      'const next = (): Promise<never> => Promise.reject().catch(next)\nawait next().catch(next)',
      {},
    ],
    [
      'a chain nobody waits for',
      'const next = (): Promise<void> => Promise.resolve().then(() => void next())\nnext()\nawait new Promise(() => {})',
      {},
    ],
    ['microtasks', 'const again = () => queueMicrotask(again)\nagain()\nawait new Promise(() => {})', {}],
    ['ticks of the process', 'const again = () => process.nextTick(again)\nagain()\nawait new Promise(() => {})', {}],
    [
      'a method and a getter',
      'const o = { get on(): boolean { return this.off() }, off(): boolean { return [1, 2, 3, 4].every(() => this.on2()) }, on2() { return false } }\nArray.from({ length: 1e9 }, () => o.on)',
      {},
    ],
    ['a wait', 'await new Promise(() => {})', {}],
    ['a wait in a wait', 'await (async () => { await sleep(60_000) })()', {}],
  ])('%s', async (_title, source, place) => {
    const before = await evaluator.run('let kept = 41', { id: 1, globals })
    expect(before.declared).toEqual(['kept'])
    expect(await interrupted(source, 2)).toMatchObject({ name: 'CellError', kind: 'interrupted', ...place })
    expect((await evaluator.run('kept += 1\nkept', { id: 3, globals })).value).toBe(42)
  })

  test('stops functions of earlier cells, and what those left running when it holds the thread', async () => {
    await evaluator.run('const round = (): Promise<never> => Promise.resolve().then(round)', { id: 10, globals })
    expect(await interrupted('await round()', 11)).toMatchObject({ kind: 'interrupted' })
    await evaluator.run('setTimeout(() => { turns.count = -1; for (;;) {} }, 50)', { id: 12, globals })
    expect(await interrupted('await sleep(60_000)', 13)).toMatchObject({ kind: 'interrupted' })
    expect(globals.turns.count).toBe(-1)
    globals.turns.count = 0
  })

  test('runs finally blocks', async () => {
    await interrupted("try { for (;;) {} } finally { log.push('done') }", 4)
    expect(globals.log).toEqual(['done'])
  })

  test('declares nothing', async () => {
    await interrupted('const gone = 1\nfor (;;) {}', 5)
    expect((await evaluator.run('typeof gone', { id: 6, globals })).value).toBe('undefined')
  })

  test('stops what goes on in the background too, at its next await', async () => {
    await interrupted('for (;;) { await sleep(10); turns.count++ }', 7)
    const { count } = globals.turns
    await globals.sleep(60)
    expect(globals.turns.count).toBe(count)
  })

  test('is seen by whatever the cell called', async () => {
    let seen: AbortSignal | undefined
    const wait = () => {
      seen = currentCell()?.signal
      return new Promise(() => {})
    }
    running = new AbortController()
    const cell = evaluator.run('await wait()', { id: 8, globals: { wait }, signal: running.signal })
    setTimeout(() => running.abort(), 20)
    await expect(cell).rejects.toMatchObject({ kind: 'interrupted', message: 'cell 8: interrupted' })
    expect(seen?.aborted).toBe(true)
  })

  test('from inside meets the cell that is meant, not the one that runs when the loop has been left', async () => {
    const meant = new AbortController()
    const stop = () => interrupter.interrupt(() => meant.abort())
    const cell = evaluator.run('stop(); for (;;) {}', { id: 9, globals: { stop }, signal: meant.signal })
    await expect(cell).rejects.toMatchObject({ kind: 'interrupted' })
    running = new AbortController()
    await new Promise(resolve => setTimeout(resolve, 20))
    expect([meant.signal.aborted, running.signal.aborted]).toEqual([true, false])
  })
})
