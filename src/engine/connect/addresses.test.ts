import { expect, test } from 'vitest'
import { canonicalHost, splitAddress } from './addresses.js'

test.each([
  ['web-1', 'web-1', undefined],
  ['web-1:2222', 'web-1', 2222],
  ['10.0.0.1:22', '10.0.0.1', 22],
  ['::1', '::1', undefined],
  ['fe80::1%eth0', 'fe80::1%eth0', undefined],
  ['[::1]', '::1', undefined],
  ['[fe80::1%eth0]:2222', 'fe80::1%eth0', 2222],
])('the address %s', (text, host, port) => {
  expect(splitAddress(text)).toEqual(port === undefined ? { host } : { host, port })
})

test.each([
  ['Web-1.Example', 'web-1.example'],
  ['127.1', '127.0.0.1'],
  ['10.0.0.7', '10.0.0.7'],
  ['::0001', '::1'],
  ['FE80:0::1%eth0', 'fe80::1%eth0'],
  ['::ffff:10.0.0.7', '::ffff:10.0.0.7'],
  ['not:an:address', 'not:an:address'],
])('the host %s is %s', (host, canonical) => {
  expect(canonicalHost(host)).toBe(canonical)
})
