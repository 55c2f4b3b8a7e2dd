import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EDITOR_COMMANDS, type EditorCommand } from './commands.js'
import { paste, setText, type } from './insert.js'
import { settled } from './positions.js'
import { newer, older } from './recall.js'
import { type EditorState, editorOf, redo, selection, undo } from './state.js'
import { wordAt } from './words.js'

/** An editor from a text in which `|` is the cursor. */
function at(marked: string): EditorState {
  const cursor = marked.indexOf('|')
  return { ...editorOf(marked.replace('|', '')), cursor }
}

const show = ({ text, cursor }: EditorState) => `${text.slice(0, cursor)}|${text.slice(cursor)}`

/** What the editor shows after commands and typed texts (marked by a leading quote). */
const outcome = (marked: string, ...steps: readonly (EditorCommand | `'${string}`)[]) => show(play(at(marked), steps))

function play(start: EditorState, steps: readonly (EditorCommand | `'${string}`)[]): EditorState {
  return steps.reduce(
    (state, step) => (isCommand(step) ? EDITOR_COMMANDS[step](state) : type(state, step.slice(1))),
    start,
  )
}

const isCommand = (step: string): step is EditorCommand => Object.hasOwn(EDITOR_COMMANDS, step)

describe('motions', () => {
  test.each<[string, EditorCommand, string]>([
    ['ab|c', 'move-left', 'a|bc'],
    ['|abc', 'move-left', '|abc'],
    ['a👨‍👩‍👧|', 'move-left', 'a|👨‍👩‍👧'],
    ['|e\u0301x', 'move-right', 'e\u0301|x'],
    ['a|\nb', 'move-right', 'a\n|b'],
    ['a\n|b', 'move-left', 'a|\nb'],
    ['foo.bar(baz)|', 'move-word-left', 'foo.bar(|baz)'],
    ['foo|.bar', 'move-word-right', 'foo.bar|'],
    ['größe_1| x', 'move-word-left', '|größe_1 x'],
    ['  ab|c', 'move-line-start', '  |abc'],
    ['  |abc', 'move-line-start', '|  abc'],
    ['|  abc', 'move-line-start', '  |abc'],
    ['a|bc\nd', 'move-line-end', 'abc|\nd'],
    ['a\nb|\nc', 'move-text-start', '|a\nb\nc'],
    ['a\nb|\nc', 'move-text-end', 'a\nb\nc|'],
    ['abc\nde|f', 'move-up', 'ab|c\ndef'],
    ['ab|c\nd', 'move-down', 'abc\nd|'],
    ['a|b', 'move-up', '|ab'],
    ['a|b', 'move-down', 'ab|'],
    ['abcd\n한|국', 'move-up', 'ab|cd\n한국'],
    ['abc|d\n한국', 'move-down', 'abcd\n한|국'],
  ])('%j %s', (before, command, expected) => {
    expect(outcome(before, command)).toBe(expected)
  })

  test('going up and down keeps the column over a short line', () => {
    expect(outcome('abcde|f\nx\nabcdef', 'move-down', 'move-down')).toBe('abcdef\nx\nabcde|f')
  })
})

