import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { demoUnavailable } from '../../src/demo/available.js'
import { startDemoFleet } from '../../src/demo/fleet.js'
import { Journal } from '../../src/journal/journal.js'
import { readWhole } from '../../src/journal/read.js'
import { openNotebook } from '../../src/repl/notebook/notebook-file.js'
import type { CellEnd, SessionRecord } from '../../src/repl/protocol.js'
import { watchSession } from '../fleet/watched-session.js'
import { typeCheck } from './type-check.js'

const HISTORY = fileURLToPath(new URL('../../history/', import.meta.url))
const NOTEBOOKS = readdirSync(HISTORY).filter(name => name.endsWith('.ts'))

/** With `MUSTER_RECORD=1` what the cells come to is written beside the notebooks instead of compared. */
const RECORDS = process.env.MUSTER_RECORD === '1'

/** What is the same each time a cell runs. */
function lasting(end: CellEnd | undefined): unknown {
  return JSON.parse(JSON.stringify(end ?? null, (key, value) => (key === 'ms' ? undefined : value)))
}

/** How the cells of a session ended, in order. */
function endsOf(records: readonly SessionRecord[]): unknown[] {
  return records.flatMap(record => (record.type === 'cell.end' ? [lasting(record.end)] : []))
}

/** What a transcript needs: what was asked of hosts, what they answered, and what came of it. */
const TRANSCRIBED = /^(?:session\.(?:start|focus)|cell|task|plan|change|answer)(?:\.|$)/

/** Keeps the journal of a worked session, without what is of this machine alone. */
async function keepTranscript(journaled: string, directory: string): Promise<void> {
  const { records } = await readWhole(journaled)
  rmSync(directory, { recursive: true, force: true })
  const journal = Journal.open(directory)
  for (const record of records)
    if (TRANSCRIBED.test(record.type)) {
      const theirs = record.type === 'session.start' ? { by: 'ops@example', directory: '/srv/ops' } : {}
      journal.append({ ...record, ...theirs })
    }
  journal.close()
}

/** What they changed depends on shell lines, which nobody can prove; the export says so of each. */
const SHELL_LINES: ReadonlySet<string> = new Set(['full-disk.ts'])

const unavailable = demoUnavailable()

describe.skipIf(unavailable !== undefined)(
  `worked sessions${unavailable === undefined ? '' : ` (${unavailable})`}`,
  () => {
    test.each(NOTEBOOKS)(
      '%s gives what is recorded beside it and in its transcript, and what it changed is exported, and proven where that can be',
      { timeout: 240_000 },
      async name => {
        const directory = mkdtempSync(join(tmpdir(), 'muster-worked-'))
        onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
        mkdirSync(join(directory, 'history'))
        const demo = await startDemoFleet()
        onTestFinished(() => demo.stop())
        const notebook = join(HISTORY, name)
        if (RECORDS) rmSync(notebook.replace(/\.ts$/, '.outputs.jsonl'), { force: true })
        const session = await watchSession(
          { hosts: {} },
          { inventory: demo.inventory, directory, notebook, checkTypes: false },
        )
        onTestFinished(() => session.close())

        const { cells } = await openNotebook(notebook)
        const code = cells.filter(({ kind }) => kind === 'code')
        for (const [i, cell] of code.entries()) {
          session.mark()
          await session.port.command(`run ${i + 1}`)
          const [ended] = session.since('cell.end')
          expect(ended?.end.kind, cell.source).toBe('ok')
          if (!RECORDS) expect(lasting(ended?.end), cell.source).toEqual(lasting(cell.latest?.end))
        }
        const title = name.replace(/\.ts$/, '')
        const transcribed = join(HISTORY, 'transcripts', title)
        if (RECORDS) {
          await session.port.command('save')
          const [recorded = ''] = readdirSync(join(directory, 'history'))
          await keepTranscript(join(directory, 'history', recorded), transcribed)
        }
        const { records, problems } = await readWhole(transcribed)
        expect(problems).toEqual([])
        expect(endsOf(records as readonly SessionRecord[])).toEqual(endsOf(session.records).slice(0, code.length))
        const saved = await openNotebook(notebook)
        expect(saved.problems).toEqual([])
        expect(saved.cells.filter(({ kind, stale, latest }) => kind === 'code' && (stale || !latest))).toEqual([])

        session.mark()
        await session.port.command('export deploy.ts')
        const [exported] = session.since('cell.end')
        expect(JSON.stringify(exported?.end)).toMatch(
          SHELL_LINES.has(name)
            ? /exported deploy\.ts\\nnot proven .*Not provable: cell 1, host\('edge-1'\)/
            : /exported deploy\.ts\\ntype-checked, and planned on \S+ on .* UTC: nothing to change/,
        )
        expect(readFileSync(join(directory, 'deploy.ts'), 'utf8')).toContain('export default async function')
      },
    )
  },
)

test('worked sessions type-check', { timeout: 240_000 }, () => {
  const files = NOTEBOOKS.map((name): [string, string] => [
    `history/${name}`,
    readFileSync(join(HISTORY, name), 'utf8'),
  ])
  expect(NOTEBOOKS.length).toBeGreaterThanOrEqual(3)
  expect(typeCheck(Object.fromEntries(files))).toEqual([])
})
