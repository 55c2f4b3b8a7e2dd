import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Version } from './version.js'

describe('Version', () => {
  test.each<[string, 'lt' | 'eq' | 'gt', string]>([
    ['18.10', 'lt', '20.04'],
    ['20.04', 'eq', '20.4'],
    ['12.9', 'eq', '12.9.0'],
    ['12.10', 'gt', '12.9'],
    ['6.1.0-18-amd64', 'eq', '6.1.0'],
    ['14.1-RELEASE-p3', 'gt', '14.0'],
    ['rolling', 'gt', '99'],
    ['12', 'lt', 'trixie/sid'],
    ['rolling', 'eq', 'trixie/sid'],
  ])('%s %s %s', (left, relation, right) => {
    const version = new Version(left)
    expect({ lt: version.lt(right), eq: version.eq(right), gt: version.gt(right) }).toEqual({
      lt: relation === 'lt',
      eq: relation === 'eq',
      gt: relation === 'gt',
    })
    expect(version.gte(right)).toBe(relation !== 'lt')
    expect(version.lte(right)).toBe(relation !== 'gt')
  })

  test('keeps its text, and orders like its numbers', () => {
    expect(JSON.stringify({ version: new Version('20.04') })).toBe('{"version":"20.04"}')
    expect(`${new Version('20.04')}`).toBe('20.04')
    expect(new Version('20.04')).toMatchObject({ major: 20, minor: 4 })
    const numbers = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(numbers, numbers, numbers, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(parts => new Version(parts.join('.')))
        if (!x || !y || !z) return
        expect(Math.sign(x.compare(y)) + Math.sign(y.compare(x))).toBe(0)
        if (x.lte(y) && y.lte(z)) expect(x.lte(z)).toBe(true)
      }),
    )
  })
})
