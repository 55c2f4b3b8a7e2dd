import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandNames, foldNames } from './fold.js'
import { selectHosts, type Universe } from './pattern.js'

describe('foldNames', () => {
  it.each([
    [['web-1', 'web-2', 'web-3'], 'web-[1-3]'],
    [['web-1', 'web-2', 'web-7', 'db'], 'web-[1-2,7],db'],
    [['n08', 'n09', 'n10'], 'n[08-10]'],
    [['n8', 'n9', 'n10'], 'n[8-10]'],
    [['n1', 'n01'], 'n[1,01]'],
    [['r1c1', 'r1c2', 'r2c1', 'r2c2'], 'r[1-2]c[1-2]'],
    [['r1c1', 'r1c2', 'r2c1'], 'r1c[1-2],r2c1'],
    [['only'], 'only'],
    [[], ''],
  ])('%j → %s', (names, folded) => {
    expect(foldNames(names)).toBe(folded)
  })

  const name = fc
    .array(
      fc.oneof(
        fc.constantFrom('a', 'web-', '.x', '-'),
        fc.integer({ min: 0, max: 120 }).map(String),
        fc.constantFrom('01', '007', '00'),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map(parts => parts.join(''))

  it('loses no name and makes none up', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), names => {
        expect(expandNames(foldNames(names)).sort()).toEqual([...names].sort())
      }),
      { numRuns: 1000 },
    )
  })
})

describe('selectHosts', () => {
  const universe: Universe = {
    hosts: ['web-1', 'web-2', 'web-3', 'db-1', 'db-2', 'edge'],
    groups: new Map([
      ['web', ['web-1', 'web-2', 'web-3']],
      ['db', ['db-1', 'db-2']],
      ['eu', ['web-1', 'db-1']],
    ]),
  }

  it.each([
    ['*', 'web-1 web-2 web-3 db-1 db-2 edge'],
    ['web-[1-3],!web-3,@db&@eu', 'web-1 web-2 db-1'],
    ['!web-3', 'web-1 web-2 db-1 db-2 edge'],
    ['!web-3,@web', 'web-1 web-2'],
    ['@web!web-2', 'web-1 web-3'],
    ['@web^@eu', 'web-2 web-3 db-1'],
    ['web-*&@eu', 'web-1'],
    ['db-?', 'db-1 db-2'],
    ['edge, web-1', 'web-1 edge'],
    ['@*', 'web-1 web-2 web-3 db-1 db-2 edge'],
  ])('%s selects %s', (pattern, hosts) => {
    expect(selectHosts(pattern, universe)).toEqual(hosts.split(' '))
  })

  it.each([
    ['wbe-1', 'There is no host wbe-1; did you mean web-1?'],
    ['web', 'There is no host web; for the group write @web.'],
    ['@wbe', 'There is no group @wbe; did you mean @web?'],
    ['web-[3-1]', 'The host pattern [3-1]: 3-1 runs backwards.'],
    ['web-[1-', 'The host pattern web-[1-: “[” without “]”.'],
    ['web-1&', 'The host pattern “web-1&” lacks a name beside an operator.'],
    ['zz*', 'No host matches zz*.'],
    ['', 'The host pattern is empty; use * for all hosts.'],
  ])('%s is refused: %s', (pattern, message) => {
    expect(() => selectHosts(pattern, universe)).toThrow(message)
  })

  const atom = fc.constantFrom('@web', '@db', '@eu', 'web-1', 'db-*', '*', 'edge')

  it('obeys set algebra', () => {
    fc.assert(
      fc.property(atom, atom, (a, b) => {
        const of = (pattern: string): string[] => selectHosts(pattern, universe)
        expect(of(`${a},${b}`)).toEqual(of(`${b},${a}`))
        expect(of(`${a}&${b}`)).toEqual(of(`${b}&${a}`))
        expect(of(`${a},!${b}`)).toEqual(of(`${a}!${b}`))
        expect(of(`${a}^${b}`)).toEqual(of(`${a}!${b},${b}!${a}`))
        expect(of(`${a},${a}`)).toEqual(of(a))
      }),
    )
  })
})
