import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressText } from '../connect/stream-address.js'
import { streamAddress } from './address.js'

describe('streamAddress', () => {
  test.each([
    [5432, { host: 'localhost', port: 5432 }],
    ['5432', { host: 'localhost', port: 5432 }],
    ['db.internal:5432', { host: 'db.internal', port: 5432 }],
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['[fe80::1]:22', { host: 'fe80::1', port: 22 }],
    ['/run/app.sock', { path: '/run/app.sock' }],
  ])('%j is where a forward can lead', (value, address) => {
    expect(streamAddress(value, 'localhost', false)).toEqual(address)
  })

  test.each([
    [0, { host: '127.0.0.1', port: 0 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['*:8080', { host: '*', port: 8080 }],
  ])('%j can be listened on', (value, address) => {
    expect(streamAddress(value, '127.0.0.1', true)).toEqual(address)
  })

  test.each([
    [-1, true],
    [65536, true],
    [1.5, true],
    [Number.NaN, true],
    ['', true],
    ['db', true],
    ['fe80::1:22', true],
    ['[fe80::1]', true],
    ['a:b:1', true],
    ['run/app.sock', true],
    [0, false],
    ['db:0', false],
    ['*:80', false],
  ])('%j is refused (to listen on: %j)', (value, listens) => {
    expect(() => streamAddress(value, 'localhost', listens)).toThrow(/is no place to forward (from|to): write a port/)
  })

  test('what is read is written the same way', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65535 }), (name, port) => {
        const address = { host: name, port }
        expect(streamAddress(addressText(address), 'localhost', false)).toEqual(address)
      }),
    )
  })
})
