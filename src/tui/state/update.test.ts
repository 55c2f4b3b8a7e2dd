import { describe, expect, test } from 'vitest'
import { hostKeyQuestion } from '../../../test/unit/tui/simulated-session.js'
import type { ApprovalRequest } from '../../engine/events.js'
import type { SessionEvent } from '../../repl/protocol.js'
import type { InputEvent } from '../screen/input-event.js'
import { READING_TIME } from './approval.js'
import type { Effect, Message } from './message.js'
import { update } from './update.js'
import { initialView, type View } from './view.js'

const START = 1_000_000

/** A screen that is told things, with what it wanted done. */
class Screen {
  view: View = initialView({ cols: 120, rows: 40 }, START)
  readonly effects: Effect[] = []
  now = START

  tell(message: Message): this {
    const { view, effects } = update(this.view, message)
    this.view = view
    this.effects.push(...effects)
    return this
  }

  happens(...events: readonly SessionEvent[]): this {
    return this.tell({ kind: 'records', records: events.map(event => ({ ...event, at: this.now })), now: this.now })
  }

  type(text: string): this {
    for (const character of text) this.input({ kind: 'text', text: character })
    return this
  }

  press(name: string): this {
    const parts = name.split('-')
    const key = parts.pop() ?? ''
    const held = (modifier: string) => parts.includes(modifier)
    return this.input({ kind: 'key', name: key, ctrl: held('ctrl'), alt: held('alt'), shift: held('shift') })
  }

  input(event: InputEvent): this {
    return this.tell({ kind: 'input', event, now: this.now })
  }

  later(ms: number): this {
    this.now += ms
    return this
  }
}

const started = () =>
  new Screen().happens({
    type: 'session.start',
    session: 's',
    inventory: 'inventory.ts',
    hosts: ['web-1', 'web-2'].map(name => ({ name, address: name, groups: ['web'], guard: 'confirm' })),
    groups: { web: ['web-1', 'web-2'] },
    directory: '/srv',
    by: 'alice@laptop',
  })

const request: ApprovalRequest = {
  id: 3,
  cell: 1,
  title: 'files.line on 2 hosts',
  plans: [],
  hosts: ['web-1', 'web-2'],
  choices: [{ id: 1, hosts: ['web-1', 'web-2'], summary: 'edit' }],
  guard: 'confirm',
  unplanned: false,
}
const asks: SessionEvent = { type: 'approval.asked', request }
const cell: SessionEvent = { type: 'cell.start', cell: 1, source: 'x', focus: [] }

