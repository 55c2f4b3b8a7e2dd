import { describe, expect, test } from 'vitest'
import { hostsMeant, markedBy } from './marked.js'

const universe = {
  hosts: ['web-1', 'web-2', 'web-3', 'db-1'],
  groups: new Map([['web', ['web-1', 'web-2', 'web-3']]]),
}
const bound = { sel: ['web-3'], failed: ['db-1'], changed: [] }

test.each([
  ['web-[1-2]', 'web-1,web-2'],
  ['web', 'web-1,web-2,web-3'],
  ['@web,!web-2', 'web-1,web-3'],
  ['failed', 'db-1'],
  ['none', ''],
  ['+web-1', 'web-1,web-3'],
  ['+failed', 'web-3,db-1'],
  ['-web', ''],
  ['-db-1', 'web-3'],
])(':mark %s', (argument, marked) => {
  expect(markedBy(argument, universe, bound).join()).toBe(marked)
})

describe('what means no host is refused', () => {
  test.each([
    ['nowhere', 'There is no host nowhere'],
    ['changed', 'changed is empty: no host is in it.'],
  ])('%s', (argument, sentence) => {
    expect(() => hostsMeant(argument, universe, bound)).toThrow(sentence)
  })
  test('sel without marks', () => {
    expect(() => hostsMeant('sel', universe, { sel: [] })).toThrow('No host is marked: sel is empty.')
  })
})
