import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { Emulator } from '../../../test/terminal/emulator.js'
import { sanitise } from '../../engine/text/sanitise.js'
import { AGREED_TEXT, NARROW_TEXT } from './agreed.js'
import { cellsOf, pad, slice, truncate, widthOf, wrap } from './width.js'

test('characters taken to be narrow or wide are so by the tables', () => {
  const agreed = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code)).filter(
    text => text >= ' ' && AGREED_TEXT.test(text),
  )
  expect(agreed.length).toBeGreaterThan(30_000)
  expect(agreed.filter(text => stringWidth(text) !== (NARROW_TEXT.test(text) ? 1 : 2))).toEqual([])
})

test.each([
  ['a letter with an accent', 'e\u0301', 1],
  ['a vowel of Thai that stands beside its consonant', 'น\u0e33', 2],
  ['a syllable of Hangul in parts, as macOS names files', '각'.normalize('NFD'), 2],
  ['a family', '👨‍👩‍👧', 2],
  ['a flag', '🇳🇱', 2],
  ['two halves that are no flag', '🇱🇱', 4],
  ['half a flag', '🇱', 2],
  ['a hand with its skin tone', '👍🏽', 2],
  ['a skin tone on what has none', '2🏽', 3],
  ['one on a flag', '🇳🇱🏽', 6],
  ['a sign as a picture', '❤️', 2],
  ['a digit as a picture', '2️', 2],
])('%s: as many columns as on any terminal that groups graphemes', async (_, text, columns) => {
  expect(widthOf(text)).toBe(columns)
  const emulator = new Emulator({ cols: 20, rows: 1 })
  await emulator.write(text)
  expect(emulator.cursor.x).toBeLessThanOrEqual(columns)
})

describe('truncate', () => {
  test.each([
    ['nginx.conf', 20, '…', 'nginx.conf'],
    ['nginx.conf', 10, '…', 'nginx.conf'],
    ['nginx.conf', 6, '…', 'nginx…'],
    ['nginx.conf', 1, '…', '…'],
    ['nginx.conf', 0, '…', ''],
    ['한국어', 5, '', '한국'],
    ['한국어', 5, '…', '한국…'],
    ['한국어', 4, '…', '한…'],
    ['\x1b[31mred\x1b[39m and more', 5, '', '\x1b[31mred\x1b[m a'],
    ['👨‍👩‍👧x', 2, '', '👨‍👩‍👧'],
    ['👨‍👩‍👧x', 1, '', ''],
  ])('%j to %i columns', (line, width, mark, expected) => {
    expect(truncate(line, width, mark)).toBe(expected)
  })
})

describe('slice', () => {
  test.each([
    ['abcdef', 1, 3, 'bc'],
    ['\x1b[31mabc한', 1, 4, '\x1b[31mbc\x1b[m'],
    ['a한b', 2, 4, ' b'],
    ['a한b', 0, 2, 'a'],
    ['\x1b[31ma\x1b[mb\x1b[32mc', 1, 3, 'b\x1b[32mc\x1b[m'],
    ['abc', 5, 9, ''],
  ])('%j from %i to %i', (line, from, to, expected) => {
    expect(slice(line, from, to)).toBe(expected)
  })
})

test.each([
  ['left', 'ab   '],
  ['right', '   ab'],
  ['centre', ' ab  '],
] as const)('pad %s', (align, expected) => {
  expect(pad('ab', 5, align)).toBe(expected)
})

describe('wrap', () => {
  test.each([
    ['', 3, ['']],
    ['abc', 3, ['abc']],
    ['abcdefg', 3, ['abc', 'def', 'g']],
    ['한국어x', 3, ['한', '국', '어x']],
    ['\x1b[1;31mabcd\x1b[mef', 3, ['\x1b[1;31mabc\x1b[m', '\x1b[1;31md\x1b[mef']],
    ['한', 1, ['']],
  ])('%j to %i columns', (line, width, expected) => {
    expect(wrap(line, width)).toEqual(expected)
  })
})

const lines = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\x1b[31m', '\x1b[1;44m', '\x1b[m', '한국', '😀', 'é')),
  )
  .map(parts => sanitise(parts.join('').replaceAll('\n', '')))
const widths = fc.integer({ min: 1, max: 30 })

test('a cut line has room, and is the beginning of the line', () => {
  fc.assert(
    fc.property(lines, widths, (line, width) => {
      const cut = truncate(line, width)
      expect(stringWidth(cut)).toBeLessThanOrEqual(width)
      expect(plain(line).startsWith(plain(cut))).toBe(true)
      expect(stringWidth(line) - stringWidth(cut) <= 0 || stringWidth(cut) >= width - 1).toBe(true)
    }),
  )
})

test('two slices that meet are as wide as the line', () => {
  fc.assert(
    fc.property(lines, widths, (line, at) => {
      const width = stringWidth(line)
      const middle = Math.min(at, width)
      const left = slice(line, 0, middle)
      expect(stringWidth(left)).toBeGreaterThanOrEqual(middle - 1)
      expect(stringWidth(slice(line, middle, width))).toBe(width - middle)
    }),
  )
})

test('a padded line has exactly its width', () => {
  fc.assert(
    fc.property(
      lines,
      widths,
      fc.constantFrom('left', 'right', 'centre'),
      fc.constantFrom('', '…'),
      (line, width, align, mark) => {
        expect(widthOf(pad(line, width, align, mark))).toBe(width)
      },
    ),
  )
})

test('wrapped rows have room, and together are the line', () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 2, max: 30 }), (line, width) => {
      const rows = wrap(line, width)
      for (const row of rows) expect(stringWidth(row)).toBeLessThanOrEqual(width)
      expect(rows.map(plain).join('')).toBe(plain(line))
    }),
  )
})

/** Lines whose characters would join, were it not for the colours between them. */
const joining = fc
  .array(
    fc.constantFrom('🇳', '🇱', '🏽', '👩', '\u200d', '\ufe0f', '\u0301', '❤', 'e', '\x1b[31m', '\x1b[1;44m', '\x1b[m'),
  )
  .map(parts => parts.join(''))

test('parts of a line are as wide as the line, also where colours stand between what would join', () => {
  fc.assert(
    fc.property(joining, widths, (line, width) => {
      expect(widthOf(truncate(line, width, '…'))).toBeLessThanOrEqual(width)
      expect(widthOf(pad(line, width))).toBe(width)
      for (const row of wrap(line, Math.max(4, width))) expect(widthOf(row)).toBeLessThanOrEqual(Math.max(4, width))
      expect(cellsOf(line).reduce((sum, cell) => sum + cell.width, 0)).toBe(widthOf(line))
    }),
  )
})

const plain = (line: string) => line.replace(/\x1b\[[\d;]*m/g, '')