describe('Enter', () => {
  test('checks the draft, then runs it and empties the prompt', () => {
    const screen = started().type('1 + 1').press('enter')
    expect(screen.effects).toEqual([{ kind: 'check', source: '1 + 1' }])
    screen.tell({ kind: 'checked', source: '1 + 1', problems: [] })
    expect(screen.effects.at(-1)).toEqual({ kind: 'run', source: '1 + 1', force: false })
    expect(screen.view.prompt.editor.text).toBe('')
    expect(screen.view.prompt.history).toEqual(['1 + 1'])
  })

  test('keeps a draft with type errors, the cursor on the first; F5 runs it all the same', () => {
    const problem = { line: 2, column: 3, length: 2, message: 'no', code: 1 }
    const screen = started().input({ kind: 'paste', text: 'a\nbcdefg' }).press('enter')
    screen.tell({ kind: 'checked', source: 'a\nbcdefg', problems: [problem] })
    expect(screen.effects.filter(({ kind }) => kind === 'run')).toEqual([])
    expect(screen.view.prompt.editor.cursor).toBe(4)
    expect(screen.view.prompt.problems).toEqual([problem])
    screen.press('f5')
    expect(screen.effects.at(-1)).toEqual({ kind: 'run', source: 'a\nbcdefg', force: true })
  })

  test('F4 makes the edit that a problem offers, which can be undone', () => {
    const fix = { title: 'await it', start: 0, end: 0, text: 'await ' }
    const problem = { line: 1, column: 1, length: 3, message: 'not awaited', code: 90001, fix }
    const screen = started().input({ kind: 'paste', text: '$`a`\n1' }).press('enter')
    screen.tell({ kind: 'checked', source: '$`a`\n1', problems: [problem] }).press('f4')
    expect(screen.view.prompt.editor.text).toBe('await $`a`\n1')
    expect(screen.view.prompt.problems).toEqual([])
    screen.press('ctrl-_')
    expect(screen.view.prompt.editor.text).toBe('$`a`\n1')
    screen.press('f4')
    expect(screen.view.prompt.editor.text).toBe('$`a`\n1')
  })

  test('F4 is for the problem at the cursor, also before the draft is entered', () => {
    const awaited = (at: number) => ({ title: 'await it', start: at, end: at, text: 'await ' })
    const problem = (line: number, at: number) => ({
      line,
      column: 1,
      length: 4,
      message: 'no',
      code: 1,
      fix: awaited(at),
    })
    const screen = started().input({ kind: 'paste', text: '$`a`\n$`b`\n1' }).press('up')
    const assist = { problems: [problem(1, 0), problem(2, 5)] }
    screen.tell({ kind: 'assisted', revision: screen.view.prompt.revision, assist }).press('f4')
    expect(screen.view.prompt.editor.text).toBe('$`a`\nawait $`b`\n1')
    screen.press('down').tell({ kind: 'assisted', revision: screen.view.prompt.revision, assist }).press('f4')
    expect(screen.view.prompt.editor.text).toBe('await $`a`\nawait $`b`\n1')
  })

  test('an answer about a draft that was changed since runs nothing', () => {
    const screen = started().type('ab').press('enter').press('backspace')
    screen.tell({ kind: 'checked', source: 'ab', problems: [] })
    expect(screen.effects.some(({ kind }) => kind === 'run')).toBe(false)
    expect(screen.view.prompt.editor.text).toBe('a')
    expect(screen.view.notice).toContain('not run')
  })

  test('begins a new line while a bracket is open', () => {
    const screen = started().type('f({').press('enter')
    expect(screen.effects).toEqual([])
    expect(screen.view.prompt.editor.text).toBe('f({\n  ')
  })

  test('sends a colon command without its colon, and leaves for :quit', () => {
    const screen = started().type(':focus web').press('enter')
    expect(screen.effects.at(-1)).toEqual({ kind: 'command', line: 'focus web', entry: 1 })
    screen.tell({ kind: 'replied', entry: 1, end: { kind: 'ok', value: { kind: 'nothing' } } })
    screen.type(':quit').press('enter')
    expect(screen.effects.at(-1)).toEqual({ kind: 'command', line: 'quit', entry: 2 })
    screen.type(':quit!').press('enter')
    expect(screen.effects.at(-1)).toEqual({ kind: 'quit' })
    expect(new Screen().type(':quit').press('enter').effects.at(-1)).toEqual({ kind: 'quit' })
  })
})

test('a replay that goes back takes the cells behind it off the screen, and nothing else', () => {
  const ran = (cell: number, source: string): SessionEvent[] => [
    { type: 'cell.start', cell, source, focus: [] },
    { type: 'cell.end', cell, end: { kind: 'ok', value: { kind: 'nothing' } }, ms: 1 },
  ]
  const screen = started()
    .happens(...ran(1, 'a'), ...ran(2, 'b'), ...ran(9, 'mine'))
    .type(':back')
    .press('enter')
  screen.happens({ type: 'replay.back', cells: [2] })
  expect(screen.view.notebook.entries.map(({ source }) => source)).toEqual(['a', 'mine', 'back'])
  screen.happens(...ran(2, 'b'))
  expect(screen.view.notebook.entries.map(({ source }) => source)).toEqual(['a', 'mine', 'back', 'b'])
})

describe('an approval', () => {
  test('gets the keys when nothing is being typed, and is answered by one', () => {
    const screen = started().happens(cell, asks).later(READING_TIME).type('a')
    expect(screen.effects).toEqual([{ kind: 'decide', id: 3, decision: { kind: 'apply' } }])
    screen.happens({ type: 'approval.given', id: 3, decision: { kind: 'apply' } })
    expect(screen.view.active).toBe('prompt')
  })

  test('a key that comes before it can have been read does nothing', () => {
    const screen = started()
      .happens(cell, asks)
      .later(READING_TIME - 1)
      .type('a')
    expect(screen.effects).toEqual([])
    expect(screen.view.approvals).toHaveLength(1)
  })

  test('never takes the keys from a draft', () => {
    const screen = started().happens(cell).type('v').happens(asks).later(1000).type('a')
    expect(screen.effects.filter(({ kind }) => kind === 'decide')).toEqual([])
    expect(screen.view.prompt.editor.text).toBe('va')
    screen.press('f2').press('escape')
    expect(screen.effects.at(-1)).toEqual({ kind: 'decide', id: 3, decision: { kind: 'decline' } })
  })

  test('a paste answers nothing', () => {
    const screen = started().happens(cell, asks).later(1000).input({ kind: 'paste', text: 'a' })
    expect(screen.effects).toEqual([])
  })

  test('goes with its cell when that is interrupted', () => {
    const screen = started().happens(cell, asks)
    screen.happens({ type: 'cell.end', cell: 1, end: { kind: 'interrupted' }, ms: 1 })
    expect(screen.view.approvals).toEqual([])
    expect(screen.view.active).toBe('prompt')
  })
})

