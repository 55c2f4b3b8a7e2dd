import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from './secret.js'
import { plainData, stableJson } from './stable.js'

const json = fc.jsonValue({ maxDepth: 3 })

/** The same value with its keys in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turned(item)]),
  )
}

describe('stableJson', () => {
  it('is equal for equal values, whatever the order of their keys, and differs for others', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(stableJson(turned(a))).toBe(stableJson(a))
        expect(stableJson(a) === stableJson(b)).toBe(
          isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))),
        )
      }),
    )
  })

  it.each<[string, unknown, unknown, boolean]>([
    ['sets filled in another order', new Set(['a', 'b']), new Set(['b', 'a']), true],
    [
      'maps filled in another order',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      true,
    ],
    ['maps with other values', new Map([['a', 1]]), new Map([['a', 2]]), false],
    ['dates', new Date(5), new Date(5), true],
    ['other dates', new Date(5), new Date(6), false],
    ['patterns', /a/g, /a/g, true],
    ['patterns with other flags', /a/g, /a/i, false],
    ['bytes', Buffer.from('x'), new Uint8Array([120]), true],
    ['bytes and text', Buffer.from('x'), 'x', false],
    ['undefined fields', { a: undefined }, {}, true],
    ['NaN and null', Number.NaN, null, false],
    ['big integers and numbers', 1n, 1, false],
    ['zeros', -0, 0, true],
  ])('%s', (_what, a, b, equal) => {
    expect(stableJson(a) === stableJson(b)).toBe(equal)
  })

  it('ends on what contains itself', () => {
    const loop: Record<string, unknown> = { name: 'x' }
    loop.self = loop
    expect(stableJson(loop)).toBe('{"name":"x","self":{"$circular":true}}')
  })
})

describe('plainData', () => {
  it('is carried unchanged by JSON and by structured clone, without secrets', () => {
    const data = plainData({
      content: Buffer.from('é'),
      replace: /^server /m,
      template: () => 'text',
      nothing: [undefined, 1n, Number.NaN],
      secret: new Secret('hunter2'),
    })
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
    expect(structuredClone(data)).toEqual(data)
    expect(data).toMatchObject({ content: { $bytes: 'w6k=' }, replace: { $regexp: '/^server /m' } })
    expect(JSON.stringify(data)).not.toContain('hunter2')
  })
})
