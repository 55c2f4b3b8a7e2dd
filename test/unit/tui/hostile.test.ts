import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphemeWidth } from '../../../src/engine/text/grapheme-width.js'
import { sanitise } from '../../../src/engine/text/sanitise.js'
import type { SessionEvent } from '../../../src/repl/protocol.js'
import type { Emulator } from '../../terminal/emulator.js'
import { DrawnView } from './drawn-view.js'
import { group, hostKeyQuestion, lineChange, SimulatedSession } from './simulated-session.js'

const NOW = Date.UTC(2026, 10, 28, 12)
/** `MUSTER_HOSTILE_RUNS=1000 npx vitest run test/unit/tui/hostile.test.ts` says more, and other things every time. */
const RUNS = Number(process.env.MUSTER_HOSTILE_RUNS ?? 25)

/** What is on the screen when a text from somewhere is. */
type Scene = (text: string, view: DrawnView) => DrawnView

function session(...events: readonly SessionEvent[]) {
  return (view: DrawnView): DrawnView => {
    const simulated = new SimulatedSession()
    const hosts = simulated.start({ web: 3 })
    simulated.ready(hosts)
    simulated.emit({ type: 'cell.start', cell: 1, source: '$`ls`', focus: hosts }, ...events)
    simulated.listen(record => view.record([{ ...record, at: NOW }]))
    return view
  }
}

const answered = (text: string, view: DrawnView): DrawnView =>
  session({
    type: 'cell.end',
    cell: 1,
    end: {
      kind: 'ok',
      value: { kind: 'results', of: 'command', groups: [group(['web-1'], text, 1), group(['web-2'], 'b', 0)] },
    },
    ms: 5,
  })(view)

const LONG = 'a line that is longer than there is room for, whatever it ends with: '.repeat(3)

/** What a smaller group says otherwise than the largest: a line more, and the end of a long one. */
const differing = (text: string, view: DrawnView): DrawnView =>
  session(
    ...[`head\n0\n${text}`, LONG + text].flatMap((said, index): SessionEvent[] => {
      const usual = group(['web-1', 'web-2'], index === 0 ? 'head\n0' : `${LONG}0`, 0)
      const value = { kind: 'results', of: 'command', groups: [usual, group(['web-3'], said, 0)] } as const
      return [
        { type: 'cell.start', cell: index + 2, source: '$`ls`', focus: ['web-1', 'web-2', 'web-3'] },
        { type: 'cell.end', cell: index + 2, end: { kind: 'ok', value }, ms: 5 },
      ]
    }),
  )(view)

const ended = (end: Extract<SessionEvent, { type: 'cell.end' }>['end'], view: DrawnView): DrawnView =>
  session({ type: 'cell.end', cell: 1, end, ms: 5 })(view)

/** In the right pane, on the tab that so many presses to the right lead to. */
const onHost = (view: DrawnView, ...more: readonly string[]): DrawnView =>
  view.press('f6', 'f6', 'down', 'enter', ...more)

function planned(text: string, view: DrawnView): DrawnView {
  const simulated = new SimulatedSession()
  const hosts = simulated.start({ web: 3 })
  simulated.ready(hosts)
  simulated.askFor(simulated.startCell('files.line({})', hosts), {
    operation: 'files.line',
    label: `files.line ${text}`,
    as: [text],
    groups: [
      {
        hosts: hosts.slice(0, 1),
        outcome: 'change',
        changes: [{ ...lineChange(text, text, 'new'), irreversible: text }],
      },
      { hosts: hosts.slice(1, 2), outcome: 'unknown', changes: [], reason: text },
      { hosts: hosts.slice(2), outcome: 'failed', changes: [], reason: text },
    ],
  })
  simulated.listen(record => view.record([{ ...record, at: NOW - 1000 }]))
  return view
}

