import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesPatterns, matchesWildcard } from './wildcard.js'

describe('matchesWildcard', () => {
  test('agrees with a regular expression on short texts', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 })
    fc.assert(
      fc.property(short, short, (pattern, text) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect(matchesWildcard(pattern, text)).toBe(new RegExp(`^${source}$`).test(text))
      }),
    )
  })

  test('a pattern made to take forever does not', () => {
    expect(matchesWildcard(`${'*a'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false)
  })
})

test.each([
  [['*'], 'x', true],
  [['web-*', '!web-9'], 'web-1', true],
  [['web-*', '!web-9'], 'web-9', false],
  [['!web-9'], 'web-1', false],
  [['web-?'], 'web-10', false],
])('%j against %s: %s', (patterns, host, expected) => {
  expect(matchesPatterns(patterns, host)).toBe(expected)
})
