import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLink } from '../../src/engine/connect/index.js'
import type { LinkChange } from '../../src/engine/connect/link.js'
import { closing, stdout } from '../fleet/link-to.js'
import { descendants, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`the life of a link over a real sshd: ${why}`)

/** A link that looks after its server every 0.3 s and gives it up after three looks. */
function vigilant(sshd: Sshd, reconnect = false, settings = {}) {
  const changes: LinkChange[] = []
  const link = createLink(
    {
      name: 'web-1',
      settings: {
        address: '127.0.0.1',
        port: sshd.port,
        identityFile: sshd.key,
        knownHostsFile: sshd.knownHosts,
        strictHostKeyChecking: 'yes',
        sshConfigFile: false,
        agent: false,
        serverAliveInterval: 0.3,
        serverAliveCountMax: 3,
        ...settings,
      },
    },
    { reconnect, observer: { state: change => changes.push(change), latency: () => {} } },
  )
  return closing(Object.assign(link, { changes }))
}

const signalAll = (pids: readonly number[], signal: NodeJS.Signals) => {
  for (const pid of pids) process.kill(pid, signal)
}

describe.skipIf(why)('a server that freezes', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(async () => {
    await sshd?.stop()
  })

  test('while idle: the link is lost without being used, and says since when', async () => {
    const link = vigilant(sshd)
    await link.connect()
    const frozen = descendants(sshd.pid)
    signalAll(frozen, 'SIGSTOP')
    try {
      await expect.poll(() => link.state).toBe('lost')
      expect(link.changes.at(-1)).toMatchObject({ state: 'lost', reason: 'the host stopped answering' })
      expect(link.standing).toMatchObject({ state: 'lost', reason: 'the host stopped answering' })
    } finally {
      signalAll(frozen, 'SIGCONT')
    }
    expect(await stdout(link, 'echo again')).toBe('again\n')
  })

  test('under a command: its effect is unknown, it is not run again, and the next one connects anew', async () => {
    const link = vigilant(sshd)
    const mark = `${sshd.folder}/ran`
    await link.connect()
    let frozen: number[] = []
    const running = link.run(`echo x >> ${mark}; echo begun; sleep 60`, {
      onOutput: () => {
        frozen = descendants(sshd.pid)
        signalAll(frozen, 'SIGSTOP')
      },
    })
    const waiting = stdout(link, 'echo waited')
    await expect(running).rejects.toMatchObject({ how: 'lost', message: 'web-1: the host stopped answering' })
    expect(await waiting).toBe('waited\n')
    expect(await stdout(link, `cat ${mark}`)).toBe('x\n')
    signalAll(frozen, 'SIGKILL')
  })

  test('closing does not wait for it', async () => {
    const link = vigilant(sshd, false, { serverAliveInterval: 60 })
    await link.connect()
    const frozen = descendants(sshd.pid)
    signalAll(frozen, 'SIGSTOP')
    const start = performance.now()
    await link.close()
    expect(performance.now() - start).toBeLessThan(20_000)
    signalAll(frozen, 'SIGKILL')
  })

  test('a command that says nothing for long on a server that lives is left alone', async () => {
    const link = vigilant(sshd)
    expect(await stdout(link, 'sleep 3; echo done')).toBe('done\n')
    expect(link.changes.filter(({ state }) => state === 'lost')).toEqual([])
  })
})

describe.skipIf(why)('a server that dies', () => {
  test('the link comes back by itself when the server does, having been lost all the while', async () => {
    const sshd = await startSshd()
    const link = vigilant(sshd, true)
    await link.connect()
    await sshd.kill()
    await expect.poll(() => link.state).toBe('lost')
    // The first attempts find nobody.
    await expect.poll(() => link.traces.at(-1)?.outcome).toBe('failed')
    expect(link.standing).toMatchObject({ state: 'lost', reason: 'the server closed the connection' })
    const again = await startSshd({ folder: sshd.folder, port: sshd.port })
    try {
      await expect.poll(() => link.state).toBe('ready')
      const states = link.changes.map(({ state }) => state)
      expect(states.slice(states.indexOf('lost'))).toEqual(['lost', 'ready'])
      expect(await stdout(link, 'echo back')).toBe('back\n')
    } finally {
      await again.stop()
    }
  })

  test('without being asked to come back it stays lost until it is used', async () => {
    const sshd = await startSshd()
    const link = vigilant(sshd)
    await link.connect()
    signalAll(descendants(sshd.pid), 'SIGKILL')
    await expect.poll(() => link.state).toBe('lost')
    await new Promise(resolve => setTimeout(resolve, 2500))
    expect([link.state, link.traces.length]).toEqual(['lost', 1])
    expect(await stdout(link, 'echo used')).toBe('used\n')
    await link.close()
    await sshd.stop()
  })
})
