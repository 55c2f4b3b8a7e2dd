import { expect, test } from 'vitest'
import { byteCount } from './byte-count.js'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_234_567, '1.2 MB'],
  [4_000_000_000, '4.0 GB'],
  [5e15, '5000 TB'],
])('%i: %s', (bytes, text) => {
  expect(byteCount(bytes)).toBe(text)
})
