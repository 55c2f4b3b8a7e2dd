import { expect, test } from 'vitest'
import { algorithmList, CIPHERS, HOST_KEYS, MACS } from './ssh-algorithms.js'

test.each<[string | readonly string[] | undefined, readonly string[]]>([
  [undefined, CIPHERS.usual],
  ['aes256-ctr,aes128-ctr', ['aes256-ctr', 'aes128-ctr']],
  [
    ['aes256-ctr', 'aes128-ctr'],
    ['aes256-ctr', 'aes128-ctr'],
  ],
  ['umac-64@openssh.com,aes256-ctr', ['aes256-ctr']],
  ['aes*-gcm@openssh.com', ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']],
  ['+aes256-cbc', [...CIPHERS.usual, 'aes256-cbc']],
  ['+aes256-ctr', CIPHERS.usual],
  ['^aes256-ctr', ['aes256-ctr', ...CIPHERS.usual.filter(name => name !== 'aes256-ctr')]],
  ['-aes*', ['chacha20-poly1305@openssh.com']],
])('ciphers %j', (value, expected) => {
  expect(algorithmList(value, CIPHERS, 'web-1: ciphers')).toEqual(expected)
})

test('a list that leaves nothing is one sentence with the host, the setting and what there is', () => {
  expect(() => algorithmList('umac-64@openssh.com', MACS, 'web-1: macs')).toThrow(
    /^web-1: macs "umac-64@openssh\.com" leaves nothing that muster speaks; it speaks hmac-sha2-256-etm@openssh\.com, /,
  )
  expect(() => algorithmList('-*', HOST_KEYS, 'x')).toThrow('"-*" leaves nothing')
})
