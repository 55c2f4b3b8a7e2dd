import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { Problem } from '../../repl/protocol.js'
import { widthOf } from '../text/width.js'
import { problemRows } from './problem-rows.js'
import { themeFor } from './theme.js'

const problem = (message: string, line = 1): Problem => ({ line, column: 1, length: 1, message, code: 1 })
const room = { width: 40, most: 4, keys: 'F5 runs it', seeAll: 'F1 shows all' }
const rows = (...messages: string[]) =>
  problemRows(
    messages.map((message, index) => problem(message, index + 1)),
    room,
    themeFor(false),
  ).map(stripVTControlCharacters)

test('what is wrong stands whole below the draft, each on rows of its own, and what can be done behind the last', () => {
  expect(rows('There is no host web-9.')).toEqual(['✗ 1:1 There is no host web-9.', 'F5 runs it'])
  expect(rows('There is no web-9.')).toEqual(['✗ 1:1 There is no web-9.  F5 runs it'])
  expect(rows('There is no host web-9.', 'There is no group wbe; did you mean web?')).toEqual([
    '✗ 1:1 There is no host web-9.',
    '✗ 2:1 There is no group wbe; did you',
    '  mean web?  F5 runs it',
  ])
  expect(rows('There is no host web-9 in here.')).toEqual(['✗ 1:1 There is no host web-9 in here.', 'F5 runs it'])
})

test('what there is no room for is said where to see', () => {
  const long = rows('word '.repeat(100), 'another')
  expect(long).toHaveLength(4)
  expect(long[3]).toBe('… F1 shows all · F5 runs it')
  expect(Math.max(...long.map(widthOf))).toBeLessThanOrEqual(40)
})
