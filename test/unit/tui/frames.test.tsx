import { describe, expect, test } from 'vitest'
import type { FactView } from '../../../src/repl/protocol.js'
import { DEFAULT_SETTINGS } from '../../../src/repl/settings/settings.js'
import type { Message } from '../../../src/tui/state/message.js'
import { widthOf } from '../../../src/tui/text/width.js'
import type { Emulator } from '../../terminal/emulator.js'
import { DrawnView } from './drawn-view.js'
import { group, lineChange, SimulatedSession } from './simulated-session.js'

const NOW = Date.UTC(2026, 10, 28, 12)

const SIZES = [
  { cols: 60, rows: 20 },
  { cols: 80, rows: 24 },
  { cols: 100, rows: 30 },
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
]

const [RED, GREEN, YELLOW] = [1, 2, 3]

/** A text that must be there; with a colour, its first letter in that colour of the palette. */
type Wanted = string | RegExp | readonly [text: string, colour: number]

interface Scene {
  readonly title: string
  readonly build: (view: DrawnView) => DrawnView
  readonly shows: readonly Wanted[]
  /** What is there where there is room for it. */
  readonly from?: { readonly cols: number; readonly shows: readonly Wanted[] }
}

/** Tells a view all that a session said, a second ago. */
function after(session: SimulatedSession, view: DrawnView): DrawnView {
  session.listen(record => view.record([{ ...record, at: NOW - 1000 }]))
  return view
}

function fleet(more: (session: SimulatedSession, hosts: readonly string[]) => void = () => {}) {
  return (view: DrawnView): DrawnView => {
    const session = new SimulatedSession()
    const hosts = session.start({ web: 4, db: 2 })
    session.ready(hosts.filter(host => host !== 'web-3'))
    session.emit({ type: 'host.state', host: 'web-3', state: 'failed', ms: 10_000, reason: 'no answer within 10 s' })
    more(session, hosts)
    return after(session, view)
  }
}

const WEB = ['web-1', 'web-2', 'web-3', 'web-4']

const answered = fleet(session => {
  session.cell('$`cat /etc/release`', {
    kind: 'results',
    of: 'command',
    groups: [group(['web-1', 'web-2', 'web-4'], 'first\nDebian 12', 0), group(['web-3'], 'first\nDebian 11', 1)],
  })
})

const change = {
  ...lineChange('/etc/ntp.conf', 'server old.example', 'server new.example'),
  irreversible: 'no way back',
}

const planned = fleet(session => {
  session.askFor(session.startCell("files.line({ path: '/etc/ntp.conf' })", WEB), {
    operation: 'files.line',
    label: 'files.line /etc/ntp.conf',
    groups: [
      { hosts: ['web-4'], outcome: 'unknown', changes: [], reason: 'depends on line 2' },
      { hosts: ['web-1', 'web-2'], outcome: 'change', changes: [change] },
      { hosts: ['web-3'], outcome: 'same', changes: [] },
    ],
  })
})

const timed = (...ms: readonly number[]) =>
  fleet(session => {
    const hosts = WEB.slice(0, ms.length)
    const cell = session.startCell('$`sleep`', hosts)
    session.emit({ type: 'task.start', task: 5, cell, kind: 'command', label: 'sleep', hosts })
    for (const [at, host] of hosts.entries())
      session.emit({
        type: 'task.host',
        task: 5,
        host,
        outcome: { status: 'ok', key: 'k', text: 'x', ms: ms[at] ?? 0 },
      })
    session.endCell(cell, { kind: 'ok', value: { kind: 'results', of: 'command', groups: [group(hosts, 'done', 0)] } })
  })

const facts = (version: string, memory: number): readonly FactView[] => [
  {
    name: 'server.os',
    rows: [
      ['family', 'debian'],
      ['version', version],
    ],
    age: 75,
  },
  { name: 'hardware.memory', rows: [['total', String(memory), memory]], age: 0 },
  { name: 'server.mounts', rows: [], age: 0, error: 'df: not found' },
]

