import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { CellEnd, Problem } from '../../repl/protocol.js'
import { promptLines } from '../document/prompt-lines.js'
import { themeFor } from '../document/theme.js'
import type { Effect, Message } from './message.js'
import { update } from './update.js'
import { initialView, type View } from './view.js'

const problem: Problem = { line: 1, column: 1, length: 1, message: 'wrong', code: 1 }

/** A prompt at which someone types, and what it wants done. */
class Typist {
  view: View = initialView({ cols: 120, rows: 40 }, 0)
  effects: Effect[] = []
  #cells = 0

  tell(message: Message): this {
    const { view, effects } = update(this.view, message)
    this.view = view
    this.effects.push(...effects)
    return this
  }

  type(text: string): this {
    for (const character of text) this.tell({ kind: 'input', event: { kind: 'text', text: character }, now: 0 })
    return this
  }

  press(name: string, ctrl = false): this {
    return this.tell({ kind: 'input', event: { kind: 'key', name, ctrl, alt: false, shift: false }, now: 0 })
  }

  enter(text: string): this {
    return this.type(text).press('enter')
  }

  checked(source: string, ...problems: readonly Problem[]): this {
    return this.tell({ kind: 'checked', source, problems })
  }

  starts(source: string): this {
    this.#cells += 1
    const record = { type: 'cell.start', cell: this.#cells, source, focus: [], at: 0 } as const
    return this.tell({ kind: 'records', records: [record], now: 0 })
  }

  ends(end: CellEnd): this {
    const record = { type: 'cell.end', cell: this.#cells, end, ms: 1, at: 0 } as const
    this.tell({ kind: 'records', records: [record], now: 0 })
    return this.tell({ kind: 'ran', end: end.kind })
  }

  /** What was asked for since the last call. */
  wanted(): string[] {
    return this.effects.splice(0).flatMap(effect => {
      if (effect.kind === 'run') return [`${effect.force ? 'force' : 'run'} ${effect.source}`]
      return effect.kind === 'check' ? [`check ${effect.source}`] : effect.kind === 'interrupt' ? ['interrupt'] : []
    })
  }

  get text(): string {
    return this.view.prompt.editor.text
  }

  get rows(): string {
    return stripVTControlCharacters(promptLines(this.view, 10, themeFor(false)).rows.join('\n'))
  }
}

const ok: CellEnd = { kind: 'ok', value: { kind: 'nothing' } }
const failed: CellEnd = { kind: 'error', error: { name: 'Error', message: 'no', frames: [] } }

test('what is typed right after Enter is the next draft, and what was entered runs', () => {
  const typist = new Typist().enter('first').type('second')
  expect(typist.text).toBe('second')
  expect(typist.rows).toContain('checking types of first')
  typist.checked('first')
  expect(typist.wanted()).toEqual(['check first', 'run first'])
  expect(typist.text).toBe('second')
  expect(typist.view.prompt.history.at(-1)).toBe('first')
})

test('a draft that turns out to have type errors comes back; what was typed since comes after it', () => {
  const typist = new Typist().enter('first').type('second').checked('first', problem)
  expect(typist.wanted()).toEqual(['check first'])
  expect(typist.text).toBe('first')
  expect(typist.view.prompt.problems).toEqual([problem])
  expect(typist.rows).toContain('comes back after this: second')
  typist.press('end').type('!').press('enter').checked('first!')
  expect(typist.wanted()).toEqual(['check first!', 'run first!'])
  expect(typist.text).toBe('second')
  typist.ends(ok).press('enter')
  expect(typist.wanted()).toEqual(['check second'])
})

test('Ctrl-C gives a refused draft up, and what was typed since is there', () => {
  const typist = new Typist().enter('first').type('second').checked('first', problem).press('c', true)
  expect(typist.text).toBe('second')
})

test('Enter while a cell runs queues, also before it has begun; each is checked when its turn has come', () => {
  const typist = new Typist().enter('a').checked('a').enter('b').starts('a').enter('c')
  expect(typist.wanted()).toEqual(['check a', 'run a'])
  expect(typist.text).toBe('')
  expect(typist.rows).toContain('queued: b  and 1 more')
  typist.ends(ok)
  expect(typist.wanted()).toEqual(['check b'])
  typist.checked('b').starts('b')
  expect(typist.wanted()).toEqual(['run b'])
  typist.ends(ok).checked('c')
  expect(typist.wanted()).toEqual(['check c', 'run c'])
  expect(typist.rows).not.toContain('queued')
})

test('what waits behind a cell that fails is not run, and can be recalled', () => {
  const typist = new Typist().enter('a').checked('a').starts('a').enter('b').enter('c').ends(failed)
  expect(typist.wanted()).toEqual(['check a', 'run a'])
  expect(typist.view.notice).toContain('The 2 cells that waited were not run, since the one before them failed')
  expect(typist.press('up').text).toBe('c')
  expect(typist.press('up').text).toBe('b')
})

test('Ctrl-C stops what runs and drops what waits', () => {
  const typist = new Typist().enter('a').checked('a').starts('a').enter('b').press('c', true)
  expect(typist.wanted()).toEqual(['check a', 'run a', 'interrupt'])
  typist.ends({ kind: 'interrupted' })
  expect(typist.wanted()).toEqual([])
})

test('Ctrl-C while types are checked takes Enter back, and the draft stays', () => {
  const typist = new Typist().enter('a').press('c', true).checked('a')
  expect(typist.wanted()).toEqual(['check a'])
  expect(typist.text).toBe('a')
})

test('F5 while a cell runs queues too, and is not checked', () => {
  const typist = new Typist().enter('a').checked('a').starts('a').type('b').press('f5').ends(ok)
  expect(typist.wanted()).toEqual(['check a', 'run a', 'force b'])
})

test('Enter pressed again while types are checked does nothing more', () => {
  const typist = new Typist().enter('a').press('enter').checked('a')
  expect(typist.wanted()).toEqual(['check a', 'run a'])
})

test('a cell with a place of its own goes there behind one that was entered before it, and one run again goes to the end', () => {
  const typist = new Typist().enter('a').checked('a').starts('a').ends(ok)
  const cells = () => typist.view.notebook.entries.map(({ source }) => source)
  typist.enter('b').checked('b').starts('b').enter('c')
  // above b, while b runs and c waits
  typist.press('f6').type('a').enter('d')
  expect(typist.rows).not.toContain('goes above')
  typist.ends(ok).checked('c').starts('c')
  expect(cells()).toEqual(['a', 'b', 'c'])
  typist.ends(ok).checked('d').starts('d')
  expect(cells()).toEqual(['a', 'd', 'b', 'c'])
})
