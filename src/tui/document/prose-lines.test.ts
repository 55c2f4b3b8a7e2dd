import { expect, test } from 'vitest'
import { proseLines } from './prose-lines.js'
import { themeFor } from './theme.js'

const theme = themeFor(false)

test('a Markdown cell: headings, paragraphs joined, lists, code and emphasis; blank rows around it', () => {
  const text =
    '# Fix ntp\n\nThe **old** server\nis gone, see `ntp.conf`.\n\n- first point\n  of two rows\n- second\n\n> quoted'
  expect(proseLines(text, 40, theme)).toEqual([
    '',
    theme.strong(theme.underlined('Fix ntp')),
    '',
    `The ${theme.strong('old')} server is gone, see ${theme.accent('`ntp.conf`')}.`,
    '',
    '• first point of two rows',
    '• second',
    '',
    `${theme.faint('│')} quoted`,
    '',
  ])
})

test('what does not fit goes on below, under its point', () => {
  expect(proseLines('1. one two three four', 12, theme)).toEqual(['', '1. one two', '   three', '   four', ''])
})

test('control sequences in a notebook move nothing', () => {
  expect(proseLines('a\x1b[2Jb\x07', 20, theme)).toEqual(['', 'ab', ''])
})
