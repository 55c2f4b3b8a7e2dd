import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChangeView, PlanView } from '../../engine/events.js'
import type { DeployReport, HostReport } from '../../engine/run/deploy.js'
import { hasFailures } from '../../repl/has-failures.js'
import { planLines, planSummary } from '../../repl/plan-lines.js'
import type { CellEnd, Display, DisplayGroup } from '../../repl/protocol.js'
import { caretLines, displayLines, endLines, tableLines } from './display.js'
import { paintFor, wantsColor } from './paint.js'
import { reportLines } from './report.js'

const paint = paintFor(false)

const group = (over: Partial<DisplayGroup>): DisplayGroup => ({
  hosts: ['web-1', 'web-2'],
  status: 'ok',
  text: 'hi',
  cut: false,
  ms: 1,
  ...over,
})
const results = (...groups: DisplayGroup[]): Display => ({ kind: 'results', of: 'command', groups })

const change = (over: Partial<ChangeView> = {}): ChangeView => ({
  summary: 'replace 1 line in /etc/ntp.conf',
  diff: { kind: 'text', subject: '/etc/ntp.conf', before: 'a\nold\n', after: 'a\nnew\n' },
  commands: [],
  undoable: true,
  ...over,
})

const plan: PlanView = {
  operation: 'files.line',
  label: 'files.line /etc/ntp.conf',
  groups: [
    { hosts: ['db-1'], outcome: 'unknown', changes: [change()], reason: 'it depends on a command' },
    {
      hosts: ['web-1', 'web-2'],
      outcome: 'change',
      changes: [change({ imperative: true, irreversible: 'data goes' })],
    },
    { hosts: ['web-3'], outcome: 'same', changes: [] },
    { hosts: ['web-4'], outcome: 'failed', changes: [], reason: 'permission denied' },
  ],
}

describe('values', () => {
  test.each<readonly [title: string, display: Display, lines: readonly string[]]>([
    ['nothing', { kind: 'nothing' }, []],
    ['text of several lines', { kind: 'text', text: 'a\nb' }, ['a', 'b']],
    ['no hosts', { kind: 'fleet', hosts: [] }, ['no hosts']],
    ['one host', { kind: 'fleet', hosts: ['web-1'] }, ['web-1']],
    ['hosts', { kind: 'fleet', hosts: ['web-1', 'web-2', 'db'] }, ['web-[1-2],db (3)']],
    [
      'a table, aligned by what terminals show',
      {
        kind: 'table',
        columns: ['host', 'name'],
        rows: [
          ['web-1', '日本'],
          ['w', 'two\nlines'],
        ],
      },
      ['host   name', 'web-1  日本', 'w      two lines'],
    ],
    ['an answer', results(group({})), ['● web-[1-2] (2)', '  hi']],
    ['an empty answer', results(group({ text: '' })), ['● web-[1-2] (2)']],
    [
      'an exit code',
      results(group({ hosts: ['a'], status: 'failed', exitCode: 3, text: 'x\ny' })),
      ['✗ a  exit 3', '  x', '  y'],
    ],
    [
      'a host that is away',
      results(group({ hosts: ['a'], status: 'unreachable', text: 'connection refused' })),
      ['✗ a  unreachable', '  connection refused'],
    ],
    ['one that was not asked', results(group({ hosts: ['a'], status: 'cancelled', text: '' })), ['○ a  cancelled']],
    ['an answer that was cut', results(group({ cut: true })), ['● web-[1-2] (2)', '  hi', '  … cut at 64 KiB']],
    [
      'a change',
      results(group({ text: 'replace 1 line', changes: [change()] })),
      ['● web-[1-2] (2)  changed', '  replace 1 line'],
    ],
  ])('%s', (_title, display, lines) => {
    expect(displayLines(display, paint)).toEqual(lines)
  })

  test.each<readonly [status: DisplayGroup['status'], fails: boolean]>([
    ['ok', false],
    ['skipped', false],
    ['failed', true],
    ['unreachable', true],
    ['unknown', true],
    ['cancelled', true],
  ])('a host that is %s counts as a failure: %s', (status, fails) => {
    expect(hasFailures(results(group({}), group({ status })))).toBe(fails)
  })
})

describe('ends of cells', () => {
  test.each<readonly [title: string, end: CellEnd, source: string, lines: readonly string[]]>([
    ['interrupted', { kind: 'interrupted' }, '', ['Interrupted; what came back before is kept.']],
    ['declined', { kind: 'declined', text: 'Not applied.' }, '', ['Not applied.']],
    [
      'type errors',
      { kind: 'refused', problems: [{ line: 2, column: 7, length: 3, message: 'No.', code: 1 }] },
      'a\nconst foo = 1',
      ['2:7 No.', '  const foo = 1', '        ^^^', 'Nothing was run and nothing was sent.'],
    ],
    [
      'an exception in the cell',
      {
        kind: 'error',
        error: { name: 'Error', message: 'no', line: 1, column: 3, frames: ['a.ts:2:1'] },
      },
      '  f()',
      ['1:3 no', '    f()', '    ^', '  at a.ts:2:1'],
    ],
    ['one from elsewhere', { kind: 'error', error: { name: 'Error', message: 'no', frames: [] } }, 'f()', ['no']],
  ])('%s', (_title, end, source, lines) => {
    expect(endLines(end, source, paint)).toEqual(lines)
  })

  test.each([
    ['behind a tab', '\tfoo', 2, 3, ['          foo', '          ^^^']],
    ['behind wide characters', "'日本', foo", 7, 3, ["  '日本', foo", '          ^^^']],
    ['past the end', 'f(', 3, 1, ['  f(', '    ^']],
    ['a line ended by \\r\\n', 'f()\r\ng()', 1, 1, ['  f()', '  ^']],
  ])('a mark %s', (_title, source, column, length, lines) => {
    expect(caretLines(source, 1, column, length)).toEqual(lines)
  })
})

