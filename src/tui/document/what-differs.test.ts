import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { themeFor } from './theme.js'
import { differenceFrom, fromDifference, withDifference } from './what-differs.js'

const THEME = themeFor(true)

describe('the lines that differ', () => {
  test.each<[what: string, usual: string[], own: string[], difference: string | undefined]>([
    [
      'members of a value, in one row',
      ['{', "  id: 'debian',", '  version: 12,', "  name: 'x'", '}'],
      ['{', "  id: 'debian',", '  version: 11,', "  name: 'y'", '}'],
      "version: 11, name: 'y'",
    ],
    ['no comma at the end', ['{', '  a: 1,', '  b: 2', '}'], ['{', '  a: 2,', '  b: 2', '}'], 'a: 2'],
    ['lines of an output', ['head', 'same', 'x 1', 'x 2'], ['head', 'same', 'x 3', 'x 4'], 'x 3 ⏎ x 4'],
    ['the first line, which its row shows', ['head', 'same'], ['other', 'same'], undefined],
    ['a line that is missing', ['head', 'user ops', 'end'], ['head', 'end'], 'without user ops'],
    ['all but the first line missing', ['head', 'more'], ['head'], 'without more'],
    ['another order', ['a', 'b', 'c'], ['a', 'c', 'b'], 'c ⏎ b'],
    ['a line twice', ['a', 'b'], ['a', 'b', 'b'], 'b'],
    ['nothing', ['a', 'b'], ['a', 'b'], undefined],
    ['no answer', ['a', 'b'], [], undefined],
  ])('%s', (_, usual, own, difference) => expect(differenceFrom(usual, 1)(own)).toBe(difference))

  test('of diffs, whose row shows none of their lines, the first too', () =>
    expect(differenceFrom(['edit', '+ b'], 0)(['change', '+ b'])).toBe('change'))
})

describe('a line that is too long', () => {
  const usual = 'Linux host 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 x86_64'
  const own = usual.replace('119-1', '112-9')

  test('begins near what differs, in so many columns', () => {
    expect(fromDifference(own, usual, 30)).toContain('6.1.112-9')
    expect(fromDifference(own, usual, 30)).toHaveLength(30)
  })

  test('is cut at its end where it differs early, and is whole where it fits', () => {
    expect(fromDifference(`x${own}`, usual, 20)).toBe('xLinux host 6.1.0-2…')
    expect(fromDifference(own, usual, 100)).toBe(own)
  })

  test('keeps its colours', () => {
    const coloured = own.replace('6.1.112-9', '\x1b[31m6.1.112-9\x1b[m')
    expect(stripVTControlCharacters(fromDifference(coloured, usual, 30))).toBe(fromDifference(own, usual, 30))
    expect(fromDifference(coloured, usual, 30)).toContain('\x1b[31m6.1.112-9')
  })
})

describe('a line that fits', () => {
  test('has the words underlined that differ', () =>
    expect(withDifference('server old.example iburst', 'server ntp.example iburst', THEME)).toBe(
      `server ${THEME.underlined('old')}.example iburst`,
    ))

  test.each([
    ['most differs', 'up 3 days', 'down'],
    ['it has colours of its own', '\x1b[31mserver\x1b[m old iburst', 'server new iburst'],
    ['words are missing', 'server iburst', 'server old iburst'],
  ])('is as it is where %s', (_, own, usual) => expect(withDifference(own, usual, THEME)).toBe(own))
})