const SCENES: Readonly<Record<string, Scene>> = {
  'an answer, folded': answered,
  // a comma at the end of a line says that it goes on
  'what an answer has otherwise': (text, view) => differing(text.replaceAll(',', 'x'), view),
  'who one is': (text, view) => session({ type: 'host.state', host: 'web-1', state: 'ready', ms: 5, user: text })(view),
  'an answer, open': (text, view) => answered(text, view).press('f6', 'home', 'down', 'right', 'right'),
  'an answer in the right pane': (text, view) => answered(text, view).press('f6', 'o'),
  'an answer against another': (text, view) => answered(text, view).press('f6', 'd'),
  'a value': (text, view) => ended({ kind: 'ok', value: { kind: 'text', text } }, view),
  'a table': (text, view) =>
    ended(
      {
        kind: 'ok',
        value: {
          kind: 'table',
          columns: ['name', text],
          rows: [
            ['a', text],
            [text, 'b'],
          ],
        },
      },
      view,
    ),
  'an error': (text, view) =>
    ended({ kind: 'error', error: { name: 'TypeError', message: text, line: 1, column: 3, frames: [text] } }, view),
  'a declined cell': (text, view) => ended({ kind: 'declined', text }, view),
  'type errors': (text, view) =>
    ended({ kind: 'refused', problems: [{ line: 1, column: 1, length: 3, message: text, code: 1 }] }, view),
  'what is printed': (text, view) => session({ type: 'cell.console', cell: 1, stream: 'out', text })(view),
  'a note': (text, view) => session({ type: 'note', level: 'warning', text })(view),
  'what a running host said last': (text, view) =>
    session(
      { type: 'task.start', task: 1, cell: 1, kind: 'command', label: 'x', hosts: ['web-1', 'web-2'] },
      { type: 'task.output', task: 1, hosts: { 'web-1': [text, text] } },
    )(view).press('f6', 'o'),
  'a plan': planned,
  'a plan, by group': (text, view) => planned(text, view).press('g'),
  'its diff over the whole width': (text, view) => planned(text, view).press('f6', 'f6', 'f6', 'f6', 'z'),
  'why a host is lost': (text, view) =>
    onHost(session({ type: 'host.state', host: 'web-1', state: 'failed', ms: 5, reason: text })(view)).press(
      'f6',
      'f6',
      'f6',
    ),
  facts: (text, view) =>
    onHost(session()(view)).tell({
      kind: 'facts',
      host: 'web-1',
      facts: [
        {
          name: text,
          rows: [
            [text, text],
            ['b', text],
          ],
          age: 3,
        },
        { name: 'x', rows: [], age: 3, error: text },
      ],
    }),
  'facts compared': (text, view) =>
    session()(view)
      .press('f6', 'f6', 'f')
      .tell(
        { kind: 'facts', host: 'web-1', facts: [{ name: text, rows: [['a', text]], age: 3 }] },
        { kind: 'facts', host: 'web-2', facts: [{ name: text, rows: [['a', 'q']], age: 3 }] },
        { kind: 'facts failed', host: 'web-3', error: text },
      ),
  'what the doctor found': (text, view) =>
    onHost(session()(view), 'right', 'right', 'right').tell({ kind: 'examined', host: 'web-1', text }),
  'the banner in a question': (text, view) =>
    session({
      type: 'question.asked',
      id: 1,
      question: { kind: 'secret', key: 'k', prompt: text, hosts: ['web-1'], retry: false },
    })(view),
  'a host key': (text, view) =>
    session({
      type: 'question.asked',
      id: 1,
      question: hostKeyQuestion({ address: text, keyType: text, fingerprint: text, otherNames: [text] }),
    })(view),
  'a notice': (text, view) => session()(view).tell({ kind: 'notice', text }),
  'names of remote files': (text, view) =>
    session()(view)
      .type("files.text({ path: '/")
      .tell({
        kind: 'completions',
        revision: view.view.prompt.revision,
        asked: true,
        items: [text, 'b'].map(name => ({ name, kind: 'file', insert: 'b', from: 20, detail: text })),
      }),
  'a call being written': (text, view) =>
    session()(view)
      .type('files.line({ ')
      .tell({
        kind: 'assisted',
        revision: view.view.prompt.revision,
        assist: {
          problems: [],
          signature: { before: text, active: text, after: text, argument: text, documentation: text },
        },
      }),
  'inputs of other sessions': (text, view) =>
    session()(view)
      .press('ctrl-r')
      .tell({ kind: 'found', of: 'history', entries: [{ text, at: NOW, session: text, outcome: 'ok', hosts: text }] }),
  'a notebook': (text, view) =>
    session({
      type: 'notebook.opened',
      name: text,
      title: text,
      cells: [
        { key: 1, source: text, stale: false },
        { key: 2, number: 1, source: text, stale: true },
      ],
    })(view),
  'names of hosts': (text, view) => {
    const name = text === '' ? 'q' : text
    const hosts = [name, 'b'].map(host => ({ name: host, address: text, groups: [name], guard: 'confirm' as const }))
    const start = {
      type: 'session.start',
      session: text,
      // of a path the end is shown
      inventory: text.replaceAll('/', 'x'),
      hosts,
      groups: { [name]: [name, 'b'] },
      directory: '/',
      by: text,
    } as const
    const focus = { type: 'session.focus', pattern: text, hosts: [name] } as const
    const cell = { type: 'cell.start', cell: 1, source: 'x', focus: [name] } as const
    const end = {
      kind: 'ok',
      value: { kind: 'results', of: 'command', groups: [group([name], 'a'), group(['b'], 'b')] },
    } as const
    return view.record(
      [start, focus, cell, { type: 'cell.end', cell: 1, end, ms: 5 } as const].map(event => ({ ...event, at: NOW })),
    )
  },
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A sign that goes before the letter it belongs to, as a column of its own. */
const BEFORE = '\u0d4e'

/** One grapheme of so many columns. */
function letterOf(columns: number): string {
  const before = BEFORE.repeat(Math.max(0, columns - 2))
  return columns === 0 ? '' : columns === 1 ? 'x' : `${before}漢`
}

/** A text of the same shape that nobody could object to: letters where something is seen, as wide. */
function harmless(text: string): string {
  return sanitise(text, { colour: false }).replace(/[^\n]+/g, line =>
    Array.from(graphemes.segment(line), ({ segment }) =>
      segment.trim() === '' ? segment : letterOf(graphemeWidth(segment)),
    ).join(''),
  )
}

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 0x9f }).map(code => String.fromCharCode(code)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ...[
        '\x1b]0;owned\x07',
        '\x1b]2;owned\x1b\\',
        '\x9d0;owned\x9c',
        '\x1b]52;c;ZXZpbA==\x07',
        '\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\',
      ],
      ...[
        '\x1b[2J',
        '\x1b[3J',
        '\x1b[H',
        '\x1b[99;99H',
        '\x1b[9A',
        '\x1b[9D',
        '\x1b[9S',
        '\x1b[5;6r',
        '\x1b[4h',
        '\x1b[20l',
        '\x1b[?1049l',
        '\x1b[?25h',
        '\x1b[?7h',
        '\x1b[?1000h',
        '\x1b[!p',
      ],
      ...[
        '\x1bc',
        '\x1b(0',
        '\x1b)B\x0e',
        '\x1b7',
        '\x1b8',
        '\x1bD',
        '\x1bM',
        '\x1b#8',
        '\x1b=',
        '\x9b2J',
        '\x84',
        '\x8d',
        '\x1bP$q"p\x1b\\',
        '\x1b_Gi=1\x1b\\',
        '\x1bX',
        '\x1b[c',
        '\x1b[6n',
        '\x05',
      ],
      ...[
        '\u202e',
        '\u202d',
        '\u2066',
        '\u2069',
        '\u200f',
        '\u200b',
        '\ufeff',
        '\u2028',
        '\ud800',
        '\udc00',
        '\ufffd',
        'שלום',
        'مرحبا',
      ],
      ...[
        '漢字',
        '한',
        'ｗ',
        '😀',
        '👩‍👩‍👧‍👦',
        '🏽',
        '🇳',
        '🇱',
        '❤️',
        '\u0301',
        'e\u0301\u0302',
        '\u200d',
        '\ufe0f',
        '\u1161',
        '\u0e33',
        'ﷺ',
        '\u3000',
      ],
      ...['word ', ' ', 'x'.repeat(80), '漢'.repeat(50), '\x1b[31m', '\x1b[7m', '\x1b[m', '\n'],
    ),
  },
)
/** Tabs, returns and backspaces are looked at where text is made fit: what they leave depends on what stands before. */
// a letter at both ends: to have said nothing, and an empty line at the end, are other shapes
const hostile = fc.array(piece, { maxLength: 30 }).map(parts => `q${parts.join('')}q`.replace(/[\t\r\b]/g, ''))

