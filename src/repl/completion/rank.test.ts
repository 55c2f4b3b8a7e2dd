import { expect, test } from 'vitest'
import { ranked } from './rank.js'
import { UsedNames } from './used-names.js'

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

test('what fits comes before what was used, that before the rest; a name that is written out, and its beginning, before both', () => {
  const used = new UsedNames()
  used.learn('hosts2 = [hosts3]; // then\n`${hosts1}`')
  const entries = ['hosts', 'hostsFit', 'hosts1', 'hosts2', 'hosts3', 'ghosts'].map(name => ({
    name,
    fits: /Fit|g/.test(name),
  }))
  const order = (typed: string) => ranked(entries, typed, name => used.lately(name)).map(({ name }) => name)
  expect(order('hosts')).toEqual(['hosts', 'hostsFit', 'hosts1', 'hosts3', 'hosts2', 'ghosts'])
  expect(order('')).toEqual(['hostsFit', 'ghosts', 'hosts1', 'hosts3', 'hosts2', 'hosts'])
})
