import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SessionRecord } from '../../repl/protocol.js'
import { applyNotebookRecords, EMPTY_NOTEBOOK } from './notebook.js'

const host = fc.constantFrom('a', 'b', 'c')
const task = fc.integer({ min: 1, max: 3 })
const started = fc.record({
  type: fc.constant('task.start' as const),
  task,
  cell: fc.constantFrom(1, 2),
  kind: fc.constant('command' as const),
  label: fc.constantFrom('uptime', 'df'),
  hosts: fc.uniqueArray(host),
  at: fc.nat(99),
})
const progressed = fc.oneof(
  fc.record({
    type: fc.constant('task.host' as const),
    task,
    host,
    at: fc.nat(99),
    outcome: fc.record({
      status: fc.constantFrom('ok' as const, 'failed' as const),
      key: fc.constant(''),
      text: fc.constantFrom('no such file', 'denied'),
      ms: fc.nat(9),
    }),
  }),
  fc.record({
    type: fc.constant('task.output' as const),
    task,
    at: fc.nat(99),
    hosts: fc.dictionary(host, fc.constant(['line'])),
  }),
  fc.record({
    type: fc.constant('change.start' as const),
    task,
    host,
    at: fc.nat(99),
    index: fc.constant(0),
    summary: fc.constant('a change'),
  }),
  fc.record({ type: fc.constant('task.end' as const), task, at: fc.nat(99), ms: fc.nat(9) }),
  fc.record({ type: fc.constant('host.latency' as const), host, ms: fc.nat(9), at: fc.nat(99) }),
)
const cells: readonly SessionRecord[] = [1, 2].map(cell => ({
  type: 'cell.start',
  cell,
  source: `cell ${cell}`,
  focus: [],
  at: 0,
}))

test('records taken in all at once come to the same as one by one, and leave what was shown before as it was', () => {
  fc.assert(
    fc.property(fc.array(started, { maxLength: 4 }), fc.array(fc.oneof(started, progressed)), (before, records) => {
      const shown = applyNotebookRecords(EMPTY_NOTEBOOK, [...cells, ...before])
      const kept = structuredClone(shown)
      const together = applyNotebookRecords(shown, records)
      expect(shown).toEqual(kept)
      expect(together).toEqual(records.reduce((notebook, record) => applyNotebookRecords(notebook, [record]), shown))
    }),
  )
})

const opened = (
  cells: readonly { readonly key: number; readonly source: string; readonly stale?: true; readonly prose?: true }[],
  altered?: readonly number[],
): SessionRecord => {
  let number = 0
  return {
    type: 'notebook.opened',
    name: 'fix',
    title: 'Fix',
    at: 5,
    cells: cells.map(({ prose, stale = false, ...cell }) => ({
      ...cell,
      stale,
      ...(prose ? {} : { number: ++number, end: { kind: 'ok', value: { kind: 'text', text: `was ${cell.source}` } } }),
    })),
    ...(altered ? { altered } : {}),
  }
}

test('a notebook that somebody edits is shown as it is by now, each cell at its place', () => {
  const told = ({ entries }: ReturnType<typeof applyNotebookRecords>): string[] =>
    entries.map(({ saved, source, remarks }) =>
      [...(saved === undefined ? [] : [saved]), source, ...remarks.map(({ text }) => `(${text})`)].join(' '),
    )
  const hint =
    ' (Fix: nothing of it runs by itself. :run runs the next cell, :run N one of them, :run rest all that only read.)'
  const first = applyNotebookRecords(EMPTY_NOTEBOOK, [
    { type: 'cell.start', cell: 1, source: 'before', focus: [], at: 0 },
    { type: 'cell.end', cell: 1, end: { kind: 'ok', value: { kind: 'nothing' } }, ms: 1, at: 0 },
    opened([
      { key: 1, source: 'words', prose: true },
      { key: 2, source: 'a' },
      { key: 3, source: 'b' },
      { key: 4, source: 'c' },
    ]),
    { type: 'cell.start', cell: 2, source: 'between', focus: [], at: 6 },
    { type: 'cell.end', cell: 2, end: { kind: 'ok', value: { kind: 'nothing' } }, ms: 1, at: 6 },
  ])
  expect(told(first)).toEqual(['before', ' (words)', '1 a', '2 b', '3 c', hint, 'between'])
  const unfolded = {
    ...first,
    entries: first.entries.map(entry =>
      entry.notebookKey === 3 ? { ...entry, opened: new Map([['source', 2 as const]]) } : entry,
    ),
  }

  // an edit, a new one behind it, one that is gone, another at the beginning
  const second = applyNotebookRecords(unfolded, [
    opened(
      [
        { key: 5, source: 'new' },
        { key: 1, source: 'better words', prose: true },
        { key: 3, source: 'B', stale: true },
        { key: 6, source: 'newer' },
        { key: 4, source: 'c' },
      ],
      [1, 2, 3],
    ),
  ])
  expect(told(second)).toEqual([
    'before',
    '1 new',
    ' (better words)',
    'a (no longer in the notebook)',
    '2 B (changed since it gave this)',
    '3 newer',
    '4 c',
    hint,
    'between',
  ])
  const edited = second.entries.find(({ notebookKey }) => notebookKey === 3)
  expect(edited).toMatchObject({ id: first.entries[3]?.id, end: { value: { text: 'was B' } } })
  expect(edited?.opened.get('source')).toBe(2)
  expect(new Set(second.entries.map(({ id }) => id)).size).toBe(second.entries.length)

  // moved about, and nothing said twice
  const third = applyNotebookRecords(second, [
    opened(
      [
        { key: 4, source: 'c' },
        { key: 3, source: 'b' },
        { key: 5, source: 'new' },
      ],
      [],
    ),
  ])
  expect(told(third)).toEqual([
    'before',
    '1 c',
    ' (no longer in the notebook) (better words)',
    'a (no longer in the notebook)',
    '2 b',
    'newer (no longer in the notebook)',
    '3 new',
    hint,
    'between',
  ])
})
