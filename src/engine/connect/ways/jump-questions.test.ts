import { expect, test } from 'vitest'
import { Secret } from '../../secret.js'
import { nobody } from '../ask.js'
import { Credentials } from '../credentials.js'
import { proveForJump } from './jump-questions.js'

test('a password that is right for the jump host is asked for anew for the hosts behind it, a passphrase is not', async () => {
  const asked: string[] = []
  const credentials = new Credentials({
    ...nobody,
    secret: async ({ prompt }) => {
      asked.push(prompt)
      return new Secret('open sesame')
    },
  })
  const jump = proveForJump('gate', credentials)
  for (const key of ['password:ada', 'passphrase:id_rsa']) {
    expect(await jump.prove({ key, prompt: key, host: 'gate' }, async () => true)).toBe('accepted')
    expect(await credentials.prove({ key, prompt: key, host: 'web-1' }, async () => true)).toBe('accepted')
  }
  expect(asked).toEqual(['password:ada (jump host gate)', 'password:ada', 'passphrase:id_rsa (jump host gate)'])
})
