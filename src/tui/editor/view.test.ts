import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { widthOf } from '../text/width.js'
import { EDITOR_COMMANDS } from './commands.js'
import { columnAt, glyphsOf } from './glyphs.js'
import { paste } from './insert.js'
import { SourceScanner } from './source.js'
import { type EditorState, editorOf } from './state.js'
import { PLAIN_EDITOR } from './theme.js'
import { type EditorTheme, type EditorViewOptions, placeAtCell, viewEditor } from './view.js'

const PLAIN: EditorTheme = { ...PLAIN_EDITOR, selection: '', bracket: '', error: '', warning: '' }

const view = (state: EditorState, options: Partial<EditorViewOptions> = {}) =>
  viewEditor(state, new SourceScanner(), {
    width: 20,
    height: 3,
    prompt: '> ',
    continuation: '. ',
    promptWidth: 2,
    theme: PLAIN,
    scroll: { top: 0, left: 0 },
    ...options,
  })

const at = (text: string, cursor: number): EditorState => ({ ...editorOf(text), cursor })

describe('rows and cursor', () => {
  test('prompts, one row a line', () => {
    expect(view(at('ab\ncd', 4))).toEqual({
      rows: ['> ab', '. cd'],
      cursor: { x: 3, y: 1 },
      scroll: { top: 0, left: 0 },
    })
  })

  test('an empty text is a prompt', () => {
    expect(view(at('', 0))).toMatchObject({ rows: ['> '], cursor: { x: 2, y: 0 } })
  })

  test.each([
    ['한국x', 2, 6],
    ['👨‍👩‍👧x', 8, 4],
    ['e\u0301x', 2, 3],
    ['\tx', 1, 4],
    ['\x1bx', 1, 3],
    ['\u200bx', 1, 3],
  ])('the cursor in %j behind %i code units is in column %i', (text, cursor, x) => {
    expect(view(at(text, cursor)).cursor.x).toBe(x)
  })

  test('control characters are shown as pictures', () => {
    expect(view(at('a\x1b[31m\x7f\tb\u0301', 0)).rows).toEqual(['> a␛[31m␡  b\u0301'])
  })

  test('scrolls down and up as little as needed', () => {
    const lines = 'a\nb\nc\nd\ne'
    expect(view(at(lines, 9))).toMatchObject({ rows: ['. c', '. d', '. e'], scroll: { top: 2 }, cursor: { y: 2 } })
    expect(view(at(lines, 6), { scroll: { top: 2, left: 0 } })).toMatchObject({ scroll: { top: 2 }, cursor: { y: 1 } })
    expect(view(at(lines, 2), { scroll: { top: 2, left: 0 } })).toMatchObject({ scroll: { top: 1 }, cursor: { y: 0 } })
    expect(view(at('a\nb', 0), { scroll: { top: 2, left: 0 } })).toMatchObject({
      rows: ['> a', '. b'],
      scroll: { top: 0 },
    })
  })

  test('scrolls sideways as little as needed, and cuts a wide character in half to a blank', () => {
    const line = '0123456789한bcdefghij'
    expect(view(at(line, line.length))).toMatchObject({
      rows: ['> 456789한bcdefghij'],
      cursor: { x: 19 },
    })
    expect(view(at(line, 12), { scroll: { top: 0, left: 11 } }).rows).toEqual(['>  bcdefghij'])
  })

  test('a click finds its grapheme', () => {
    const state = at('a한b\ncd', 0)
    const shown = view(state)
    const click = (x: number, y: number) => placeAtCell(state, shown.scroll, 2, { x, y })
    expect([click(0, 0), click(2, 0), click(3, 0), click(4, 0), click(5, 0), click(9, 0)]).toEqual([0, 0, 1, 1, 2, 3])
    expect([click(3, 1), click(9, 1), click(9, 2)]).toEqual([5, 6, 6])
  })
})

