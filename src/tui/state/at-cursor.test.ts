import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { Place } from '../../repl/language/requests.js'
import type { HelpView, SessionEvent } from '../../repl/protocol.js'
import { themeFor } from '../document/theme.js'
import { sidePane } from '../panes/side-pane.js'
import type { InputEvent } from '../screen/input-event.js'
import { isHelpShown } from './at-cursor.js'
import { layoutOf } from './geometry.js'
import type { Effect, Message } from './message.js'
import { problemsInHelp } from './problems.js'
import { update } from './update.js'
import { initialView, type View } from './view.js'

class Screen {
  view: View = initialView({ cols: 120, rows: 40 }, 0)
  effects: readonly Effect[] = []

  tell(message: Message): this {
    const { view, effects } = update(this.view, message)
    this.view = view
    this.effects = effects
    return this
  }

  happens(...events: readonly SessionEvent[]): this {
    return this.tell({ kind: 'records', records: events.map(event => ({ ...event, at: 0 })), now: 0 })
  }

  input(event: InputEvent): this {
    return this.tell({ kind: 'input', event, now: 0 })
  }

  press(name: string, held: { readonly ctrl?: boolean; readonly alt?: boolean } = {}): this {
    return this.input({ kind: 'key', name, ctrl: false, alt: false, shift: false, ...held })
  }

  draft(text: string): this {
    return this.input({ kind: 'paste', text })
  }

  get side(): string {
    const { side } = layoutOf(this.view)
    return side
      ? sidePane(
          { ...this.view, host: undefined, latencies: undefined, problems: problemsInHelp(this.view) },
          side,
          themeFor(false),
        ).join('\n')
      : ''
  }
}

const defined = (screen: Screen, place: Place | undefined) =>
  screen.tell({ kind: 'defined', revision: screen.view.prompt.revision, place })

test('^X ^E gives the draft to the editor at the cursor, and takes what was saved', () => {
  const screen = new Screen().draft('one\ntwo').press('x', { ctrl: true }).press('e', { ctrl: true })
  expect(screen.effects).toEqual([{ kind: 'edit draft', text: 'one\ntwo', line: 2, column: 4 }])
  screen.tell({ kind: 'edited outside', text: 'three' })
  expect(screen.view.prompt.editor.text).toBe('three')
  expect(screen.effects).toEqual([])
  expect(screen.press('_', { ctrl: true }).view.prompt.editor.text).toBe('one\ntwo')
})

test.each([['f12', {}] as const, ['.', { alt: true }] as const])(
  '%s asks where the thing at the cursor is declared',
  (key, held) => {
    const screen = new Screen().draft('one').press(key, held)
    expect(screen.effects).toEqual([
      { kind: 'definition', source: 'one', position: 3, revision: screen.view.prompt.revision },
    ])
  },
)

test('a definition is gone to: a cell, a place in the draft, a file in the editor', () => {
  const cell = { type: 'cell.start', cell: 1, source: 'const one = 1', focus: [] } as const
  const inCell = defined(new Screen().happens(cell).draft('one'), { kind: 'cell', cell: 1, line: 1, column: 7 })
  expect(inCell.view.active).toBe('cells')
  expect(inCell.view.cells.cursor?.stop).toEqual({ kind: 'source' })
  expect(defined(new Screen().draft('let a; a'), { kind: 'draft', offset: 4 }).view.prompt.editor.cursor).toBe(4)
  const file = (name: string): Place => ({ kind: 'file', file: name, line: 3, column: 1 })
  expect(defined(new Screen().draft('a'), file('/srv/lib.ts')).effects).toMatchObject([
    { kind: 'open file', readOnly: false },
  ])
  expect(defined(new Screen().draft('a'), file('/x/dist/index.d.ts')).effects).toMatchObject([
    { kind: 'open file', readOnly: true },
  ])
  expect(defined(new Screen().draft('a'), undefined).view.notice).toContain('nowhere')
  const late = new Screen().draft('a')
  expect(late.draft('b').tell({ kind: 'defined', revision: 0, place: file('/srv/lib.ts') }).effects).toEqual([])
})

const help: HelpView = {
  title: '(method) files.line(args: { path: string }): Promise<void>',
  documentation: 'Makes sure that a line stands in a file.',
  examples: ["files.line({ path: '/etc/motd' })"],
  args: [{ name: 'path', type: 'string', optional: false, description: 'Absolute path.' }],
  place: { kind: 'file', file: '/x/dist/operations/files.d.ts', line: 12, column: 1 },
}

test('F1 shows what is at the cursor beside the draft, which keeps the keys', () => {
  const screen = new Screen().draft('files.line')
  expect(isHelpShown(screen.view)).toBe(false)
  screen.press('f1')
  expect(screen.view.active).toBe('prompt')
  expect(isHelpShown(screen.view)).toBe(true)
  screen.tell({ kind: 'explained', revision: screen.view.prompt.revision, help })
  for (const part of ['files.line(args:', 'Makes sure', 'Absolute path.', "'/etc/motd'", 'operations/files.d.ts:12'])
    expect(screen.side).toContain(part)
  // of what stands nowhere nothing new is said, and an answer about an older draft is out of date
  screen.draft(' ').tell({ kind: 'explained', revision: screen.view.prompt.revision, help: undefined })
  expect(screen.side).toContain('Makes sure')
  screen.tell({ kind: 'explained', revision: 0, help: { ...help, documentation: 'Late.' } })
  expect(screen.side).not.toContain('Late.')
})

test('F1 shows all that is wrong with the draft, entered or still being written', () => {
  const problem = (line: number, message: string) => ({ line, column: 1, length: 3, message, code: 1 })
  const problems = [problem(1, 'What is said of the first line.'), problem(2, 'Of the second line as well.')]
  const flat = (screen: Screen) => stripVTControlCharacters(screen.side).replace(/[│\s]+/g, ' ')
  const screen = new Screen().draft('one\ntwo').press('f1')
  screen.tell({ kind: 'assisted', revision: screen.view.prompt.revision, assist: { problems } })
  for (const { message } of problems) expect(flat(screen)).toContain(message)
  screen.press('enter').tell({ kind: 'checked', source: 'one\ntwo', problems: problems.slice(1) })
  expect(flat(screen)).toContain('✗ 2:1 Of the second line as well.')
  expect(flat(screen)).not.toContain('What is said')
  expect(flat(screen.draft('x'))).not.toContain('✗')
})

test('F1 in an empty prompt, and ?, show the keys', () => {
  expect(new Screen().press('f1').view.active).toBe('side')
  expect(new Screen().press('f1').side).toContain('Everywhere')
})

test(':help opens the help as well', () => {
  const screen = new Screen().draft(':help').press('enter')
  expect(isHelpShown(screen.view)).toBe(true)
  expect(screen.effects).toMatchObject([{ kind: 'command', line: 'help' }])
})
