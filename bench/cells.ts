// How long a session's cells take: checking and completing on the language worker, compiling and running in the evaluator; wall
// time, and processor time of the whole process, which a busy machine changes less. And what memory the process has come to.
// Usage: npx tsx bench/cells.ts [cells] [thread]   (default 100 cells in the session, checked by the process that wakes from the
// snapshot of the build, as in a session; with "thread" by a thread, whose processor time and memory are those of this process)
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Evaluator } from '../src/repl/cells/evaluator.js'
import { LanguageClient } from '../src/repl/language/client.js'

const CELLS = Number(process.argv[2] ?? 100)
const ROUNDS = 50
const built = fileURLToPath(new URL('../dist/index.d.ts', import.meta.url))
const muster = existsSync(built) ? built : fileURLToPath(new URL('../src/index.ts', import.meta.url))

const folder = path.dirname(built)
const blobs = path.join(folder, 'repl/language')
const blob = existsSync(blobs) ? readdirSync(blobs).find(name => name.endsWith('.blob')) : undefined
const frozen = process.argv[3] === 'thread' || blob === undefined ? {} : { snapshot: path.join(blobs, blob) }

/** Sources of a session: each cell uses some of the names before it. */
const cells = Array.from({ length: CELLS }, (_, index) => {
  if (index === 0) return 'const web = fleet.match("web-*")\nlet count = 0'
  const before = `value${Math.max(1, index - 3)}`
  return index === 1
    ? 'const value1 = { name: "one", sizes: [1, 2, 3] }'
    : `const value${index} = { ...${before}, name: ${before}.name + "${index}", total: ${before}.sizes.reduce((a, b) => a + b, count) }`
})
const last = `value${CELLS - 1}`
const edits = Array.from(
  { length: ROUNDS },
  (_, round) => `${last}.sizes.map(n => n + ${round}).join(web.size + ${last}.name)`,
)

interface Cost {
  /** Milliseconds. */
  readonly wall: number
  readonly cpu: number
}

function report(what: string, costs: readonly Cost[]): void {
  const at = (share: number, of: keyof Cost) => {
    const sorted = costs.map(cost => cost[of]).sort((a, b) => a - b)
    return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1).padStart(7)
  }
  const line = (of: keyof Cost) => `${of} p50 ${at(0.5, of)} p95 ${at(0.95, of)} ms`
  console.log(`${what.padEnd(46)} ${line('wall')}   ${line('cpu')}   n ${costs.length}`)
}

function reportMemory(when: string): void {
  console.log(`${`memory of the process: ${when}`.padEnd(46)} ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`)
}

async function timed(action: () => Promise<unknown>): Promise<Cost> {
  const [started, before] = [performance.now(), process.cpuUsage()]
  await action()
  const { user, system } = process.cpuUsage(before)
  return { wall: performance.now() - started, cpu: (user + system) / 1000 }
}

async function each<T>(items: readonly T[], action: (item: T, index: number) => Promise<unknown>): Promise<Cost[]> {
  const costs: Cost[] = []
  for (const [index, item] of items.entries()) costs.push(await timed(() => action(item, index)))
  return costs
}

const cwd = mkdtempSync(path.join(tmpdir(), 'muster-bench-'))
try {
  const language = new LanguageClient({ cwd, packages: { muster } }, frozen)
  report('language worker: start until warm', [
    await timed(async () => {
      await language.declare('.prompt.d.ts', "declare const fleet: import('muster').Fleet")
      await language.ready()
    }),
  ])
  reportMemory('language worker warm')
  report('language worker: first check', [await timed(() => language.check('fleet.size'))])
  report(
    `language worker: commit of ${CELLS} cells`,
    await each(cells, (source, index) => language.commit(index + 1, source)),
  )
  const afterCommit: Cost[] = []
  for (const [round, source] of edits.slice(0, 10).entries()) {
    await language.commit(CELLS + round + 1, `const spare${round} = 1`)
    await new Promise(resolve => setTimeout(resolve, 500)) // the person reads what came out
    afterCommit.push(await timed(() => language.check(source)))
  }
  report('language worker: first check after a cell', afterCommit)
  report(`language worker: check, ${CELLS} cells`, await each(edits, source => language.check(source)))
  await language.complete(`${last}.`, last.length + 1)
  await new Promise(resolve => setTimeout(resolve, 2000)) // the person reads: who has completed once is got ready for more
  report(
    `language worker: complete member, ${CELLS} cells`,
    await each(edits, (_, n) => language.complete(`${n};${last}.`, `${n};${last}.`.length)),
  )
  report(
    `language worker: complete name, ${CELLS} cells`,
    await each(edits, (_, n) => language.complete(`${n};va`, `${n};va`.length)),
  )
  report(
    `language worker: complete argument keys, ${CELLS} cells`,
    await each(edits, (_, n) => language.complete(`${n};web.files.line({ `, `${n};web.files.line({ `.length)),
  )
  reportMemory(`${CELLS} cells, checked and completed`)
  await language.close()

  const evaluator = new Evaluator({ cwd })
  report('evaluator: compiler loaded', [await timed(() => evaluator.warmUp())])
  const globals = { fleet: { size: 3, match: () => ({ size: 2 }) } }
  report(
    `evaluator: ${CELLS} cells`,
    await each(cells, (source, index) => evaluator.run(source, { id: index + 1, globals })),
  )
  report(
    `evaluator: cell, ${CELLS} cells before it`,
    await each(edits, (source, n) => evaluator.run(source, { id: CELLS + n + 1, globals })),
  )
  evaluator.close()
} finally {
  rmSync(cwd, { recursive: true, force: true })
}