describe('a question', () => {
  const secret: SessionEvent = {
    type: 'question.asked',
    id: 9,
    question: { kind: 'secret', key: 'sudo:deploy', prompt: 'sudo password of deploy', hosts: ['web-1'], retry: false },
  }

  test('takes a secret with every letter, bound or not', () => {
    const screen = started().happens(secret).later(1000).type('?y n').press('backspace').type('N').press('enter')
    expect(screen.effects).toEqual([{ kind: 'answer', id: 9, answer: '?y N' }])
    expect(JSON.stringify(screen.view.questions)).not.toContain('?y')
  })

  test('Escape gives no answer', () => {
    const screen = started().happens(secret).later(1000).press('escape')
    expect(screen.effects).toEqual([{ kind: 'answer', id: 9, answer: undefined }])
  })

  test('the rest of the screen stays usable beside it', () => {
    const screen = started().type('a').happens(secret).type('b')
    expect(screen.view.prompt.editor.text).toBe('ab')
    expect(screen.view.active).toBe('prompt')
  })

  test('a host key is answered by yes or no', () => {
    const screen = started().happens({
      type: 'question.asked',
      id: 4,
      question: hostKeyQuestion(),
    })
    screen.later(1000).type('xn')
    expect(screen.effects).toEqual([{ kind: 'answer', id: 4, answer: false }])
  })
})

describe('Ctrl-C', () => {
  test.each<[string, (screen: Screen) => Screen, readonly Effect[], string]>([
    ['stops what runs and keeps the draft', screen => screen.happens(cell).type('x'), [{ kind: 'interrupt' }], 'x'],
    ['clears the line when nothing runs', screen => screen.type('x'), [], ''],
    ['says how to leave when there is nothing', screen => screen, [], ''],
  ])('%s', (_, prepare, effects, draft) => {
    const screen = prepare(started()).press('ctrl-c')
    expect(screen.effects).toEqual(effects)
    expect(screen.view.prompt.editor.text).toBe(draft)
    if (draft === '' && effects.length === 0 && _.startsWith('says')) expect(screen.view.notice).toContain('Ctrl-D')
  })
})

test('that a cell is being stopped is said until it has ended', () => {
  const screen = started().happens(cell).press('ctrl-c')
  expect(screen.view.notice).toMatch(/^Stopping cell \d+ …$/)
  screen.tell({ kind: 'ran', end: 'interrupted' })
  expect(screen.view.notice).toBe('')
})