const factsOf = (host: string, version: string, memory: number): Message => ({
  kind: 'facts',
  host,
  facts: facts(version, memory),
})

const SCENES: readonly Scene[] = [
  {
    title: 'hosts',
    build: view => answered(view).press('f6', 'f6', 'down', 'space'),
    shows: ['▾ web', ['● web-4', GREEN], /✗.web-3 +unreachable/, /db +2\/2/, /web-2 +\S* *4 ms/],
  },
  {
    title: 'hosts, filtered',
    build: view => answered(view).press('f6', 'f6', '/').type('db-'),
    shows: ['/db-', ['● db-1', GREEN]],
  },
  {
    title: 'cells, folded',
    build: view => answered(view).press('f6', 'home'),
    shows: ['[1]', /3 hosts .*web-\[1-2,4\]\s[\s\S]*Debian 12/, ['✗ exit 1', RED], /web-\[1-2,4\]/],
  },
  {
    title: 'a group that is open',
    build: view => answered(view).press('f6', 'home', 'down', 'right', 'right'),
    shows: ['▾', 'Debian 12'],
  },
  {
    title: 'a table',
    build: fleet(session =>
      session.cell('table', {
        kind: 'table',
        columns: ['host', 'load'],
        rows: [
          ['web-1', '0.31'],
          ['web-2', '12.9'],
        ],
      }),
    ),
    shows: [/host +load[\s\S]*web-1 +0\.31[\s\S]*web-2 +12\.9/],
  },
  {
    title: 'a plan that waits',
    build: planned,
    shows: [
      /plan +2 change · 1 same · 1 unknown/,
      /1 host .*depends on line 2[\s\S]*2 hosts +\+1 −1/,
      ['no way back', RED],
      'Apply files.line /etc/ntp.conf',
      'a all',
    ],
    from: {
      cols: 110,
      shows: [
        ['- server old.example', RED],
        ['+ server new.example', GREEN],
      ],
    },
  },
  { title: 'a plan, group by group', build: view => planned(view).press('g'), shows: ['group 1 of 2: web-4'] },
  {
    title: 'its diff',
    build: view => planned(view).press('f6', 'f6', 'f6', 'f6'),
    shows: [
      ['- server old.example', RED],
      ['+ server new.example', GREEN],
    ],
  },
  {
    title: 'its diff over the whole width',
    build: view => planned(view).press('f6', 'f6', 'f6', 'f6', 'z'),
    shows: [
      ['- server old.example', RED],
      ['+ server new.example', GREEN],
    ],
    from: { cols: 100, shows: [/- server old\.example +│ \+ server new\.example/] },
  },
  {
    title: 'a plan being carried out',
    build: fleet((session, hosts) => {
      const cell = session.startCell("files.line({ path: '/etc/motd' })", hosts)
      session.emit(
        { type: 'task.start', task: 9, cell, kind: 'operation', label: 'files.line /etc/motd', hosts: WEB },
        { type: 'plan', task: 9, cell, plan: { operation: 'files.line', label: 'files.line /etc/motd', groups: [] } },
        { type: 'change.start', task: 9, host: 'web-1', summary: 'edit /etc/motd' },
        {
          type: 'task.host',
          task: 9,
          host: 'web-4',
          outcome: { status: 'failed', key: 'f', text: 'No space left', ms: 5 },
        },
      )
    }),
    shows: [
      /▓{4}░{12} 1\/4 applying/,
      ['✗ 1 host', RED],
      'No space left',
      'waiting for web-[1-3]',
      /web-1 1\.0 s edit/,
    ],
  },
  {
    title: 'what was measured',
    build: fleet(session =>
      session.cell('files.line({})', {
        kind: 'results',
        of: 'operation',
        groups: [{ ...group(WEB, 'edit /etc/ntp.conf'), changes: [change] }],
      }),
    ),
    shows: [/4 hosts +✓ \+1 −1 +\/etc\/ntp\.conf/],
  },
  {
    title: 'facts of a host',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'down', 'enter')
        .tell(factsOf('web-1', '12.9', 2e9)),
    shows: ['web-1', /family +debian/, /server\.os +1 min 15 s ago/, ['✗ df: not found', RED], /total +2\.0 GB/],
  },
  {
    title: 'facts compared',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'f')
        .tell(factsOf('web-1', '12.9', 1e9), factsOf('web-2', '12.9', 2e9), factsOf('web-4', '11.11', 1.5e9), {
          kind: 'facts failed',
          host: 'web-3',
          error: 'no answer within 10 s',
        }),
    shows: [
      'facts of 4 hosts',
      /version +12\.9 2 of 3/,
      ['≠ 11.11', YELLOW],
      /▓{10} 2\.0 GB web-2/,
      /1 not read: web-3/,
    ],
  },
  {
    title: 'an answer against another',
    build: view => answered(view).press('f6', 'd'),
    shows: [/- web-\[1-2,4\]/, ['- Debian 12', RED], ['+ Debian 11', GREEN]],
  },
  {
    title: 'output, with how long hosts took',
    build: view => timed(1000, 1000, 1100, 7000)(view).press('f6', 'o'),
    shows: ['durations', /1\.0 s – 2\.0 s +▓+ 3/, 'slowest: web-4 7.0 s'],
  },
  {
    title: 'help on the thing at the cursor',
    build: view => {
      answered(view).type('facts.server.os()').press('f1')
      return view.tell({
        kind: 'explained',
        revision: view.view.prompt.revision,
        help: {
          title: 'os(): Os',
          documentation: 'The operating system.',
          examples: ['await web.facts.server.os()'],
          args: [],
        },
      })
    },
    shows: ['os(): Os', 'The operating system.', 'await web.facts.server.os()'],
  },
  { title: 'keys', build: view => answered(view).press('?'), shows: ['help', /enter|⏎/i, /run the cell/] },
  {
    title: 'what the doctor found',
    build: view =>
      answered(view)
        .press('f6', 'f6', 'down', 'enter', 'right', 'right', 'right')
        .tell({ kind: 'examined', host: 'web-1', text: 'tcp   0.4 ms\nauth  key ed25519 accepted' }),
    shows: ['auth  key ed25519 accepted'],
  },
  {
    title: 'the list of everything',
    build: view =>
      answered(view)
        .press('ctrl-p')
        .tell({
          kind: 'found',
          of: 'everything',
          names: [{ name: 'files.line', kind: 'operation', detail: 'A line is there.', insert: 'files.line', from: 0 }],
        })
        .type('files.l'),
    shows: [/find.*files\.l|files\.l/, /operation +files\.line/, '1/1'],
  },
  {
    title: 'inputs of other sessions',
    build: view =>
      answered(view)
        .press('ctrl-r')
        .tell({
          kind: 'found',
          of: 'history',
          entries: [{ text: '$`uptime`', at: NOW - 3 * 3_600_000, session: 's-1', outcome: 'failed', hosts: 'db-1' }],
        }),
    shows: [/\$`uptime` +✗ +3 h ago/],
  },
  {
    title: 'a question for a password',
    build: view =>
      fleet(session =>
        session.emit({
          type: 'question.asked',
          id: 1,
          question: { kind: 'secret', key: 'k', prompt: 'sudo password', hosts: ['web-1', 'web-2'], retry: true },
        }),
      )(view).type('secret'),
    shows: [['That was wrong.', RED], 'sudo password', 'for web-[1', '••••••'],
  },
  {
    title: 'a host that is not known',
    build: fleet(session =>
      session.emit({
        type: 'question.asked',
        id: 1,
        question: {
          kind: 'hostkey',
          key: 'k',
          host: 'web-1',
          hosts: ['web-1'],
          address: '10.0.0.1',
          keyType: 'ssh-ed25519',
          fingerprint: 'SHA256:abc',
          otherNames: [],
        },
      }),
    ),
    shows: ['web-1 (10.0.0.1) is not known', 'trust and remember it', 'refuse'],
  },
  {
    title: 'completions',
    build: view => {
      answered(view).type('facts.server.')
      const items = ['os', 'kernel'].map(name => ({ name, kind: 'method', insert: name, from: 13 }))
      return view.tell({ kind: 'completions', revision: view.view.prompt.revision, asked: true, items })
    },
    shows: [/│ os +method │[\s\S]*│ kernel +method │[\s\S]*› facts\.server\./],
  },
  {
    title: 'prose, an error and a notice',
    build: view =>
      fleet(session => {
        session.cell(':note # Clocks\n- they **differ**', { kind: 'nothing' })
        session.endCell(session.startCell('a.b()', []), {
          kind: 'error',
          error: { name: 'TypeError', message: 'a.b is not a function', line: 1, column: 3, frames: ['cell 2:1:3'] },
        })
      })(view).tell({ kind: 'notice', text: 'Copied.' }),
    shows: ['Clocks', '• they differ', ['✗ TypeError: a.b is not a function', RED], ['Copied.', YELLOW]],
  },
]

