import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EDITOR_COMMANDS } from '../commands.js'
import { paste, type } from '../insert.js'
import { settled } from '../positions.js'
import { type EditorState, editorOf } from '../state.js'
import { onCharacter, undoTimes } from './actions.js'
import { typeOver } from './insertion.js'
import { isTyping, VI } from './state.js'
import { isOfVi, pressVi, type ViStep } from './vi.js'
import { visualRange } from './visual.js'

/** vi in normal mode, on a text in which `|` is the cursor. */
function at(marked: string): ViStep {
  const cursor = marked.indexOf('|')
  return { editor: { ...editorOf(marked.replace('|', '')), cursor }, vi: { ...VI, mode: 'normal' } }
}

const show = ({ text, cursor }: EditorState) => `${text.slice(0, cursor)}|${text.slice(cursor)}`

/** Keys as they are typed; special ones between angle brackets. */
const split = (keys: string) => Array.from(keys.matchAll(/<[a-z-]+>|./gsu), ([key]) => key.replace(/^<(.*)>$/s, '$1'))

/** What the prompt does with a key: what is not vi's is typed, or is a command of the editor. */
function press({ editor, vi }: ViStep, key: string): ViStep {
  if (key === 'escape' || isOfVi(vi, key)) return pressVi({ editor, vi }, key === ' ' ? 'space' : key)
  if (!isTyping(vi)) return { editor, vi }
  if (key === 'enter') return { editor: EDITOR_COMMANDS.newline(editor), vi }
  if (key === 'backspace') return { editor: EDITOR_COMMANDS['delete-left'](editor), vi }
  return { editor: vi.mode === 'replace' ? typeOver(editor, key) : type(editor, key), vi }
}

const play = (step: ViStep, keys: string) => split(keys).reduce(press, step)
const after = (marked: string, keys: string) => show(play(at(marked), keys).editor)

const cases = (rows: readonly (readonly [before: string, keys: string, after: string])[]) =>
  test.each(rows)('%j %s', (before, keys, expected) => expect(after(before, keys)).toBe(expected))

describe('motions', () => {
  cases([
    ['ab|c', 'h', 'a|bc'],
    ['|abc', 'h', '|abc'],
    ['ab|c', 'l', 'ab|c'],
    ['|abc', '9l', 'ab|c'],
    ['a|b\ncd', 'j', 'ab\nc|d'],
    ['abc|d\ne\nabcd', '2j', 'abcd\ne\nabc|d'],
    ['ab\nc|d', 'k', 'a|b\ncd'],
    ['|ab\ncd\nef', '9j', 'ab\ncd\n|ef'],
    ['|foo.bar baz', 'w', 'foo|.bar baz'],
    ['|foo.bar baz', 'W', 'foo.bar |baz'],
    ['|foo\n\nbar', 'w', 'foo\n|\nbar'],
    ['|foo.bar baz', '3w', 'foo.bar |baz'],
    ['foo.bar |baz', 'b', 'foo.|bar baz'],
    ['foo.bar |baz', 'B', '|foo.bar baz'],
    ['|foo.bar baz', 'e', 'fo|o.bar baz'],
    ['|foo.bar baz', 'E', 'foo.ba|r baz'],
    ['foo b|ar', 'ge', 'fo|o bar'],
    ['|foo', 'dge', '|foo'],
    ['|ab c  \nd', 'g_', 'ab |c  \nd'],
    ['a|b\ncd ', 'd2g_', 'a| '],
    ['|  \nx', 'g_', '|  \nx'],
    ['|größe x', 'e', 'größ|e x'],
    ['  a|b', '0', '|  ab'],
    ['  a|b', '^', '  |ab'],
    ['a|bc\nde', '$', 'ab|c\nde'],
    ['a|bc\nde', '2$', 'abc\nd|e'],
    ['ab|c\nde\nfghi', '$jj', 'abc\nde\nfgh|i'],
    ['ab\n  cd\ne|f', 'gg', '|ab\n  cd\nef'],
    ['|ab\n  cd\nef', 'G', 'ab\n  cd\n|ef'],
    ['|ab\n  cd\nef', '2G', 'ab\n  |cd\nef'],
    ['a|bcabc', 'fc', 'ab|cabc'],
    ['|abcabc', '2fc', 'abcab|c'],
    ['abcab|c', 'Fb', 'abca|bc'],
    ['|abcabc', 'tc', 'a|bcabc'],
    ['|abcabc', 'tc;', 'abca|bc'],
    ['abcab|c', 'Tb', 'abcab|c'],
    ['abcabc|d', 'Tb', 'abcab|cd'],
    ['|a,b,c', 'f,;', 'a,b|,c'],
    ['|a,b,c', 'f,;,', 'a|,b,c'],
    ['|a b', 'f ', 'a| b'],
    ['|abc', 'fz', '|abc'],
    ['|f({ a })', '%', 'f({ a }|)'],
    ['f({ a }|)', '%', 'f|({ a })'],
    ["|f(')')", '%', "f(')'|)"],
    ['a|b\nc\n\nd', '}', 'ab\nc\n|\nd'],
    ['a\n\nb\n|c', '{', 'a\n|\nb\nc'],
    ['|abcd', '3|', 'ab|cd'],
    ['|한국어', 'l', '한|국어'],
    ['|e\u0301👨‍👩‍👧x', 'll', 'e\u0301👨‍👩‍👧|x'],
    ['abcd\n한국|어', 'k', 'abc|d\n한국어'],
  ])
})

