import { describe, expect, test } from 'vitest'
import { group } from '../../../test/unit/tui/simulated-session.js'
import type { DisplayGroup, SessionRecord } from '../protocol.js'
import { usualOf } from './answers.js'
import { cellsIn, compareAnswers } from './compare.js'

const HOSTS = ['web-1', 'web-2', 'web-3', 'db-1', 'db-2']
const at = (minute: number) => new Date(2026, 10, 28, 14, minute).getTime()

/** Records of cells, of which each asked hosts something or, without groups, only said a word. */
const session = (...cells: readonly (readonly [source: string, groups?: readonly DisplayGroup[]])[]): SessionRecord[] =>
  cells.flatMap(([source, groups], index): SessionRecord[] => {
    const value = groups
      ? ({ kind: 'results', of: 'command', groups } as const)
      : ({ kind: 'text', text: 'word' } as const)
    const cell = index + 1
    return [
      { type: 'cell.start', cell, source, focus: HOSTS, at: at(cell) },
      { type: 'cell.end', cell, end: { kind: 'ok', value }, ms: 1, at: at(cell) },
    ]
  })

const lost: DisplayGroup = { ...group(['db-1', 'db-2'], 'connection refused'), status: 'unreachable' }
const records = session(
  ['$`cat /etc/motd`', [group(['web-1', 'web-2', 'web-3'], 'one\ntwo', 0), lost]],
  ['1 + 1'],
  ['$`cat /etc/motd`', [lost, group(['web-1', 'web-2'], 'one\ntwo', 0), group(['web-3'], 'one\nthree', 0)]],
  ['$`uptime`', [group(['db-1'], 'up 3 days', 0)]],
  ['$`cat /etc/motd`', [group(['web-2'], 'one\ntwo', 0), group(['web-1'], 'one\ntwo', 1), group(['db-2'], 'x', 0)]],
  ['2 + 2'],
)
const compare = (argument: string, of = records) => compareAnswers(argument, cellsIn(of), HOSTS)

test('the usual answer is that of most hosts, whatever comes first', () => {
  const [one, two, other] = [group(['a'], 'x'), group(['b', 'c'], 'y'), group(['d', 'e'], 'z')]
  expect(usualOf([one, two, other])).toBe(two)
  expect(usualOf([])).toBe(undefined)
})

describe(':compare in a session', () => {
  test('one host: against what most said that answered, then against itself before', () => {
    expect(compare('3 web-3')).toBe(`\
--- web-[1-2] (2)
+++ web-3
@@ -1,2 +1,2 @@
  one
- two
+ three
--- web-3, cell 1, 14:01:00
+++ web-3, cell 3, 14:03:00
@@ -1,2 +1,2 @@
  one
- two
+ three`)
    expect(compare('3 web-1')).toBe(`\
web-1 said in cell 3 what most said: web-[1-2] (2).
web-1 said the same in cell 1, 14:01:00.`)
    expect(compare('web-1', session(['$`id`', [group(['web-1', 'web-2'], 'root')]]))).toBe(
      'web-1 said in cell 1 what most said: web-[1-2] (2).',
    )
  })

  test('of answers that as many gave each is held against another', () => {
    const records = session(['x', [group(['web-1'], 'a'), group(['web-2'], 'b'), group(['web-3'], 'c')]])
    expect(compare('web-1', records)).toBe('--- web-2\n+++ web-1\n@@ -1,1 +1,1 @@\n- b\n+ a')
    expect(compare('web-3', records)).toBe('--- web-1\n+++ web-3\n@@ -1,1 +1,1 @@\n- a\n+ c')
  })

  test('two hosts of the last cell with answers, or of another', () => {
    expect(compare('3 web-3 web-1')).toBe(`\
--- web-3
+++ web-1
@@ -1,2 +1,2 @@
  one
- three
+ two`)
    expect(compare('web-2 web-1')).toBe(`\
--- web-2
+++ web-1
@@ -1,3 +1,3 @@
  one
  two
- exit code 0
+ exit code 1`)
    expect(compare('1 web-1 web-2')).toBe('web-1 and web-2 said the same in cell 1.')
  })

  test('two cells: hosts with the same difference together; what they asked, where that is not the same', () => {
    expect(compare('1 3')).toBe(`\
● web-[1-2] (2) said the same in cell 1 and cell 3.
● web-3
  --- cell 1, 14:01:00
  +++ cell 3, 14:03:00
  @@ -1,2 +1,2 @@
    one
  - two
  + three`)
    expect(compare('1 3 web-2')).toBe('● web-2 said the same in cell 1 and cell 3.')
    const asked = session(['$`date`', [group(['db-1'], 'a')]], ['$`date -u`', [group(['db-1'], 'b')]])
    expect(compare('1 2 db-1', asked)).toContain('--- cell 1, 14:01:00: $`date`\n  +++ cell 2, 14:02:00: $`date -u`\n')
  })

  test('operations by what they did, with its diffs', () => {
    const did = (hosts: readonly string[], line: string): DisplayGroup => ({
      ...group(hosts, 'edit /etc/ntp.conf'),
      changes: [
        {
          summary: 'edit /etc/ntp.conf',
          diff: { kind: 'text', subject: '/etc/ntp.conf', before: 'a\n', after: `${line}\n` },
          commands: [],
          undoable: true,
        },
      ],
    })
    expect(compare('web-1 web-2', session(['x', [did(['web-1'], 'b'), did(['web-2'], 'c')]]))).toContain(
      '-   + b\n+   + c',
    )
  })

  test('what a host sent stays harmless, and it is said where long answers are cut', () => {
    const hostile = [
      group(['web-1'], 'a\x1b]0;title\x07\x1b[2J'),
      { ...group(['web-2'], 'b\u202e\x1b[31mred'), cut: true },
    ]
    const told = compare('web-1 web-2', session(['x', hostile]))
    expect(told).toBe(`\
--- web-1
+++ web-2
@@ -1,1 +1,1 @@
- a
+ b\x1b[31mred\x1b[m
… long answers are cut here: the journal has all of them`)
  })

  test.each<[argument: string, said: string, of?: SessionRecord[]]>([
    ['', ':compare takes a host or two'],
    ['3', ':compare takes a host or two'],
    ['1 3 web-1 web-2', ':compare takes a host or two'],
    ['web-1 web-2 web-3', ':compare takes a host or two'],
    ['1 3 5', ':compare takes a host or two'],
    ['web-1 3', 'There is no host 3'],
    ['web-9', 'There is no host web-9; did you mean web-1?'],
    ['99 web-1', 'There is no cell 99 in this session.'],
    ['2 web-1', 'Cell 2 has no answers of hosts.'],
    ['web-1', 'No cell of this session has answers of hosts.', session(['1 + 1'])],
    ['4 web-1', 'web-1 was not asked in cell 4.'],
    ['1 db-1', 'db-1 gave no answer in cell 1: connection refused'],
    ['1 4', 'No host answered in both cell 1 and cell 4.'],
    ['4 db-1', 'db-1 alone answered in cell 4, and not before: there is nothing to compare.'],
  ])('cannot compare “%s”: %s', (argument, said, of = records) => {
    expect(() => compare(argument, of)).toThrow(said)
  })
})
