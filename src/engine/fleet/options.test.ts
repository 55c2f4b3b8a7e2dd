import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identityOf, mergeOptions, type Options } from './options.js'

describe('mergeOptions', () => {
  it.each<[Options, Options, ReturnType<typeof identityOf>]>([
    [{ sudo: true }, {}, { via: 'sudo', user: 'root' }],
    [{ sudo: true }, { su: 'www' }, { via: 'su', user: 'www' }],
    [{ su: 'www' }, { sudo: true }, { via: 'sudo', user: 'root' }],
    [{ sudo: 'www' }, { sudo: false }, { via: 'login' }],
    [{ doas: true }, { cwd: '/' }, { via: 'doas', user: 'root' }],
  ])('%j then %j runs as %j', (base, over, identity) => {
    expect(identityOf(mergeOptions(base, over))).toEqual(identity)
  })

  it('adds environments together, the later value winning', () => {
    expect(mergeOptions({ env: { A: '1', B: '1' } }, { env: { B: '2' } }).env).toEqual({ A: '1', B: '2' })
  })

  it('is associative, and nothing changes nothing', () => {
    const options: fc.Arbitrary<Options> = fc.record(
      {
        sudo: fc.oneof(fc.boolean(), fc.constant('www')),
        su: fc.constant('x'),
        cwd: fc.constantFrom('/a', '/b'),
        retries: fc.nat(3),
        env: fc.dictionary(fc.constantFrom('A', 'B'), fc.string(), { noNullPrototype: true }),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    fc.assert(
      fc.property(options, options, options, (a, b, c) => {
        expect(mergeOptions(mergeOptions(a, b), c)).toEqual(mergeOptions(a, mergeOptions(b, c)))
        expect(mergeOptions(a, undefined)).toEqual(a)
        expect(mergeOptions(a, {})).toEqual(a)
      }),
    )
  })
})