describe('typing', () => {
  test.each<[string, readonly (EditorCommand | `'${string}`)[], string]>([
    ['a|c', ["'b"], 'ab|c'],
    ['f({|})', ['newline'], 'f({\n  |\n})'],
    ['f({|', ['newline', "'a", 'newline', "'}"], 'f({\n  a\n}|'],
    ['  x|', ['newline'], '  x\n  |'],
    ['  |x', ['newline'], '  \n  |x'],
    ['|  x', ['newline'], '\n|  x'],
    ["'{|", ['newline'], "'{\n|"],
    ['// {|', ['newline'], '// {\n|'],
    ['`a {|', ['newline'], '`a {\n|'],
    ['if (a) {\n  b({\n    c|', ['newline', "'}", "')", 'newline', "'}"], 'if (a) {\n  b({\n    c\n  })\n}|'],
    ['a|b', ['delete-left'], '|b'],
    ['a|b', ['delete-right'], 'a|'],
    ['|', ['delete-left'], '|'],
    ['👨‍👩‍👧|', ['delete-left'], '|'],
    ['a\n|b', ['delete-left'], 'a|b'],
    ['a|b', ['indent'], '  a|b'],
    ['    a|b', ['dedent'], '  a|b'],
    ['ab|', ['transpose'], 'ba|'],
    ['a|bc', ['transpose'], 'ba|c'],
    ['|ab', ['transpose'], '|ab'],
    ['one| two', ['transpose-words'], 'two one|'],
    ['f(one, t|wo)', ['transpose-words'], 'f(two, one|)'],
    ['one two|', ['transpose-words'], 'two one|'],
    ['one|', ['transpose-words'], 'one|'],
    ['|größe x', ['upper-case-word'], 'GRÖSSE| x'],
    ['| ONE', ['lower-case-word'], ' one|'],
    ['f|oo bar', ['capitalise-word', 'capitalise-word'], 'fOo Bar|'],
    ['a  | b', ['remove-blanks'], 'a|b'],
  ])('%j %j', (before, steps, expected) => {
    expect(outcome(before, ...steps)).toBe(expected)
  })

  test('replaces the selection', () => {
    expect(outcome('abc|', 'select-left', 'select-left', "'x")).toBe('ax|')
    expect(outcome('abc|', 'select-left', 'delete-left')).toBe('ab|')
    expect(selection(play(at('abc|'), ['select-left', 'move-left']))).toBeUndefined()
  })

  test('a paste is kept as it is, with line ends made alike, and is one change', () => {
    const pasted = paste(at('a|b'), '{\r\n  x\r}')
    expect(show(pasted)).toBe('a{\n  x\n}|b')
    expect(show(undo(pasted))).toBe('a|b')
  })
})

describe('kill ring', () => {
  test.each<[string, readonly EditorCommand[], string]>([
    ['foo bar|', ['kill-word-left', 'yank'], 'foo bar|'],
    ['foo| bar', ['kill-word-right', 'move-text-start', 'yank'], ' bar|foo'],
    ["run('/etc/x')|", ['kill-blank-word-left'], '|'],
    ['a b|c\nd', ['kill-line-start', 'move-text-end', 'yank'], 'c\nda b|'],
    ['a|bc\nd', ['kill-line-end', 'kill-line-end', 'move-text-end', 'yank'], 'adbc\n|'],
    ['one two|', ['kill-word-left', 'kill-word-left', 'yank'], 'one two|'],
    ['one two|', ['kill-word-left', 'move-left', 'kill-word-left', 'move-text-end', 'yank', 'yank-pop'], ' two|'],
    ['ab|', ['yank'], 'ab|'],
    ['ab|', ['yank-pop'], 'ab|'],
    ['abc|', ['select-left', 'select-left', 'cut', 'yank', 'yank'], 'abcbc|'],
    ['abc|', ['select-left', 'copy', 'yank'], 'abc|c'],
    ['|ab cd', ['set-mark', 'move-word-right', 'kill-blank-word-left', 'move-text-end', 'yank'], ' cdab|'],
    ['|ab cd', ['set-mark', 'move-word-right', 'exchange-mark', 'move-right', 'cut'], 'a| cd'],
    ['|ab', ['set-mark', 'move-right', 'clear-mark', 'move-right', 'kill-blank-word-left'], '|'],
    ['|ab', ['set-mark', 'move-right', 'copy', 'move-right', 'yank'], 'aba|'],
    ['ab\ncd|', ['kill-text', 'yank'], 'ab\ncd|'],
  ])('%j %j', (before, steps, expected) => {
    expect(outcome(before, ...steps)).toBe(expected)
  })
})

test('what a double click takes is the word, else the one character', () => {
  const taken = (text: string, at: number) => {
    const { start, end } = wordAt(text, at)
    return text.slice(start, end)
  }
  expect([taken('foo.bar', 1), taken('foo.bar', 3), taken('foo.bar', 4), taken('한국 x', 1)]).toEqual([
    'foo',
    '.',
    'bar',
    '한국',
  ])
})

