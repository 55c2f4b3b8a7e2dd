import { expect, test } from 'vitest'
import { focusText } from './host-text.js'

test.each([
  ['', 'all'],
  ['*', 'all'],
  ['web-[1-3]', 'web-[1-3]'],
  ['a-very-long-name-of-a-host,another', 'a-very-long-name-of-a-h…'],
])('the focus on %j is called %s', (pattern, said) => {
  expect(focusText(pattern)).toBe(said)
})
