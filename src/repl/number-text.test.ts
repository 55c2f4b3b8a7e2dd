import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberText } from './number-text.js'

test.each([
  [0.3300000001, '0.33'],
  [0.1 + 0.2, '0.3'],
  [12.345, '12.3'],
  [99.96, '100'],
  [1234.5678, '1235'],
  [-0.00012345, '-0.000123'],
  [0, '0'],
  [8080, '8080'],
  [10_000, '10,000'],
  [-16_384_000, '-16,384,000'],
  [1e21, '1e+21'],
  [Number.NaN, 'NaN'],
])('%d is read as %s', (number, text) => {
  expect(numberText(number)).toBe(text)
})

test('what is read is the number, but for the digits nobody looks at', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), number => {
      const read = Number(numberText(number).replaceAll(',', ''))
      expect(Math.abs(read - number)).toBeLessThanOrEqual(Math.abs(number) * 0.005 + Number.MIN_VALUE)
    }),
  )
})