const quiet = (emulator: Emulator): readonly number[] => [...emulator.modes].filter(mode => mode !== 25)

/** Cells that show something else than the text: the frame, labels, what others said. */
function around(emulator: Emulator, within: Emulator): string[] {
  const cells = emulator.cells()
  return within.cells().flatMap((row, y) =>
    row.flatMap(cell => {
      if (/^[x漢\u0d4e]/.test(cell.text)) return []
      const own = cells[y]?.find(({ x }) => x === cell.x)
      // a letter that this terminal draws wider than others takes the blank behind it, and no more
      const spread = own === undefined && cell.text === ' '
      return spread || own?.text === cell.text
        ? []
        : [`${cell.x},${y}: ${JSON.stringify(own?.text)} for ${JSON.stringify(cell.text)}`]
    }),
  )
}

test.each([
  { cols: 120, rows: 40 },
  { cols: 80, rows: 24 },
])(
  'whatever anybody says, at $cols×$rows the frame around it is as with letters in its place',
  async size => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(SCENES)), hostile, async (name, text) => {
        const draw = (said: string): Promise<Emulator> =>
          SCENES[name]?.(said, new DrawnView(size, NOW)).draw() ?? Promise.reject(new Error(name))
        const [shown, plain] = [await draw(text), await draw(harmless(text))]
        expect(shown.commands).toEqual([])
        expect(quiet(shown)).toEqual(quiet(plain))
        expect(shown.clears).toBe(plain.clears)
        expect(shown.cursor).toEqual(plain.cursor)
        expect(around(shown, plain).slice(0, 5)).toEqual([])
      }),
      { numRuns: RUNS, ...(process.env.MUSTER_HOSTILE_RUNS ? {} : { seed: 1 }) },
    )
  },
  60_000 + RUNS * 200,
)

test('ten megabytes in one line, wherever they are said, take their row and no time', async () => {
  const said = '\x1b[2J😀x'.repeat(1_400_000)
  for (const [name, scene] of Object.entries(SCENES)) {
    const before = process.cpuUsage()
    const shown = await scene(said, new DrawnView({ cols: 120, rows: 40 }, NOW)).draw()
    expect(process.cpuUsage(before).user / 1000, name).toBeLessThan(3000)
    expect(shown.commands).toEqual([])
    expect(shown.lines()[0], name).toMatch(/^ muster · .*\d\d:00:00$/)
    expect(shown.lines()[1], name).toMatch(/^┌─ hosts|^[┌┏]/)
    expect(shown.clears).toBe(1)
  }
}, 120_000)