describe('completions', () => {
  const item = (name: string) => ({ name, kind: 'property', insert: name, from: 6 })

  test('Tab takes the only one, at the place it names', () => {
    const screen = started().type('facts.se').press('tab')
    const asked = screen.effects.at(-1)
    if (asked?.kind !== 'complete') throw new Error('not asked')
    expect(asked).toMatchObject({ source: 'facts.se', position: 8, asked: true })
    screen.tell({ kind: 'completions', revision: asked.revision, asked: true, items: [item('server')] })
    expect(screen.view.prompt.editor.text).toBe('facts.server')
  })

  test('a dot asks by itself, and Enter then runs what was typed', () => {
    const screen = started().type('facts.')
    const asked = screen.effects.at(-1)
    if (asked?.kind !== 'complete') throw new Error('not asked')
    expect(asked).toMatchObject({ position: 6, asked: false })
    screen.tell({ kind: 'completions', revision: asked.revision, asked: false, items: [item('files'), item('server')] })
    screen.type('i')
    expect(screen.view.prompt.completion?.items.map(({ name }) => name)).toEqual(['files'])
    const { revision } = screen.view.prompt
    screen.tell({ kind: 'completions', revision, asked: false, items: [item('xfiles'), item('xserver')] })
    expect(screen.view.prompt.completion?.items).toHaveLength(2)
    screen.press('enter')
    expect(screen.effects.at(-1)).toEqual({ kind: 'check', source: 'facts.i' })
  })

  test('a name typed faster than the list comes asks for what stands there now', () => {
    const asks = (screen: Screen) => screen.effects.filter(({ kind }) => kind === 'complete').length
    const screen = started().type('facts.s')
    expect(screen.effects.at(-1)).toMatchObject({ kind: 'complete', position: 7, asked: false })
    const { revision } = screen.view.prompt
    screen.tell({ kind: 'completions', revision: revision - 1, asked: false, items: [item('late')] })
    expect(screen.view.prompt.completion).toBeUndefined()
    screen.tell({ kind: 'completions', revision, asked: false, items: [item('server')] })
    expect(screen.view.prompt.completion?.items).toHaveLength(1)
    // in a text a name may hold signs
    const hyphened = "apt.packages({ packages: ['openssh-s"
    expect(started().type(hyphened).effects.at(-1)).toMatchObject({ kind: 'complete', position: hyphened.length })
    const closed = started().type('facts.').press('escape')
    const before = asks(closed)
    expect(asks(closed.type('se'))).toBe(before)
  })

  test.each([
    ['the second letter of a name', 'x + fi', true],
    ['its first', 'x + f', false],
    ['a dot', 'xs.', true],
    ['the dot of a number', '1 + 2.', false],
    ['a text that is an argument', "group('", true],
    ['one in a list, and one that a key has', "f({ a: ['x', \"", true],
    ['another folder of a path', "files.file({ path: '/etc/", true],
    ['a module', "import { a } from '", true],
    ['one of Node', "import { a } from 'node:", true],
    ['a text that is none', "const a = '", false],
    ['what is in a text', "f('ab", false],
    ['a comment', '// ab', false],
    ['behind a text', "f('a', ab", true],
    ['a colon command, whose list is open from its colon', ':fo', true],
    ['what follows a colon command', ':focus ', true],
    ['another host behind it', ':focus web-1,', true],
    ['a value in a template', '$`cat ${await fa', true],
    ['a member in a template in a template', '`a ${`b ${fleet.', true],
    ['the text of a template', '`fl', false],
    ['a template that is an argument', 'files.file({ path: `/etc/', true],
    ['a path in a command', 'web.$`cat /etc/', true],
    ['a word of a command', '$`cat etc/', false],
    ['what else has a stroke in a command', "$`sed 's/", false],
    ['a path behind a value', '$`cat ${a}/', false],
    ['the lines of a template', '`\nfl', false],
    ['a second line', 'f(\nfl', true],
    ['a member on a line of its own', 'fleet\n  .', true],
    ['its letters, while its list is closed', 'fleet\n  .gr', false],
    ['a path with a quote', "files.file({ path: '/it\\'s/", true],
    ['another host of a pattern', "match('web-1,!", true],
    ['a text with a comma', "f('a,", false],
    ['a regular expression', 'x = /fl', false],
  ])('%s: does the list open by itself?', (_what, draft, opens) => {
    const screen = started().type(draft.slice(0, -1))
    if (screen.view.prompt.awaited) screen.press('escape')
    const { length } = screen.effects
    screen.type(draft.slice(-1))
    if (draft === ':fo') return expect(screen.effects.some(({ kind }) => kind === 'complete')).toBe(opens)
    expect(screen.effects.slice(length).some(({ kind }) => kind === 'complete')).toBe(opens)
  })

  test('a dot behind a name whose list is open asks for its members', () => {
    const screen = started().type('facts.server')
    const { revision } = screen.view.prompt
    screen.tell({ kind: 'completions', revision, asked: false, items: [item('server')] })
    screen.type('.')
    expect(screen.view.prompt.completion).toBeUndefined()
    expect(screen.effects.at(-1)).toMatchObject({ kind: 'complete', source: 'facts.server.', position: 13 })
  })

  test('up in a list that came by itself is for the history', () => {
    const screen = started()
      .type('facts.')
      .tell({ kind: 'history', inputs: ['facts.server.os()'] })
    const { revision } = screen.view.prompt
    screen.tell({ kind: 'completions', revision, asked: false, items: [item('server'), item('files')] })
    expect(screen.press('up').view.prompt.editor.text).toBe('facts.server.os()')
  })

  describe('with values to be filled in', () => {
    const snippet = { text: "line({ path: '', line: '' })", holes: [14, 24, 28], retyped: '(' } as const
    const line = { name: 'line', kind: 'property', insert: 'line', from: 6, snippet }
    const taken = () => {
      const screen = started().type('files.li').press('tab')
      const { revision } = screen.view.prompt
      return screen.tell({ kind: 'completions', revision, asked: true, items: [line] })
    }
    /** The draft with its cursor. */
    const draft = ({ view: { prompt } }: Screen) =>
      `${prompt.editor.text.slice(0, prompt.editor.cursor)}▏${prompt.editor.text.slice(prompt.editor.cursor)}`

    test('Tab goes from one to the next and out of it; Shift-Tab goes back', () => {
      const screen = taken()
      expect(draft(screen)).toBe("files.line({ path: '▏', line: '' })")
      expect(draft(screen.type('/etc/x').press('tab'))).toBe("files.line({ path: '/etc/x', line: '▏' })")
      expect(draft(screen.press('shift-tab'))).toBe("files.line({ path: '/etc/x▏', line: '' })")
      expect(draft(screen.press('backspace').press('tab').type('a b').press('tab'))).toBe(
        "files.line({ path: '/etc/', line: 'a b' })▏",
      )
      screen.press('tab')
      expect(screen.effects.at(-1)).toMatchObject({ kind: 'complete', asked: true })
    })

    test('what may be named by a value is shown when one comes to it', () => {
      const screen = taken()
      const { length } = screen.effects
      screen.press('tab')
      expect(screen.effects.slice(length)).toMatchObject([{ kind: 'complete', asked: false, position: 30 }])
    })

    test('whoever goes on with a bracket writes it alone', () => {
      expect(draft(taken().type('({ path: '))).toBe('files.line({ path: ▏')
      expect(draft(taken().type('x('))).toBe("files.line({ path: 'x(▏', line: '' })")
    })

    test('Escape ends it, and so does a change over one of them', () => {
      const left = taken().press('escape').press('tab')
      expect(left.effects.at(-1)).toMatchObject({ kind: 'complete', asked: true })
      const over = taken().press('ctrl-a').press('ctrl-k').type('x').press('tab')
      expect(over.effects.at(-1)).toMatchObject({ kind: 'complete', asked: true })
    })
  })

  test('after moving in the list Enter takes the selected one', () => {
    const screen = started().type('facts.')
    screen.tell({
      kind: 'completions',
      revision: screen.view.prompt.revision,
      asked: false,
      items: [item('files'), item('server')],
    })
    screen.press('down').press('enter')
    expect(screen.view.prompt.editor.text).toBe('facts.server')
  })

  test('a leading colon opens the list of commands; a path goes on into the directory that was taken', () => {
    const screen = started().type(':')
    expect(screen.effects.at(-1)).toMatchObject({ kind: 'complete', source: ':', asked: false })
    screen.press('ctrl-c').type("files.file({ path: '/e").press('tab')
    const { revision } = screen.view.prompt
    const etc = { name: 'etc/', kind: 'directory', insert: 'etc/', from: 21 }
    screen.tell({ kind: 'completions', revision, asked: true, items: [etc, { ...etc, name: 'exe/', insert: 'exe/' }] })
    screen.press('enter')
    expect(screen.effects.at(-1)).toMatchObject({ kind: 'complete', source: "files.file({ path: '/etc/", asked: false })
    const now = screen.view.prompt.revision
    screen.tell({
      kind: 'completions',
      revision: now,
      asked: false,
      items: [{ name: 'ntp.conf', kind: 'file', insert: 'ntp.conf', from: 25 }],
    })
    expect(screen.type('-').effects.at(-1)).toMatchObject({ kind: 'complete', asked: false })
  })

  test('those for an older draft are dropped', () => {
    const screen = started().type('facts.')
    const { revision } = screen.view.prompt
    screen.type('s').tell({ kind: 'completions', revision, asked: false, items: [item('server')] })
    expect(screen.view.prompt.completion).toBeUndefined()
  })
})

test('↑ and ↓ walk through earlier inputs and back to the draft', () => {
  const screen = started().tell({ kind: 'history', inputs: ['first', 'second'] })
  screen.press('up').press('up')
  expect(screen.view.prompt.editor.text).toBe('first')
  screen.press('down').press('down')
  expect(screen.view.prompt.editor.text).toBe('')
})

test('space marks hosts: they are the selection of the session; = makes them the focus', () => {
  const screen = started()
  for (let i = 0; i < 6 && screen.view.active !== 'hosts'; i++) screen.press('f6')
  screen.press('down').type(' ')
  expect(screen.effects.at(-1)).toEqual({ kind: 'select', hosts: ['web-1'] })
  screen.type('=')
  expect(screen.effects.at(-1)).toMatchObject({ kind: 'command', line: 'focus web-1' })
})