describe('operators', () => {
  cases([
    ['ab\nc|d', 'yk', 'a|b\ncd'],
    ['ab\nc|d', 'gUk', 'A|B\nCD'],
    ['ab|c', 'gUU', 'AB|C'],
    ['  a|b', 'y_', '  a|b'],
    ['|foo bar', 'dw', '|bar'],
    ['foo |bar\nbaz', 'dw', 'foo| \nbaz'],
    ['|a b c d', '2dw', '|c d'],
    ['|a b c d', 'd2w', '|c d'],
    ['|a b c d e f', '2d2w', '|e f'],
    ['|foo bar', 'de', '| bar'],
    ['foo b|ar', 'db', 'foo |ar'],
    ['ab|cd\nef', 'd$', 'a|b\nef'],
    ['ab|cd', 'd0', '|cd'],
    ['ab\nc|d\nef', 'dd', 'ab\n|ef'],
    ['ab\nc|d', 'dd', '|ab'],
    ['a|b', 'dd', '|'],
    ['|a\nb\nc', '2dd', '|c'],
    ['|a\nb\nc', 'dj', '|c'],
    ['a\nb\n|c', 'dk', '|a'],
    ['a\n|b\nc', 'dG', '|a'],
    ['a|bcd', 'dfc', 'a|d'],
    ['a|bcd', 'dtd', 'a|d'],
    ['|(a)b', 'd%', '|b'],
    ['a|b\n\nc', 'd}', '|a\n\nc'],
    ['|foo bar', 'cwx<escape>', '|x bar'],
    ['  fo|o', 'ccx<escape>', '  |x'],
    ['fo|o bar', 'Cx<escape>', 'fo|x'],
    ['|abc', 'sx<escape>', '|xbc'],
    ['|', 'sx<escape>', '|x'],
    ['a|b', 'Sx<escape>', '|x'],
    ['|abc', 'x', '|bc'],
    ['ab|c', 'x', 'a|b'],
    ['|abc', '9x', '|'],
    ['ab|c', 'X', 'a|c'],
    ['a|b\nc', 'D', '|a\nc'],
    ['|👨‍👩‍👧a', 'x', '|a'],
    ['a|b', '>>', '  |ab'],
    ['    a|b', '<<', '  |ab'],
    ['|a\n\nb', '3>>', '  |a\n\n  b'],
    ['|a\nb', '>j', '  |a\n  b'],
    ['|foo bar', 'gUw', '|FOO bar'],
    ['|Foo', 'g~~', '|fOO'],
    ['|Foo', 'guu', '|foo'],
    ['|foo', 'dz', '|foo'],
    ['|foo', 'd<escape>w', 'fo|o'],
    ['|foo bar', '"_dwP', '|bar'],
  ])
})

describe('text objects', () => {
  cases([
    ['f|oo (bar)', 'ci(x', 'foo (x|)'],
    ['f|oo\n[b]', 'di[', 'foo\n[|]'],
    ['f|oo bar)', 'di(', 'f|oo bar)'],
    ['foo b|ar baz', 'diw', 'foo | baz'],
    ['foo b|ar baz', 'daw', 'foo |baz'],
    ['foo b|ar', 'daw', 'fo|o'],
    ['a.b|c.d e', 'diW', '| e'],
    ['f("a| b")', 'di"', 'f("|")'],
    ['f("a| b", c)', 'da"', 'f(|, c)'],
    ['|f("a", "b")', 'ci"x<escape>', 'f("|x", "b")'],
    ["'a\\'|b'", "di'", "'|'"],
    ['`a\n|b`', 'di`', '`|`'],
    ['f(a, (b|), c)', 'di(', 'f(a, (|), c)'],
    ['f(a, (b|), c)', 'd2i(', 'f(|)'],
    ['f(a|)', 'dab', '|f'],
    ['[a, |b]', 'di[', '[|]'],
    ['f({ a|: 1 })', 'di{', 'f({|})'],
    ['f({ a|: 1 })', 'da}', 'f(|)'],
    ['if (a) {\n  b|\n  c\n}', 'di{', 'if (a) {\n|}'],
    ['|a', 'di(', '|a'],
    ['a\nb|\n\nc', 'dip', '|\nc'],
    ['foo b|ar', 'yiwP', 'foo ba|rbar'],
  ])
})