describe('plans and reports', () => {
  test('a plan in one line', () => {
    expect(planSummary(plan)).toBe('2 change · 1 same · 1 unknown · 1 failed')
    expect(planSummary({ ...plan, groups: [] })).toBe('no hosts')
  })

  test('a plan with its diffs', () => {
    expect(planLines(plan, paint, { diff: true })).toMatchInlineSnapshot(`
      [
        "files.line /etc/ntp.conf  2 change · 1 same · 1 unknown · 1 failed",
        "  ? db-1  unknown: it depends on a command",
        "    likely: replace 1 line in /etc/ntp.conf  +1 −1",
        "      @@ -1,2 +1,2 @@",
        "        a",
        "      - old",
        "      + new",
        "  ▸ web-[1-2] (2)",
        "    replace 1 line in /etc/ntp.conf  +1 −1  runs each time; cannot be undone: data goes",
        "      @@ -1,2 +1,2 @@",
        "        a",
        "      - old",
        "      + new",
        "  = web-3  nothing to do",
        "  ✗ web-4  permission denied",
      ]
    `)
  })

  test('a plan without them', () => {
    expect(planLines(plan, paint, { diff: false })).toMatchInlineSnapshot(`
      [
        "files.line /etc/ntp.conf  2 change · 1 same · 1 unknown · 1 failed",
        "  ? db-1  unknown: it depends on a command",
        "    likely: replace 1 line in /etc/ntp.conf  +1 −1",
        "  ▸ web-[1-2] (2)",
        "    replace 1 line in /etc/ntp.conf  +1 −1  runs each time; cannot be undone: data goes",
        "  = web-3  nothing to do",
        "  ✗ web-4  permission denied",
      ]
    `)
  })

  test('a report: hosts with the same end on one line, the most first', () => {
    const hosts = new Map<string, HostReport>([
      ['db-1', { status: 'failed', reason: 'it exited with 4' }],
      ['web-1', { status: 'changed' }],
      ['web-2', { status: 'changed' }],
      ['web-3', { status: 'not-approved', reason: 'not approved' }],
      ['web-4', { status: 'unknown', reason: 'it depends' }],
      ['edge-1', { status: 'failed', reason: 'no answer at 10.0.1.1:22' }],
      ['edge-2', { status: 'failed', reason: 'no answer at 10.0.1.2:22' }],
    ])
    const report: DeployReport = { plans: [], hosts, applied: true, declined: false }
    expect(reportLines(report, paint)).toEqual([
      '● changed      web-[1-2] (2)',
      '✗ failed       edge-[1-2] (2): no answer at …:22',
      '✗ failed       db-1: it exited with 4',
      '○ not approved web-3',
      '? unknown      web-4: it depends',
    ])
  })
})

describe('colours', () => {
  test.each<readonly [title: string, isTTY: boolean, environment: NodeJS.ProcessEnv, wants: boolean]>([
    ['a terminal', true, {}, true],
    ['a pipe', false, {}, false],
    ['NO_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['an empty NO_COLOR, which counts for nothing', true, { NO_COLOR: '' }, true],
    ['FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_title, isTTY, environment, wants) => {
    expect(wantsColor({ isTTY }, environment)).toBe(wants)
  })
})

describe('whatever a host says', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      '\u001b[2J',
      '\u001b]0;t\u0007',
      '\r',
      '\b',
      '\t',
      '\u009b2J',
      '\u202e',
      '\u200b',
      '\n',
      '\u001b[31m',
    ),
    fc.string({ unit: 'binary' }),
  )
  const nasty = fc.array(unit, { maxLength: 8 }).map(parts => parts.join(''))

  test('nothing but colour reaches the terminal', () => {
    fc.assert(
      fc.property(nasty, text => {
        const problem = { line: 1, column: 1, length: 1, message: text, code: 1 }
        const diff = { kind: 'text', subject: text, before: 'a\n', after: `${text}\n` } as const
        const grim: PlanView = {
          operation: 'x',
          label: text,
          groups: [
            {
              hosts: ['a'],
              outcome: 'unknown',
              changes: [change({ summary: text, irreversible: text, diff })],
              reason: text,
            },
            { hosts: ['b'], outcome: 'failed', changes: [], reason: text },
          ],
        }
        const report = new Map<string, HostReport>([['a', { status: 'failed', reason: text }]])
        const lines = [
          ...displayLines({ kind: 'text', text }, paint),
          ...displayLines(results(group({ text, status: 'failed' })), paint),
          ...tableLines(['host'], [[text]], paint),
          ...endLines({ kind: 'refused', problems: [problem] }, text, paint),
          ...endLines({ kind: 'declined', text }, '', paint),
          ...endLines(
            { kind: 'error', error: { name: 'E', message: text, line: 1, column: 1, frames: ['', text] } },
            text,
            paint,
          ),
          ...planLines(grim, paint, { diff: true }),
          ...reportLines({ plans: [], hosts: report, applied: true, declined: false }, paint),
        ].map(line => line.replaceAll(/\u001b\[[\d;]*m/g, ''))
        for (const line of lines) expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/)
      }),
    )
  })
})
