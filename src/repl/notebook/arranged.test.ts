import ts from 'typescript'
import { expect, test } from 'vitest'
import type { SessionRecord } from '../protocol.js'
import { arrangedCells } from './arranged.js'
import { notebookFromSession } from './from-session.js'
import { cellsFromRecords } from './session-cells.js'

/** Records of cells that succeeded, numbered from 1. */
function ran(...sources: readonly string[]): SessionRecord[] {
  return sources.flatMap((source, index): SessionRecord[] => [
    { type: 'cell.start', at: 0, cell: index + 1, source, focus: [] },
    { type: 'cell.end', at: 0, cell: index + 1, end: { kind: 'ok', value: { kind: 'text', text: '' } }, ms: 1 },
  ])
}

const arrange = (cells: readonly number[]): SessionRecord => ({ type: 'session.arranged', at: 0, cells })

const arranged = (records: readonly SessionRecord[]) =>
  arrangedCells(ts, cellsFromRecords(records), records, new Set(['$', 'fleet']))
const ids = (records: readonly SessionRecord[]) => arranged(records).map(({ id }) => id)

test('cells follow the order they were put into; those that ran since are at the end', () => {
  const [one, two, three] = [ran('1'), ran('1', '2'), ran('1', '2', '3')]
  expect(ids(three)).toEqual([1, 2, 3])
  expect(ids([...three, arrange([3, 1])])).toEqual([3, 1])
  expect(ids([...two, arrange([2, 1]), ...three.slice(two.length)])).toEqual([2, 1, 3])
  expect(ids([...one, arrange([1]), ...two.slice(one.length), arrange([2, 1])])).toEqual([2, 1])
})

test('a name that would not mean the same any more is refused', () => {
  const records = ran('const a = 1', 'a + 1', 'const a = 2', 'a + 2')
  expect(ids([...records, arrange([3, 4])])).toEqual([3, 4])
  expect(() => arranged([...records, arrange([2, 1, 3, 4])])).toThrow(
    'Cell 2 uses a of cell 1, which is not the last to give it above it on the screen: move one of them back.',
  )
  expect(() => arranged([...records, arrange([1, 3, 2, 4])])).toThrow('Cell 2 uses a of cell 1')
  expect(() => arranged([...records, arrange([2, 3])])).toThrow(
    'Cell 2 uses a of cell 1, which was taken off the screen: run it again, or take away what uses it.',
  )
  expect(() => arranged([...ran('1', '_ + 1'), arrange([2])])).toThrow('Cell 2 uses _ of cell 1, which was taken off')
})

test('prose is saved as Markdown, where it was put', () => {
  const records = [...ran('1', ':note # Why\nThe **clocks** differ.'), arrange([2, 1])]
  const { notebook, outputs } = notebookFromSession(ts, arranged(records), {
    session: 's',
    meta: {},
    promptNames: new Set(),
    move: { from: '/a', to: '/a' },
  })
  expect(notebook.cells.map(({ kind, source }) => [kind, source])).toEqual([
    ['markdown', '# Why\nThe **clocks** differ.'],
    ['code', '1'],
  ])
  expect(Object.keys(outputs.cells)).toEqual([notebook.cells[1]?.id])
})
