import { expect, test } from 'vitest'
import { clockOffset, offsetText } from './clock-offset.js'

test.each([
  [100.5, 100_000, 101_000, '+0.0 s'],
  [99.5, 100_000, 101_000, '-0.5 s'],
  [161.25, 100_000, 101_000, '+60.3 s'],
  [99, 99_500, 99_600, '+0.0 s'],
  [98, 99_500, 99_600, '-0.5 s'],
])('a clock at %d, asked at %d and answered at %d, is off by %s', (clock, asked, answered, text) => {
  expect(offsetText(clockOffset(clock, asked, answered))).toBe(text)
})
