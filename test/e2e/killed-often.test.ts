import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { earlierInputs } from '../../src/journal/inputs.js'
import { Journal } from '../../src/journal/journal.js'
import { readWhole } from '../../src/journal/read.js'
import { openNotebook } from '../../src/repl/notebook/notebook-file.js'

const TIMES = 200
/** So many at once: one for each core. */
const LANES = 2
/** A session is killed when it has shown some number of lines up to this, and some moment later. */
const MOST_LINES = 60

/**
 * A scripted session: cells that ask simulated hosts, print, give big answers, and are saved as a notebook after each. All that
 * happens is journaled, then shown as a line. The processes of a session without its compiler, so that 200 take seconds.
 */
const PROGRAM = `
import { writeSync } from 'node:fs'
import { SessionLog } from './src/repl/kernel/session-log.js'
import { Engine } from './src/engine/engine.js'
import { FakeLink } from './src/engine/connect/fake/link.js'
import { resolveInventory } from './src/engine/inventory/inventory.js'
import { Redactor } from './src/engine/redact.js'
import { inScope } from './src/engine/run/scope.js'
import { saveNotebook } from './src/repl/notebook/notebook-file.js'
import { sourceHash } from './src/repl/notebook/outputs.js'
const log = await SessionLog.start(process.cwd(), new Redactor())
const emit = event => { const kept = log.append({ ...event, at: Date.now() }); writeSync(1, JSON.stringify(kept) + '\\n') }
const engine = new Engine({
  inventory: resolveInventory({ hosts: { a: {}, b: {}, c: {} } }, 'inventory.ts'), catalogue: { facts: {}, operations: {} }, emit,
  link: ({ name }, observer) => new FakeLink(name, script => ({ stdout: name + ' says ' + 'x'.repeat(script.length * 600) + '\\n' }), { observer }),
  approver: async () => ({ kind: 'decline' }), heard: answer => log.heard(answer),
})
writeSync(1, 'begins\\n')
const cells = [], outputs = {}
for (let cell = 1; ; cell++) {
  const source = 'ask ' + 'again '.repeat(cell % 9)
  const input = log.keepInput(source)
  emit({ type: 'cell.start', cell, source, focus: ['a', 'b', 'c'] })
  emit({ type: 'cell.console', cell, stream: 'out', text: 'cell ' + cell })
  const results = await engine.fleet.script(source)
  const end = { kind: 'ok', value: { kind: 'text', text: String(results.ok.size) } }
  emit({ type: 'cell.end', cell, end, ms: 1 })
  input.ended('ok', ['a', 'b', 'c'])
  cells.push({ kind: 'code', id: 'c' + cell, source: 'const x' + cell + ' = 1' })
  outputs['c' + cell] = [{ hash: sourceHash(cells.at(-1).source), session: log.session, cell, at: 1, end, console: [] }]
  await saveNotebook(log.history + '/saved.ts', { meta: { session: log.session, title: 'saved' }, head: '', cells }, { cells: outputs })
}`

const scratch = mkdtempSync(join(tmpdir(), 'muster-killed-program-'))
const program = join(scratch, 'program.mjs')

beforeAll(() =>
  build({
    stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    bundle: true,
    outfile: program,
    format: 'esm',
    platform: 'node',
    external: ['ssh2', 'typescript', 'ts-node', 'nunjucks'],
    // what packages that are CommonJS expect
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  }),
)
afterAll(() => rmSync(scratch, { recursive: true }))

test(`kill -9 at ${TIMES} random moments: all that was shown is in the journal, the notebook opens, no file is half-written`, async () => {
  const begun = Date.now()
  let left = TIMES
  const lane = async (): Promise<Killed[]> => {
    const killed: Killed[] = []
    while (left > 0) {
      left -= 1
      killed.push(await killOne(Math.random() * MOST_LINES))
    }
    return killed
  }
  const killed = (await Promise.all(Array.from({ length: LANES }, lane))).flat()
  expect(killed).toHaveLength(TIMES)
  // the moments were worth it: sessions were at work, some were cut in the middle of a line, or of a file
  expect(killed.filter(({ shown }) => shown > 10).length).toBeGreaterThan(TIMES / 2)
  expect(killed.filter(({ notebook }) => notebook).length).toBeGreaterThan(TIMES / 4)
  console.log(
    `${TIMES} sessions killed in ${((Date.now() - begun) / 1000).toFixed(0)} s; ${killed.filter(({ drafts }) => drafts > 0).length} left drafts`,
  )
}, 600_000)

interface Killed {
  /** How many lines it had shown. */
  readonly shown: number
  /** Whether it had saved its notebook. */
  readonly notebook: boolean
  /** Files that it had been about to put in place. */
  readonly drafts: number
}

/** Runs a session, kills it after so many lines, and looks at what it left. */
async function killOne(after: number): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-killed-'))
  try {
    const history = join(folder, 'history')
    mkdirSync(history)
    const shown = await runAndKill(folder, after)
    const [session = ''] = readdirSync(history).filter(name => statSync(join(history, name)).isDirectory())
    const directory = join(history, session)
    const { records, problems } = await readWhole(directory)
    expect(problems.filter(problem => !/was cut off when its process was killed/.test(problem))).toEqual([])
    const kept = new Set(records.map(record => JSON.stringify(record)))
    expect(shown.filter(line => !kept.has(line))).toEqual([])

    const notebook = readdirSync(history).includes('saved.ts')
    const saved = shown.filter(line => line.includes('"type":"cell.end"')).length
    if (saved > 1) expect(notebook).toBe(true)
    if (notebook) {
      const opened = await openNotebook(join(history, 'saved.ts'))
      expect(opened.problems).toEqual([])
      expect(opened.cells.length).toBeGreaterThanOrEqual(saved - 1)
      expect(opened.cells.filter(({ latest, stale }) => !latest || stale)).toEqual([])
    }
    expect((await earlierInputs(history)).length).toBeGreaterThan(shown.length > 1 ? 0 : -1)

    const drafts = filesBelow(folder).filter(path => path.endsWith('.tmp')).length
    // whoever goes on with the session finds it whole
    const journal = Journal.open(directory)
    journal.append({ type: 'said', at: 1 })
    journal.close()
    expect((await readWhole(directory)).problems).toEqual([])
    expect(filesBelow(directory).filter(path => !/journal\.jsonl$|\/blobs\/[0-9a-f]{64}$/.test(path))).toEqual([])
    return { shown: shown.length, notebook, drafts }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the session had shown when it was killed: its whole lines. */
function runAndKill(cwd: string, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [program], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let shown = ''
  let dying = false
  child.stdout.on('data', chunk => {
    shown += String(chunk)
    if (dying || shown.split('\n').length <= after) return
    dying = true
    setTimeout(() => child.kill('SIGKILL'), Math.random() * 5)
  })
  return new Promise((resolve, reject) =>
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(shown.split('\n').slice(1, -1))
      else reject(new Error('The session ended by itself.'))
    }),
  )
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesBelow(join(directory, entry.name)) : [join(directory, entry.name)],
  )
}
