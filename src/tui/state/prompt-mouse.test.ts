import { describe, expect, test } from 'vitest'
import { promptLines } from '../document/prompt-lines.js'
import { themeFor } from '../document/theme.js'
import { selection } from '../editor/state.js'
import { VI } from '../editor/vi/state.js'
import { visualRange } from '../editor/vi/visual.js'
import type { MouseEvent } from '../screen/input-event.js'
import { layoutOf } from './geometry.js'
import type { Effect, Message } from './message.js'
import { update } from './update.js'
import { initialView, type View } from './view.js'

class Screen {
  view: View = initialView({ cols: 80, rows: 24 }, 0)
  effects: readonly Effect[] = []
  now = 0

  constructor(draft: string) {
    this.tell({ kind: 'input', event: { kind: 'paste', text: draft }, now: 0 })
  }

  tell(message: Message): this {
    const { view, effects } = update(this.view, message)
    this.view = view
    this.effects = effects
    return this
  }

  /** At a cell of the text as it is shown: column and row from 0, beside ` all 0 › `. */
  mouse(action: MouseEvent['action'], [column, row]: readonly [number, number], more: Partial<MouseEvent> = {}): this {
    const { cells } = layoutOf(this.view)
    const at = { x: 9 + column, y: 1 + cells.height + row }
    const event = {
      kind: 'mouse',
      action,
      button: 'left',
      ctrl: false,
      alt: false,
      shift: false,
      ...at,
      ...more,
    } as const
    return this.tell({ kind: 'input', event, now: this.now })
  }

  get draft(): string {
    const { text, cursor } = this.view.prompt.editor
    return `${text.slice(0, cursor)}|${text.slice(cursor)}`
  }

  get selected(): string {
    const { editor, vi } = this.view.prompt
    const stretch = (vi && visualRange(editor, vi)) ?? selection(editor)
    return stretch ? editor.text.slice(stretch.start, stretch.end) : ''
  }

  get rows(): readonly string[] {
    return promptLines(this.view, layoutOf(this.view).promptRows, themeFor(false)).rows
  }
}

const press = 'press' as const

test.each<[draft: string, cell: readonly [number, number], expected: string]>([
  ['abc', [1, 0], 'a|bc'],
  ['abc', [40, 0], 'abc|'],
  ['abc\ndef', [1, 1], 'abc\nd|ef'],
  ['abc\ndef', [40, 0], 'abc|\ndef'],
  ['한국어', [2, 0], '한|국어'],
  ['한국어', [3, 0], '한|국어'],
  ['e\u0301x', [1, 0], 'e\u0301|x'],
  ['👨‍👩‍👧x', [2, 0], '👨‍👩‍👧|x'],
  ['abc', [-9, 0], '|abc'],
])('a click in %j at %j', (draft, cell, expected) => {
  expect(new Screen(draft).mouse(press, cell).draft).toBe(expected)
})

const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`)

describe('a draft that is higher than its room', () => {
  test('a click goes to the line that is shown there, and the view stays', () => {
    const screen = new Screen(lines.join('\n'))
    expect(screen.rows.at(-1)).toContain('line 29')
    screen.mouse(press, [2, 0])
    expect(screen.draft).toContain('\nli|ne 22\n')
    expect(screen.rows.at(-1)).toContain('line 29')
  })

  test('the wheel scrolls it, the cursor stays in view', () => {
    const screen = new Screen(lines.join('\n')).mouse('wheel-up', [0, 0], { button: 'none' })
    expect(screen.rows.at(-1)).toContain('line 26')
    expect(screen.draft).toContain('line 26|')
    for (let turn = 0; turn < 20; turn++) screen.mouse('wheel-up', [0, 0], { button: 'none' })
    expect(screen.rows[0]).toContain('line 0')
    screen.mouse('wheel-down', [0, 0], { button: 'none' })
    expect(screen.rows[0]).toContain('line 3')
  })

  test('dragging above it brings the line before into view', () => {
    const screen = new Screen(lines.join('\n')).mouse(press, [0, 0]).mouse('drag', [0, -3])
    expect(screen.selected).toBe('line 21\n')
    expect(screen.rows[0]).toContain('line 21')
  })
})

test('dragging selects, until something else is done', () => {
  const screen = new Screen('foo.bar(1)\nx').mouse(press, [4, 0]).mouse('drag', [0, 1]).mouse('release', [0, 1])
  expect(screen.selected).toBe('bar(1)\n')
  expect(screen.mouse('drag', [1, 0]).selected).toBe('bar(1)\n')
  screen.tell({ kind: 'input', event: { kind: 'text', text: '!' }, now: 0 })
  expect(screen.draft).toBe('foo.!|x')
})

test('a drag that began elsewhere selects nothing', () => {
  expect(new Screen('foo').mouse(press, [0, -5]).mouse('drag', [1, 0]).selected).toBe('')
})

test('a second press takes the word, a late one does not', () => {
  const screen = new Screen('foo.bar').mouse(press, [5, 0]).mouse('release', [5, 0])
  screen.now = 300
  expect(screen.mouse(press, [5, 0]).selected).toBe('bar')
  screen.now = 3000
  expect(screen.mouse(press, [5, 0]).selected).toBe('')
})

test('a press with Shift selects what lies between', () => {
  expect(new Screen('foo.bar').mouse(press, [0, 0]).mouse(press, [3, 0], { shift: true }).selected).toBe('foo')
})

test('with the keys of vi, dragging selects as v does', () => {
  const screen = new Screen('foo.bar')
  screen.view = { ...screen.view, prompt: { ...screen.view.prompt, vi: { ...VI, mode: 'normal' } } }
  screen.mouse(press, [1, 0]).mouse('drag', [4, 0])
  expect(screen.selected).toBe('oo.b')
  screen.tell({ kind: 'input', event: { kind: 'text', text: 'd' }, now: 0 })
  expect(screen.draft).toBe('f|ar')
})

describe('a click on a list', () => {
  test('takes the completion it is on', () => {
    const screen = new Screen('a.')
    const { revision } = screen.view.prompt
    const items = Array.from({ length: 20 }, (_, index) => ({
      name: `name${index}`,
      kind: 'property',
      insert: `name${index}`,
      from: 2,
    }))
    screen.tell({ kind: 'completions', revision, asked: true, items })
    // the list ends in the row above the prompt: its lower edge, and eight items
    expect(screen.mouse(press, [4, -2]).draft).toBe('a.name7|')
    expect(screen.view.prompt.completion).toBeUndefined()
  })

  test('takes what was found', () => {
    const screen = new Screen('')
    const entries = ['one', 'two'].map(text => ({ text, at: 0, session: 's' }))
    const ctrlR = { kind: 'key', name: 'r', ctrl: true, alt: false, shift: false } as const
    screen.tell({ kind: 'input', event: ctrlR, now: 0 })
    screen.tell({ kind: 'found', of: 'history', entries })
    const rows = Math.min(14, 24 - 8) + 4
    screen.mouse(press, [0, -rows + 2])
    expect(screen.draft).toBe('one|')
    expect(screen.view.finder).toBeUndefined()
  })
})
