import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import { leaveHostKeysUnproven } from '../../src/engine/connect/ssh/unasked-proofs.js'
import { sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`host keys unproven: ${why}`)

describe.skipIf(why)('ssh2 asks a server to prove its host keys', () => {
  test.each([
    ['by itself', false, 1],
    ['no more once told', true, 0],
  ])('%s', async (_, told, proofs) => {
    const sshd = await startSshd()
    const client = new ssh2.Client()
    let proven = 0
    client.on('hostkeys', () => {
      proven += 1
    })
    try {
      client.connect({
        host: '127.0.0.1',
        port: sshd.port,
        username: sshd.user,
        privateKey: readFileSync(sshd.key),
      })
      if (told) leaveHostKeysUnproven(client)
      await once(client, 'ready')
      if (told) await sleep(500)
      else await expect.poll(() => proven).toBe(1)
      expect(proven).toBe(proofs)
    } finally {
      client.end()
      await sshd.stop()
    }
  })
})
