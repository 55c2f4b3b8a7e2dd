import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overlaps } from './topic.js'

const topic = fc
  .tuple(fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 4 }), fc.constantFrom('', '*'))
  .map(([stem, wild]) => stem + wild)

describe('overlaps', () => {
  it.each([
    ['file:/etc/hosts', 'file:/etc/hosts', true],
    ['file:/etc/hosts', 'file:/etc/host', false],
    ['file:/etc/*', 'file:/etc/hosts', true],
    ['file:/etc/*', 'file:/et*', true],
    ['file:/etc/*', 'file:/var/*', false],
    ['*', 'packages', true],
    ['packages', 'unit:nginx', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlaps(a, b)).toBe(expected)
  })

  it('is symmetric, and every topic overlaps itself and everything', () => {
    fc.assert(
      fc.property(topic, topic, (a, b) => {
        expect(overlaps(a, b)).toBe(overlaps(b, a))
        expect(overlaps(a, a)).toBe(true)
        expect(overlaps('*', a)).toBe(true)
      }),
    )
  })

  it('holds for what a shared name begins with', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 }), fc.nat(6), fc.nat(6), (name, i, j) => {
        expect(overlaps(`${name.slice(0, i)}*`, `${name.slice(0, j)}*`)).toBe(true)
      }),
    )
  })
})
