import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { demoUnavailable } from '../../src/demo/available.js'
import { startDemoFleet } from '../../src/demo/fleet.js'
import { openNotebook } from '../../src/repl/notebook/notebook-file.js'
import type { CellEnd } from '../../src/repl/protocol.js'
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

/** What they changed depends on shell lines, which nobody can prove; the export says so of each. */
const SHELL_LINES: ReadonlySet<string> = new Set(['full-disk.ts'])

const unavailable = demoUnavailable()

describe.skipIf(unavailable !== undefined)(
  `worked sessions${unavailable === undefined ? '' : ` (${unavailable})`}`,
  () => {
    test.each(NOTEBOOKS)(
      '%s gives what is recorded beside it, and what it changed is exported, and proven where that can be',
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
        if (RECORDS) await session.port.command('save')
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