describe('insert', () => {
  cases([
    ['a|b', 'ix<escape>', 'a|xb'],
    ['a|b', 'ax<escape>', 'ab|x'],
    ['  a|b', 'Ix<escape>', '  |xab'],
    ['a|b\nc', 'Ax<escape>', 'ab|x\nc'],
    ['  a|b\nc', 'ox<escape>', '  ab\n  |x\nc'],
    ['f({|\n})', 'ox<escape>', 'f({\n  |x\n})'],
    ['  a|b', 'Ox<escape>', '  |x\n  ab'],
    ['|', '3iab<escape>', 'ababa|b'],
    ['|a', '2ox<escape>', 'a\nx\n|x'],
    ['|abc', 'Rxy<escape>', 'x|yc'],
    ['ab|c', 'Rxyz<escape>', 'abxy|z'],
    ['|abc', 'rx', '|xbc'],
    ['|abc', '2rx', 'x|xc'],
    ['a|bc', '9rx', 'a|bc'],
    ['|a b', 'wr<enter>', 'a \n|'],
    ['|ab', '~', 'A|b'],
    ['|aBc', '3~', 'Ab|C'],
    ['a|b\n  c', 'J', 'ab| c'],
    ['f(|\n  a\n)', '3J', 'f( a|)'],
    ['a|b', 'ihello <backspace><escape>', 'ahell|ob'],
  ])
})

describe('registers', () => {
  cases([
    ['|ab\ncd', 'yyp', 'ab\n|ab\ncd'],
    ['|ab\ncd', 'yyjp', 'ab\ncd\n|ab'],
    ['|ab', 'yyP', '|ab\nab'],
    ['|ab\ncd', 'Yjp', 'ab\ncd\n|ab'],
    ['|ab', 'xp', 'b|a'],
    ['|ab cd', 'yw$p', 'ab cdab| '],
    ['|ab', 'yl3p', 'aaa|ab'],
    ['|ab cd', '"adwx"aP', 'ab| d'],
    ['|a b c', '"adw"Adw"aP', 'a b| c'],
    ['|ab cd', 'ywwdw"0P', 'abab|  '],
    ['|ab\ncd', 'ddp', 'cd\n|ab'],
    ['|a\nb', 'yyjVp', 'a\n|a'],
    ['  |a\n bcd', 'yyjvp', '  a\n b\n  |a\nd'],
    ['|ab cd', 'ywwvep', 'ab |ab '],
    ['|ab', 'p', '|ab'],
  ])
})

describe('again', () => {
  cases([
    ['|a b c d', 'dw.', '|c d'],
    ['|a b c d', 'dw2.', '|d'],
    ['|foo bar', 'cwx<escape>w.', 'x |x'],
    ['|a\nb', 'A;<escape>j.', 'a;\nb|;'],
    ['|a', 'ihe<backspace>i<escape>.', 'hh|iia'],
    ['|a\nb\nc\nd', 'Vd.', '|c\nd'],
    ['|abcdef', 'vld.', '|ef'],
    ['|abcd', 'rxl.', 'x|xcd'],
    ['|a\nb\nc', '>>j.', '  a\n  |b\nc'],
    ['|abc', '.', '|abc'],
    ['|abcdef', 'Rxy<escape>l.', 'xyx|yef'],
  ])

  test('a completion that was taken while typing is typed again', () => {
    const typed = play(at('|'), 'iab')
    const taken = { ...typed, editor: paste(typed.editor, 'solute') }
    expect(show(play(taken, '<escape>.').editor)).toBe('absolutabsolut|ee')
  })
})

