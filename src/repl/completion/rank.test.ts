import { expect, test } from 'vitest'
import { ranked } from './rank.js'

const names = (typed: string, ...all: readonly string[]) =>
  ranked(
    all.map(name => ({ name })),
    typed,
  ).map(({ name }) => name)

test('the best match comes first, equal ones in the order they came in', () => {
  expect(names('fac', 'files', 'facts')).toEqual(['facts'])
  expect(names('lin', 'outlines', 'line', 'link')).toEqual(['line', 'link', 'outlines'])
  expect(names('lin', 'outlines', 'link', 'line')).toEqual(['link', 'line', 'outlines'])
  expect(names('', 'b', 'a')).toEqual(['b', 'a'])
})
