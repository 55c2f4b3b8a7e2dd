import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editLines, type LineEdit } from './edit-lines.js'

describe('editLines', () => {
  const add = (line: string, more: Partial<LineEdit> = {}): LineEdit => ({ line, present: true, ...more })
  const table: [what: string, text: string | undefined, edit: LineEdit, after: string | undefined][] = [
    ['adds at the end', 'a\n', add('b'), 'a\nb\n'],
    ['closes an open last line before adding', 'a', add('b'), 'a\nb\n'],
    ['leaves an open last line open when replacing', 'a', add('b', { replace: 'a' }), 'b'],
    ['creates the file', undefined, add('a'), 'a\n'],
    ['fills an empty file', '', add('a'), 'a\n'],
    ['finds the line there', 'a\nb\n', add('a'), 'a\nb\n'],
    ['a longer line is another line', 'ab\n', add('a'), 'ab\na\n'],
    ['replaces every match', 'x 1\ny\nx 2\n', add('x 3', { replace: /^x/ }), 'x 3\ny\nx 3\n'],
    ['replaces by whole line', 'x 1\nx\n', add('z', { replace: 'x' }), 'x 1\nz\n'],
    ['replaces with a global pattern every time', 'x\nx\n', add('z', { replace: /x/g }), 'z\nz\n'],
    ['adds where nothing matches', 'y\n', add('x 3', { replace: /^x/ }), 'y\nx 3\n'],
    ['does not add when present and nothing matches', 'z\n', add('z', { replace: /^x/ }), 'z\n'],
    ['adds after the last match', 'a\nb\na\nc\n', add('n', { after: 'a' }), 'a\nb\na\nn\nc\n'],
    ['adds before the first match', 'a\nb\na\n', add('n', { before: /^b/ }), 'a\nn\nb\na\n'],
    ['adds before the very first line', 'a\nb\n', add('n', { before: 'a' }), 'n\na\nb\n'],
    ['adds at the end where no anchor is', 'a\n', add('n', { after: 'q' }), 'a\nn\n'],
    ['keeps CRLF', 'a\r\nb\r\n', add('c'), 'a\r\nb\r\nc\r\n'],
    ['finds a line in CRLF', 'a\r\nb\r\n', add('b'), 'a\r\nb\r\n'],
    ['keeps mixed line ends', 'a\nb\r\n', add('c'), 'a\nb\r\nc\n'],
    ['takes out by text', 'a\nb\na\n', { line: 'a', present: false }, 'b\n'],
    ['takes out by pattern', 'a1\nb\n', { line: /^a/, present: false }, 'b\n'],
    ['closes what is left of an open end', 'a\nb', { line: 'b', present: false }, 'a\n'],
    ['leaves an open end elsewhere', 'b\na', { line: 'b', present: false }, 'a'],
    ['takes out all', 'a\n', { line: 'a', present: false }, ''],
    ['takes out of nothing', undefined, { line: 'a', present: false }, undefined],
  ]
  test.each(table)('%s', (_, text, edit, after) => {
    expect(editLines(text, edit)).toBe(after)
    expect(editLines(after, edit)).toBe(after)
  })

  test('a second edit finds nothing to do, and untouched lines stay', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '$', '\r') }).filter(text => !text.includes('\r'))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '\r\n') })
    fc.assert(
      fc.property(text, line, fc.boolean(), (before, wanted, present) => {
        const after = editLines(before, { line: wanted, present })
        expect(editLines(after, { line: wanted, present })).toBe(after)
        const others = (all: string | undefined) =>
          (all ?? '').split(/\r?\n/).filter(held => held !== wanted && held !== '')
        expect(others(after)).toEqual(others(before))
      }),
    )
  })
})
