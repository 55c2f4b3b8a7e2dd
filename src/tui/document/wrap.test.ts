import { expect, test } from 'vitest'
import { widthOf } from '../text/width.js'
import { wrap, wrapHanging, wrapInColumns } from './wrap.js'

test.each([
  ['driftfile /var/lib/ntp/ntp.drift', 24, ['driftfile', '/var/lib/ntp/ntp.drift']],
  ['a /var/lib/ntp/ntp.drift', 12, ['a /var/lib/n', 'tp/ntp.drift']],
  ['one two three', 7, ['one two', 'three']],
])('%s in %i columns', (text, width, rows) => {
  expect(wrap(text, width)).toEqual(rows)
  const styled = wrap(`\x1b[32m${text}\x1b[39m`, width)
  expect(styled.map(row => row.replace(/\x1b\[[\d;]*m/g, ''))).toEqual(rows)
})

test('what goes on below the first row of a diff line stands under its text', () => {
  const rows = wrapHanging('+ server new.example iburst minpoll 4', 20)
  expect(rows).toEqual(['+ server new.example', '  iburst minpoll 4'])
  expect(Math.max(...rows.map(widthOf))).toBeLessThanOrEqual(20)
})

test('a long line of wide and joined characters is broken in one pass', () => {
  const { user } = process.cpuUsage()
  const rows = wrap('👩‍👩‍👧‍👦 漢 e\u0301 '.repeat(500), 20)
  expect(rows.every(row => widthOf(row) <= 20)).toBe(true)
  expect(rows.length).toBeGreaterThan(90)
  expect((process.cpuUsage().user - user) / 1000).toBeLessThan(1000)
})

test('colours go on behind a break, and what is wider than the row by itself is left out', () => {
  expect(wrap('\x1b[31mone twö\x1b[m', 4)).toEqual(['\x1b[31mone\x1b[m', '\x1b[31mtwö\x1b[m'])
  expect(wrap('漢a', 1)).toEqual(['a'])
})

test.each([
  ['  phases       resolving 0.4 · tcp 1 ms', ['  phases       resolving 0.4 ·', '               tcp 1 ms']],
  ['  → log in once, or trust the key', ['  → log in once, or trust the', '    key']],
  ['               two words and others', ['               two words and', '               others']],
  ['no column here, and so none below', ['no column here, and so none', 'below']],
  [`${'x'.repeat(20)}  a name too long`, ['xxxxxxxxxxxxxxxxxxxx  a name', 'too long']],
])('columns go on below where they began: %s', (line, rows) => {
  expect(wrapInColumns(line, 30)).toEqual(rows)
})
