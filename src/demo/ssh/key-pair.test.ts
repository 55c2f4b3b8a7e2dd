import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { makeKeyPair } from './key-pair.js'

test('every key pair can be read', () => {
  for (let n = 0; n < 1000; n += 1) {
    const pair = makeKeyPair()
    for (const key of [pair.private, pair.public]) expect(ssh2.utils.parseKey(key)).not.toBeInstanceOf(Error)
  }
})