describe('undo', () => {
  test('takes back a word at a time', () => {
    const typed = play(at('|'), ["'o", "'n", "'e", "' ", "'t", "'w", "'o"])
    expect(show(undo(typed))).toBe('one |')
    expect(show(undo(undo(typed)))).toBe('|')
    expect(show(redo(redo(undo(undo(typed)))))).toBe('one two|')
  })

  test('a new change ends what could be done again', () => {
    const typed = play(at('|'), ["'a", 'undo', "'b"])
    expect(redo(typed)).toBe(typed)
  })

  test('brings back a text that was exchanged', () => {
    expect(show(undo(setText(at('ab|c'), 'other')))).toBe('ab|c')
  })
})

const commandNames = Object.keys(EDITOR_COMMANDS).filter(isCommand)
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.constantFrom('\n', '{', '}', '(', ')', '`', '${', ' ', '한', '\u0301', '👩', '\u200d', '🇳', '🇱', '\ufe0f'),
)
const scripts = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...commandNames) },
    { weight: 2, arbitrary: texts.map(text => ({ typed: text })) },
    { weight: 1, arbitrary: texts.map(text => ({ pasted: text })) },
  ),
  { maxLength: 60 },
)

const step = (state: EditorState, action: EditorCommand | { typed: string } | { pasted: string }) =>
  typeof action === 'string'
    ? EDITOR_COMMANDS[action](state)
    : 'typed' in action
      ? type(state, action.typed)
      : paste(state, action.pasted)

test('whatever is done, the cursor stands between graphemes inside the text, and undo leads back to the start and redo to the end', () => {
  fc.assert(
    fc.property(texts, scripts, (text, script) => {
      let state = editorOf(text)
      for (const action of script) {
        state = step(state, action)
        expect(state.cursor).toBe(settled(state.text, state.cursor))
      }
      const end = state.text
      while (state.past.length > 0) state = undo(state)
      if (!script.includes('undo')) expect(state.text).toBe(text)
      const start = state.text
      while (state.future.length > 0) state = redo(state)
      if (!script.includes('undo')) expect(state.text).toBe(end)
      while (state.past.length > 0) state = undo(state)
      expect(state.text).toBe(start)
    }),
    { numRuns: 300 },
  )
})

test('what is selected and typed over is what the selection covers', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.constantFrom(...commandNames), { maxLength: 20 }), (text, script) => {
      const state = script.reduce<EditorState>((before, command) => EDITOR_COMMANDS[command](before), editorOf(text))
      const covered = selection(state)
      const typed = type(state, 'x')
      const length = covered ? covered.end - covered.start : 0
      expect(typed.text.length).toBe(state.text.length - length + 1)
    }),
  )
})

describe('history', () => {
  const entries = ['ls', 'df -h', 'ls -l', 'ls -l']
  test('recalls what begins as typed, newest first, without repeating itself, and comes back to the draft', () => {
    const first = older(entries, undefined, 'ls')
    expect(first).toEqual({ draft: 'ls', at: 3, text: 'ls -l' })
    expect(older(entries, first, 'ls -l')).toBeUndefined()
    expect(newer(entries, first, 'ls -l')).toEqual({ draft: 'ls' })
  })

  test('recalls everything when nothing is typed', () => {
    const first = older(entries, undefined, '')
    const second = older(entries, first, 'ls -l')
    const third = older(entries, second, 'df -h')
    expect([first?.text, second?.text, third?.text]).toEqual(['ls -l', 'df -h', 'ls'])
    expect(newer(entries, third, 'ls')).toMatchObject({ text: 'df -h' })
  })

  test('an entry that was edited begins a new walk', () => {
    const first = older(entries, undefined, '')
    expect(older(entries, first, 'df')).toMatchObject({ draft: 'df', text: 'df -h' })
    expect(newer(entries, first, 'edited')).toBeUndefined()
  })
})

test('10,000 pasted lines are edited without stalling', () => {
  const text = Array.from({ length: 10_000 }, (_, line) => `const line${line} = f({ a: ${line} })`).join('\n')
  const begin = process.cpuUsage().user
  let state = paste(editorOf(), text)
  for (const command of ['move-up', 'move-line-end', 'newline', 'move-word-left', 'delete-left', 'undo'] as const)
    state = EDITOR_COMMANDS[command](state)
  state = type(state, 'x')
  expect((process.cpuUsage().user - begin) / 1000).toBeLessThan(300)
  expect(state.text.length).toBe(text.length + 2)
})
