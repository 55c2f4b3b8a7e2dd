import fc from 'fast-check'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { cellText, type Notebook, type NotebookCell, parseNotebook, printNotebook } from './percent.js'

const EXAMPLE = `// ---
// title: "Fix NTP: all of web"
// inventory: inventory.ts
// focus: "@web"
// session: 2026-11-22-1402
// ---
import { files } from 'muster/session'

// %% [markdown] id="m1"
// # Which hosts differ?
//
// Look first.

// %% id="a3f91c"
const conf = await files.line({
  path: '/etc/ntp.conf',

  line: 'server new',
})

// %% [failed] id="b2"
// await files.lin()

// %%
conf.changed.size
`

describe('percent format', () => {
  test('a notebook reads as a person would', () => {
    expect(parseNotebook(EXAMPLE)).toEqual({
      meta: {
        title: 'Fix NTP: all of web',
        inventory: 'inventory.ts',
        focus: '@web',
        session: '2026-11-22-1402',
      },
      head: "import { files } from 'muster/session'",
      cells: [
        { kind: 'markdown', id: 'm1', source: '# Which hosts differ?\n\nLook first.' },
        {
          kind: 'code',
          id: 'a3f91c',
          source: "const conf = await files.line({\n  path: '/etc/ntp.conf',\n\n  line: 'server new',\n})",
        },
        { kind: 'failed', id: 'b2', source: 'await files.lin()' },
        { kind: 'code', source: 'conf.changed.size' },
      ],
    })
    expect(printNotebook(parseNotebook(EXAMPLE))).toBe(EXAMPLE)
  })

  test.each([
    ['an empty file', ''],
    ['a module without cells', 'export const x = 1'],
    ['a comment like front matter that is none', '// ---\n// [\n// ---'],
    ['front matter that is never closed', '// ---\n// title: x'],
  ])('%s is all head', (_, text) => expect(parseNotebook(text)).toEqual({ meta: {}, head: text, cells: [] }))

  test('Windows line ends, a byte order mark and other spellings of the marker are taken', () => {
    expect(parseNotebook('\uFEFF//%%  name id="x" [markdown]\r\n//  a\r\nb\r\n').cells).toEqual([
      { kind: 'markdown', id: 'x', source: ' a\nb' },
    ])
  })

  const line = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', ' ', '/', '%', '\\', '-', '"', '`', '\t', ':') }),
    fc.constantFrom('// %%', '// %% [markdown]', '//%% x', '// \\%%', '// ---', '%% y', '\\%%', '// title: x'),
    fc.string(),
  )
  const source = fc.array(line).map(lines => cellText(lines.join('\n')))
  const cell: fc.Arbitrary<NotebookCell> = fc.record(
    {
      kind: fc.constantFrom('code', 'markdown', 'failed', 'refused', 'interrupted', 'declined'),
      id: fc.stringMatching(/^[\w-]+$/),
      source,
    },
    { requiredKeys: ['kind', 'source'] },
  )
  const field = fc.oneof(fc.string(), fc.constantFrom('true', '7', '- x', '@web', 'a: b', '#', 'two\nlines', '~'))
  const meta = fc.record({ title: field, focus: field, session: field, inventory: field }, { requiredKeys: [] })
  const notebook: fc.Arbitrary<Notebook> = fc.record({ meta, head: source, cells: fc.array(cell) })

  test('printing and parsing are inverse', () => {
    fc.assert(
      fc.property(notebook, value => {
        expect(parseNotebook(printNotebook(value))).toEqual(value)
      }),
      { numRuns: 1000 },
    )
  })

  test('parsing any text and printing it loses no word of it, and settles', () => {
    fc.assert(
      fc.property(fc.array(line), lines => {
        const once = printNotebook(parseNotebook(lines.join('\n')))
        expect(printNotebook(parseNotebook(once))).toBe(once)
      }),
    )
  })

  test('what is kept in comments never becomes code', () => {
    const hostile = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u2028', '\u2029', '*', '/', '(') })
    fc.assert(
      fc.property(hostile, text => {
        const printed = printNotebook({ meta: {}, head: '', cells: [{ kind: 'failed', source: text }] })
        expect(ts.createSourceFile('x.ts', printed, ts.ScriptTarget.Latest).statements).toHaveLength(0)
      }),
    )
  })
})