describe('visual', () => {
  cases([
    ['a|bcd', 'vld', 'a|d'],
    ['a|bcd', 'v$d', '|a'],
    ['ab|cd', 'vhd', 'a|d'],
    ['a|bcd', 'vlohd', '|d'],
    ['a|b\ncd\nef', 'Vjd', '|ef'],
    ['a|b\ncd', 'vVd', '|cd'],
    ['a|b', 'vvx', '|a'],
    ['a|b', 'v<escape>x', '|a'],
    ['f(a| b)', 'vi(d', 'f(|)'],
    ['foo b|ar', 'viwU', 'foo |BAR'],
    ['|ab cd', 've~', '|AB cd'],
    ['|ab cd', 'vey$p', 'ab cda|b'],
    ['|ab', 'vlrx', '|xx'],
    ['|a\nb', 'Vj>', '  |a\n  b'],
    ['|a\nb\nc', 'VjJ', 'a| b\nc'],
    ['|abc', 'vlcx<escape>', '|xc'],
    ['a|b\nc', 'vC', '|\nc'],
  ])

  test('shows both ends as selected', () => {
    const { editor, vi } = play(at('a|bcd'), 'vl')
    expect(visualRange(editor, vi)).toEqual({ start: 1, end: 3, linewise: false })
    expect(visualRange(editor, { ...vi, mode: 'visual-line' })).toEqual({ start: 0, end: 4, linewise: true })
  })
})

describe('undo', () => {
  cases([
    ['|ab cd', 'dwu', '|ab cd'],
    ['|ab', 'ix y z<escape>u', '|ab'],
    ['|foo bar', 'cwx y<escape>u', '|foo bar'],
    ['|abc', 'oc<enter>d<escape>u', '|abc'],
    ['|abc', 'xx2u', '|abc'],
    ['|abc', 'xu<ctrl-r>', '|bc'],
    ['|', '3iab<escape>u', '|'],
  ])
})

test('j and k lead out of the draft into the history', () => {
  expect(play(at('a|b\nc'), 'k').wants).toBe('history back')
  expect(play(at('a\n|c'), 'j').wants).toBe('history on')
  expect(play(at('a|b\nc'), 'j').wants).toBeUndefined()
  expect(play(at('a|b'), 'vk').wants).toBeUndefined()
})

test('other parts of the screen are asked for', () => {
  expect(play(at('a|b'), '/').wants).toBe('find in history')
  expect(play(at('a|b'), 'gd').wants).toBe('go to definition')
  expect(play(at('a|b'), 'K').wants).toBe('help at cursor')
  expect(play(at('|'), ':').wants).toBe('colon')
  expect(play(at('a|b'), ':').wants).toBeUndefined()
  expect(play(at('a|b'), '<escape>').wants).toBe('close')
})

const texts = fc
  .array(
    fc.constantFrom('a', 'b1', ' ', '  ', '\n', '(', ')', '{', '}', '"', '`', '.', '한', 'e\u0301', '👨‍👩‍👧', '\t'),
    {
      maxLength: 12,
    },
  )
  .map(parts => parts.join(''))
const keys = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...'hjklwbeWBE0^$gGfFtT;,%{}dcyxXrsSDCYpPJ~u.oOIAiavVR"|+-_123<>') },
  { weight: 1, arbitrary: fc.constantFrom('escape', 'ctrl-r', 'enter', 'backspace', ' ', '한', 'q', 'left', 'delete') },
)

describe('any keys', () => {
  test('nothing throws, and the cursor stands between graphemes, on a character in normal mode', () => {
    fc.assert(
      fc.property(texts, fc.nat(20), fc.array(keys, { maxLength: 40 }), (text, cursor, pressed) => {
        let step: ViStep = {
          editor: onCharacter({ ...editorOf(text), cursor: settled(text, cursor) }),
          vi: { ...VI, mode: 'normal' },
        }
        for (const key of pressed) {
          step = press(step, key)
          const { editor, vi } = step
          expect(editor.cursor).toBe(settled(editor.text, editor.cursor))
          const range = visualRange(editor, vi)
          if (range) expect(range.end).toBeLessThanOrEqual(editor.text.length)
          if (vi.mode === 'normal') expect(onCharacter(editor)).toBe(editor)
        }
      }),
      { numRuns: 1500 },
    )
  })

  test('undone as far as it goes, the text is as it was; done again, as it became', () => {
    fc.assert(
      fc.property(texts, fc.array(keys, { maxLength: 40 }), (text, pressed) => {
        const start: ViStep = { editor: { ...editorOf(text), cursor: 0 }, vi: { ...VI, mode: 'normal' } }
        const end = press(press(pressed.reduce(press, start), 'escape'), 'escape')
        const undone = undoTimes(end.editor, 10_000, 'undo')
        expect(undone.text).toBe(text)
        const newest = undoTimes(end.editor, 10_000, 'redo').text
        expect(undoTimes(undone, 10_000, 'redo').text).toBe(newest)
      }),
      { numRuns: 1000 },
    )
  })
})
