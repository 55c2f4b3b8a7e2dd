import { expect, test } from 'vitest'
import { excluding } from './exclude.js'

test.each<readonly [pattern: string, path: string, excluded: boolean]>([
  ['*.log', 'a.log', true],
  ['*.log', 'deep/er/a.log', true],
  ['*.log', 'a.log.gz', false],
  ['*.log', 'a\n.log', true],
  ['cache', 'cache', true],
  ['cache', 'a/cache', true],
  ['cache/', 'a/cache', true],
  ['cache', 'cached', false],
  ['/cache', 'cache', true],
  ['/cache', 'a/cache', false],
  ['build/cache', 'build/cache', true],
  ['build/cache', 'src/build/cache', false],
  ['a/*/c', 'a/b/c', true],
  ['a/*/c', 'a/b/b/c', false],
  ['a/**/c', 'a/b/b/c', true],
  ['a/**/c', 'a/c', true],
  ['a/**', 'a/b/c', true],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['[x].(y)+', '[x].(y)+', true],
  ['[x]', 'x', false],
])('%s on %j: %s', (pattern, path, excluded) => {
  expect(excluding([pattern])(path)).toBe(excluded)
})

test('any of several is enough; none excludes nothing', () => {
  expect([excluding(['a', 'b'])('b'), excluding([])('a')]).toEqual([true, false])
})
