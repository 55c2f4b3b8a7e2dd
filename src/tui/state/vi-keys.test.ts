import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS, withSetting } from '../../repl/settings/settings.js'
import type { InputEvent } from '../screen/input-event.js'
import type { Effect, Message } from './message.js'
import { update } from './update.js'
import { initialView, type View } from './view.js'

/** A prompt with vi's keys. */
class ViPrompt {
  view: View = initialView({ cols: 120, rows: 40 }, 0)
  readonly effects: Effect[] = []

  constructor(history: readonly string[] = []) {
    const settings = withSetting(DEFAULT_SETTINGS, 'editor', 'vi')
    this.tell({ kind: 'records', records: [{ type: 'session.settings', settings, at: 0 }], now: 0 })
    this.tell({ kind: 'history', inputs: history })
  }

  tell(message: Message): this {
    const { view, effects } = update(this.view, message)
    this.view = view
    this.effects.push(...effects)
    return this
  }

  input(event: InputEvent): this {
    return this.tell({ kind: 'input', event, now: 0 })
  }

  /** Characters, and keys between angle brackets. */
  press(keys: string): this {
    for (const [part] of keys.matchAll(/<[^>]+>|./gsu)) {
      const name = /^<(.+)>$/.exec(part)?.[1]
      if (name === undefined) this.input({ kind: 'text', text: part })
      else {
        const words = name.split('-')
        const key = words.pop() ?? ''
        const held = (modifier: string) => words.includes(modifier)
        this.input({ kind: 'key', name: key, ctrl: held('ctrl'), alt: held('alt'), shift: held('shift') })
      }
    }
    return this
  }

  get draft(): string {
    const { text, cursor } = this.view.prompt.editor
    return `${text.slice(0, cursor)}|${text.slice(cursor)}`
  }

  get mode(): string | undefined {
    return this.view.prompt.vi?.mode
  }
}

test('one types, and edits behind Escape', () => {
  const prompt = new ViPrompt().press('foo bar<escape>bcwqux<escape>')
  expect(prompt.draft).toBe('foo qu|x')
  expect(prompt.mode).toBe('normal')
  expect(prompt.press('u').draft).toBe('foo |bar')
})

test('Escape and a key in one go are Escape and that key', () => {
  expect(new ViPrompt().press('foo bar<alt-b>').draft).toBe('foo |bar')
  expect(new ViPrompt().press('foo<enter>').effects.at(-1)?.kind).toEqual('check')
  expect(new ViPrompt().press('a b<escape><alt-shift-i>x').draft).toBe('x|a b')
})

test('keys of normal mode are not typed, whatever they are', () => {
  expect(new ViPrompt().press('ab<escape>qQzZ&@').draft).toBe('a|b')
})

test('Enter runs from normal mode, and the next draft is typed', () => {
  const prompt = new ViPrompt().press('1<escape><enter>').tell({ kind: 'checked', source: '1', problems: [] })
  expect(prompt.effects.at(-1)).toEqual({ kind: 'run', source: '1', force: false })
  expect(prompt.mode).toBe('insert')
  expect(prompt.press('2').draft).toBe('2|')
})

test('Enter where something is open begins a line to type in', () => {
  expect(new ViPrompt().press('f(<escape><enter>x').draft).toBe('f(\n  x|')
  expect(new ViPrompt().press('f(<escape><enter>x').mode).toBe('insert')
})

test('j and k go through the lines, then through the history; the cursor is at the beginning', () => {
  const prompt = new ViPrompt(['one', 'two\nlines']).press('<escape>k')
  expect(prompt.draft).toBe('|two\nlines')
  expect(prompt.press('k').draft).toBe('|one')
  expect(prompt.press('jj').draft).toBe('two\n|lines')
  expect(prompt.press('j').draft).toBe('|')
})

test('a colon in an empty prompt begins a command, / looks through the history', () => {
  expect(new ViPrompt().press('<escape>:').draft).toBe(':|')
  expect(new ViPrompt().press('<escape>/').effects).toEqual([{ kind: 'find', of: 'history' }])
})

test('Ctrl-R searches while typing and does again in normal mode', () => {
  expect(new ViPrompt().press('<ctrl-r>').effects).toEqual([{ kind: 'find', of: 'history' }])
  expect(new ViPrompt().press('abc<escape>xu<ctrl-r>').draft).toBe('a|b')
})

test('Escape closes a list of completions and ends the typing', () => {
  const prompt = new ViPrompt().press('a.')
  const { revision } = prompt.view.prompt
  const items = [{ name: 'b', kind: 'property', insert: 'b', from: 2 }]
  prompt.tell({ kind: 'completions', revision, asked: false, items })
  expect(prompt.view.prompt.completion).toBeDefined()
  prompt.press('<escape>')
  expect(prompt.view.prompt.completion).toBeUndefined()
  expect(prompt.mode).toBe('normal')
})

test('a paste in normal mode goes where the cursor is, as one change', () => {
  const prompt = new ViPrompt().press('ab<escape>').input({ kind: 'paste', text: 'x\ny' })
  expect(prompt.press('u').draft).toBe('a|b')
})

test('emacs keys come back', () => {
  const prompt = new ViPrompt().press('ab<escape>')
  prompt.tell({ kind: 'records', records: [{ type: 'session.settings', settings: DEFAULT_SETTINGS, at: 0 }], now: 0 })
  expect(prompt.press('x').draft).toBe('ax|b')
})