describe('colours', () => {
  const theme = { ...PLAIN, keyword: '35', number: '36', bracket: '4', selection: '7', error: '4:3' }
  test('tokens', () => {
    expect(view(at('const x = 1', 0), { theme }).rows).toEqual(['> \x1b[35mconst\x1b[m x = \x1b[36m1\x1b[m'])
  })
  test('the bracket left of the cursor and its partner', () => {
    expect(view(at('f(a)', 4), { theme }).rows).toEqual(['> f\x1b[4m(\x1b[ma\x1b[4m)\x1b[m'])
  })
  test('a bracket in a string has none', () => {
    expect(view(at("'()'", 2), { theme }).rows).toEqual(["> '()'"])
  })
  test('the selection, over lines', () => {
    const selected = EDITOR_COMMANDS['select-up'](at('ab\ncd', 4))
    expect(view(selected, { theme }).rows).toEqual(['> a\x1b[7mb\x1b[m\x1b[7m \x1b[m', '. \x1b[7mc\x1b[md'])
  })
  test('errors, over the colour of the token', () => {
    const marks = [{ kind: 'error' as const, start: 6, end: 8 }]
    expect(view(at('const 12', 0), { theme, marks }).rows).toEqual(['> \x1b[35mconst\x1b[m \x1b[36;4:3m12\x1b[m'])
  })
})

const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('\n', '\t', '한국', '👨‍👩‍👧', 'const x = ', '(', ')', '`${', '\u0301'),
    ),
  )
  .map(parts => parts.join(''))

test('the cursor is inside the view, in the column the text before it is wide, and no row is wider than there is room', () => {
  fc.assert(
    fc.property(
      texts,
      fc.nat(),
      fc.integer({ min: 3, max: 30 }),
      fc.integer({ min: 1, max: 5 }),
      fc.record({ top: fc.nat(8), left: fc.nat(20) }),
      (text, place, width, height, scroll) => {
        const state = EDITOR_COMMANDS['move-left'](paste(at('', 0), `${text.slice(0, place % (text.length + 1))}`))
        const full = { ...state, text: state.text + text.slice(place % (text.length + 1)).replace(/^\p{M}/u, '') }
        const shown = view(full, { width, height, scroll, theme: { ...PLAIN, keyword: '1', open: '2' } })
        expect(shown.rows.length).toBeLessThanOrEqual(height)
        for (const row of shown.rows) expect(widthOf(row)).toBeLessThanOrEqual(width)
        expect(shown.cursor.x).toBeGreaterThanOrEqual(2)
        expect(shown.cursor.x).toBeLessThan(width)
        expect(shown.cursor.y).toBeGreaterThanOrEqual(0)
        expect(shown.cursor.y).toBeLessThan(shown.rows.length)
        const line = full.text.slice(0, full.cursor).split('\n').at(-1) ?? ''
        const before = glyphsOf(line).map(glyph => glyph.text)
        expect(shown.cursor.x).toBe(2 + before.reduce((sum, glyph) => sum + widthOf(glyph), 0) - shown.scroll.left)
        expect(columnAt(line, line.length)).toBe(shown.cursor.x - 2 + shown.scroll.left)
      },
    ),
    { numRuns: 400 },
  )
})

test('a view of 10,000 lines is drawn within a frame once it was scanned', () => {
  const text = Array.from({ length: 10_000 }, (_, line) => `const line${line} = f({ a: ${line} }) // comment`).join(
    '\n',
  )
  const scanner = new SourceScanner()
  const options = {
    width: 120,
    height: 20,
    prompt: '> ',
    continuation: '. ',
    promptWidth: 2,
    theme: PLAIN,
    scroll: { top: 0, left: 0 },
  }
  viewEditor(editorOf(text), scanner, options)
  const begin = process.cpuUsage().user
  for (let frame = 0; frame < 10; frame++) viewEditor(editorOf(`${text}${frame}`), scanner, options)
  expect((process.cpuUsage().user - begin) / 10_000).toBeLessThan(30)
})
