import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { notebookFromSession } from '../../../src/repl/notebook/from-session.js'
import { openNotebook, saveNotebook } from '../../../src/repl/notebook/notebook-file.js'
import { relocateImports } from '../../../src/repl/notebook/relocate.js'
import { type SessionScript, sessionCells } from '../session-script.js'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-notebook-'))
  path = join(directory, 'history', 'fix.ts')
})
afterEach(() => rmSync(directory, { recursive: true }))

async function save(script: SessionScript, session = 'one'): Promise<void> {
  const move = { from: directory, to: join(directory, 'history') }
  const context = { session, meta: { title: 'Fix' }, promptNames: new Set(['fleet']), move }
  const { notebook, outputs } = notebookFromSession(ts, sessionCells(script), context)
  await saveNotebook(path, notebook, outputs)
}

test('a saved session opens with its cells and what they gave, and knows what was edited since', async () => {
  await save(['const a = 1', { source: 'nonsense', end: 'error' }, 'a + 1'])
  const opened = await openNotebook(path)
  expect(opened.problems).toEqual([])
  expect(opened.notebook.meta).toEqual({ title: 'Fix', session: 'one' })
  expect(opened.cells).toMatchObject([
    { kind: 'code', source: 'const a = 1', stale: false, latest: { session: 'one', cell: 1, end: { kind: 'ok' } } },
    { kind: 'failed', source: 'nonsense', stale: false, latest: { cell: 2, end: { kind: 'error' } } },
    { kind: 'code', source: 'a + 1', stale: false, latest: { end: { value: { kind: 'text', text: '1' } } } },
  ])
  writeFileSync(path, `${readFileSync(path, 'utf8').replace('a + 1', 'a + 2')}\n// %%\nnew\n`)
  const edited = await openNotebook(path)
  expect(edited.cells.map(({ stale }) => stale)).toEqual([false, false, true, false])
  expect(edited.cells[3]).toEqual({ kind: 'code', source: 'new', stale: false })
})

test('saving again adds to what is kept, and leaves no draft behind', async () => {
  await save(['1'])
  await save(['1', '2'])
  const { cells } = await openNotebook(path)
  expect(cells.map(({ latest }) => latest?.cell)).toEqual([1, 2])
  const kept = readFileSync(join(directory, 'history', 'fix.outputs.jsonl'), 'utf8')
  expect(kept.split('\n')).toEqual(['{"outputs":"muster","schema":2}', expect.any(String), expect.any(String), ''])
  expect(readdirSync(join(directory, 'history')).sort()).toEqual(['.gitattributes', 'fix.outputs.jsonl', 'fix.ts'])
  expect((statSync(join(directory, 'history', 'fix.outputs.jsonl')).mode & 0o777).toString(8)).toBe('600')
})

test("another session's notebook is not written over", async () => {
  await save(['1'])
  await expect(save(['2'], 'two')).rejects.toThrow(/fix\.ts was not saved by this session: choose another name/)
  writeFileSync(path, 'const mine = 1\n')
  await expect(save(['1'])).rejects.toThrow(/was not saved by this session/)
})

test('outputs that the first version kept are read, and go on in the present form; a conflict of git in them is read past', async () => {
  await save(['1', '2'])
  const file = join(directory, 'history', 'fix.outputs.jsonl')
  const [head = '', one = '', two = ''] = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, [head, '<<<<<<< HEAD', one, '=======', two, '>>>>>>> theirs', ''].join('\n'))
  expect((await openNotebook(path)).cells.map(({ latest }) => latest?.cell)).toEqual([1, 2])
  const { id, ...output } = JSON.parse(one)
  rmSync(file)
  const old = join(directory, 'history', 'fix.outputs.json')
  writeFileSync(old, JSON.stringify({ schema: 1, cells: { [id]: [output] } }))
  expect((await openNotebook(path)).cells.map(({ latest }) => latest?.cell)).toEqual([1, undefined])
  await save(['1', '2'])
  expect(existsSync(old)).toBe(false)
  expect((await openNotebook(path)).cells.map(({ latest }) => latest?.cell)).toEqual([1, 2])
})

test('outputs that cannot be read are said and left out', async () => {
  await save(['1'])
  for (const text of ['{', '{"outputs":"muster","schema":2}\n{"id":1}\n', '{"schema":1,"cells":{"x":[1]}}']) {
    writeFileSync(join(directory, 'history', 'fix.outputs.jsonl'), text)
    const { cells, problems } = await openNotebook(path)
    expect(cells[0]?.latest).toBeUndefined()
    expect(problems).toEqual(['fix.outputs.jsonl does not hold outputs of a notebook: they are left out.'])
  }
  await expect(openNotebook(join(directory, 'none.ts'))).rejects.toThrow(/There is no notebook/)
})

test.each([
  ["import './a.js'", "import '../a.js'"],
  ["import type { A } from '../lib/a.js'", "import type { A } from '../../lib/a.js'"],
  ["await import('./history/b.js')", "await import('./b.js')"],
  ["let x: import('./a.js').A", "let x: import('../a.js').A"],
  ["import a = require('./a.cjs')", "import a = require('../a.cjs')"],
  ["import fs from 'node:fs'; const s = './a.js'", "import fs from 'node:fs'; const s = './a.js'"],
])('moved and moved back: %s', (source, moved) => {
  const move = { from: '/x', to: '/x/history' }
  expect(relocateImports(ts, source, move)).toBe(moved)
  expect(relocateImports(ts, moved, { from: move.to, to: move.from })).toBe(source)
})
