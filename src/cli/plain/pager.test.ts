import { expect, test } from 'vitest'
import { Pager } from './pager.js'

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`)

test('a long answer is shown a screenful at a time', () => {
  const pager = new Pager(() => 5)
  expect(pager.begin(lines(1, 5))).toEqual(lines(1, 5))
  expect(pager.more(false)).toBeUndefined()
  expect(pager.begin(lines(1, 12))).toEqual([...lines(1, 4), '… 8 more lines · :more the next, :more all the rest'])
  expect(pager.more(false)).toEqual([...lines(5, 8), '… 4 more lines · :more the next, :more all the rest'])
  expect(pager.more(false)).toEqual(lines(9, 12))
  expect(pager.more(false)).toBeUndefined()
  pager.begin(lines(1, 100))
  expect(pager.more(true)).toEqual(lines(5, 100))
})

test('the next answer takes the place of what waited; where nobody looks, all is shown', () => {
  const pager = new Pager(() => 3)
  pager.begin(lines(1, 9))
  expect(pager.begin(['short'])).toEqual(['short'])
  expect(pager.more(true)).toBeUndefined()
  expect(new Pager(() => undefined).begin(lines(1, 999))).toHaveLength(999)
})
