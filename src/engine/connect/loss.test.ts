import { expect, test } from 'vitest'
import { adviceFor } from '../doctor/advice.js'
import { lossSentence } from './loss.js'

test.each([
  ['read ECONNRESET', 'the network connection was reset, by the host or by something between, such as a firewall'],
  [
    'Connection reset by peer',
    'the network connection was reset, by the host or by something between, such as a firewall',
  ],
  ['write EPIPE', 'the host had closed the network connection'],
  ['Broken pipe', 'the host had closed the network connection'],
  ['read ETIMEDOUT', 'the network connection timed out'],
  ['read EHOSTUNREACH', 'there is no route to the host any more'],
  ['write ENETUNREACH', 'the network cannot be reached any more'],
  ['read ENETDOWN', 'the network of this machine went down'],
  ['Bad packet length 12.', 'connection lost (Bad packet length 12.)'],
])('%s', (said, sentence) => {
  expect(lossSentence(said)).toBe(sentence)
  expect(adviceFor({ host: 'web-1', reason: sentence })).toMatch(/went away while connected/)
})
