import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { type Agent, startAgent } from '../fleet/agent.js'
import { linkTo, stdout } from '../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

describe.skipIf(why)('agent forwarding, on a real sshd', () => {
  let sshd: Sshd
  let agent: Agent
  beforeAll(async () => {
    sshd = await startSshd()
    agent = startAgent([sshd.key])
  })
  afterAll(async () => {
    agent?.stop()
    await sshd?.stop()
  })
  const forwarding = (settings: ConnectSettings = {}) =>
    linkTo(sshd, { agent: agent.socket, forwardAgent: true, ...settings })

  /** Logs in from the host to itself, by the agent and nothing else. */
  const onward = () =>
    `ssh -F none -o BatchMode=yes -o IdentityFile=none -o UserKnownHostsFile=${sshd.knownHosts} -p ${sshd.port} 127.0.0.1 echo onward`

  test('held shells have it: the keys are seen there, and lead onward', async () => {
    const link = forwarding()
    expect(await stdout(link, 'ssh-add -l')).toMatch(/^256 SHA256:\S+ muster test \(ED25519\)\n$/)
    expect(await stdout(link, onward())).toBe('onward\n')
  })

  test('so has every one of several shells, and one after a reconnect', async () => {
    const link = forwarding()
    const all = await Promise.all([1, 2, 3].map(() => stdout(link, 'sleep 0.5; ssh-add -l | wc -l')))
    expect(all.map(Number)).toEqual([1, 1, 1])
  })

  test.skipIf(process.getuid?.() !== 0)('a shell of another user has not, as sudo drops the variable', async () => {
    const link = forwarding()
    const { stdout: said } = await link.run('echo "[$SSH_AUTH_SOCK]"', { identity: { via: 'sudo' } })
    expect(said.toString()).toBe('[]\n')
  })

  test('nobody else has it', async () => {
    expect(await stdout(linkTo(sshd, { agent: agent.socket }), 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n')
    expect(await stdout(linkTo(sshd, { forwardAgent: true }), 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n')
  })

  test('another agent than the one for logging in', async () => {
    const other = startAgent([])
    try {
      const { stdout: said } = await forwarding({ forwardAgent: other.socket }).run('ssh-add -l')
      expect(said.toString()).toBe('The agent has no identities.\n')
    } finally {
      other.stop()
    }
  })

  test('through a jump host', async () => {
    const jump = await startSshd({ config: ['AllowTcpForwarding yes'] })
    try {
      const known = join(jump.folder, 'both')
      writeFileSync(known, readFileSync(jump.knownHosts, 'utf8') + readFileSync(sshd.knownHosts, 'utf8'))
      const link = forwarding({
        proxyJump: `127.0.0.1:${jump.port}`,
        identityFile: [jump.key, sshd.key],
        knownHostsFile: known,
      })
      expect(await stdout(link, onward())).toBe('onward\n')
    } finally {
      await jump.stop()
    }
  })

  test('a server that forwards none runs commands all the same', async () => {
    const server = await startSshd({ config: ['AllowAgentForwarding no'] })
    try {
      const link = linkTo(server, { agent: agent.socket, forwardAgent: true })
      expect(await stdout(link, 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n')
    } finally {
      await server.stop()
    }
  })
})