/** Where a text begins, as a cell. */
function cellAt(emulator: Emulator, text: string) {
  for (const row of emulator.cells()) {
    const at = row
      .map(cell => cell.text)
      .join('')
      .indexOf(text)
    if (at >= 0) return row[at]
  }
  return undefined
}

function expectShown(emulator: Emulator, wanted: readonly Wanted[]): void {
  const text = emulator.lines().join('\n')
  for (const each of wanted) {
    if (each instanceof RegExp) expect(text).toMatch(each)
    else if (typeof each === 'string') expect(text).toContain(each)
    else {
      expect(text).toContain(each[0])
      expect(cellAt(emulator, each[0])?.foreground, each[0]).toEqual({ palette: each[1] })
    }
  }
}

describe.each(SIZES)('at $cols×$rows', size => {
  test.each(SCENES)('$title: text and colours, in its frame', async ({ build, shows, from }) => {
    const emulator = await build(new DrawnView(size, NOW)).draw()
    expectShown(emulator, [...shows, ...(from && size.cols >= from.cols ? from.shows : [])])
    const rows = emulator.lines()
    // the first and the last row are where they belong: nothing was taller than the terminal, and nothing scrolled
    expect(rows).toHaveLength(size.rows)
    expect(rows[0]).toMatch(/^ muster · .*12:00:00$/)
    expect(rows.at(-1)).toMatch(/\S/)
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(size.cols)
    for (const row of rows.slice(1)) if (/^[┌┏]/.test(row)) expect(row).toMatch(/[┐┓]$/)
    expect(emulator.scrollback()).toEqual([])
    expect(emulator.clears).toBe(1)
  })
})

test.each(SCENES)(
  '$title: without colour, and with ASCII signs, the same stands at the same places',
  async ({ build }) => {
    const size = { cols: 120, rows: 40 }
    const ascii = { type: 'session.settings', settings: { ...DEFAULT_SETTINGS, signs: 'ascii' }, at: NOW } as const
    const [coloured, plain, signs] = await Promise.all([
      build(new DrawnView(size, NOW)).draw(),
      build(new DrawnView(size, NOW, { colour: false })).draw(),
      build(new DrawnView(size, NOW)).record([ascii]).draw(),
    ])
    expect(plain.lines()).toEqual(coloured.lines())
    expect(
      plain
        .cells()
        .flat()
        .filter(({ foreground, background }) => foreground ?? background),
    ).toEqual([])
    // the names of keys, in the last row, are longer
    const widths = (emulator: Emulator) =>
      emulator
        .lines()
        .slice(0, -1)
        .map(row => widthOf(row))
    expect(widths(signs)).toEqual(widths(coloured))
    expect(signs.lines().join('')).toMatch(/^[ -~]*$/)
  },
)
