import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/engine/connect/ask.js'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import type { Link } from '../../src/engine/connect/link.js'
import { UnreachableError } from '../../src/engine/errors.js'
import { type Door, doorTo } from '../fleet/door.js'
import { asking, closing, linkTo, listener, stdout, unusedPort } from '../fleet/link-to.js'
import { makeKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`jump hosts: ${why}`)
const ipv6 = Object.values(networkInterfaces()).some(each => each?.some(({ address }) => address === '::1'))

describe.skipIf(why)('hosts behind jump hosts', () => {
  let target: Sshd
  let jump: Sshd
  let folder = ''
  const closers: (() => unknown)[] = []
  beforeAll(async () => {
    target = await startSshd()
    jump = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'muster-jump-'))
  })
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })
  afterAll(async () => {
    await target?.stop()
    await jump?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A door to a jump host; known_hosts knows its key behind the door too. */
  async function door(to: Sshd = jump): Promise<Door> {
    const opened = await doorTo(to.port)
    closers.push(() => opened.close())
    return opened
  }

  async function another(config: readonly string[]): Promise<Sshd> {
    const sshd = await startSshd({ config })
    closers.push(() => sshd.stop())
    return sshd
  }

  /** A known_hosts file that knows servers at ports of the loopback. */
  function knows(...servers: readonly (readonly [Sshd, port?: number])[]): string {
    const file = join(folder, `known-${Math.random()}`)
    const lines = servers.map(([sshd, port = sshd.port]) =>
      readFileSync(sshd.knownHosts, 'utf8').replace(/\]:\d+/, `]:${port}`),
    )
    writeFileSync(file, lines.join(''))
    return file
  }

  /** So many hosts (all of them the same server) behind a jump host. */
  function behind(proxyJump: string, count: number, settings: ConnectSettings, asker: Asker = asking()): Link[] {
    const credentials = new Credentials(asker)
    return Array.from({ length: count }, (_, n) =>
      closing(
        createLink(
          {
            name: `web-${n + 1}`,
            settings: {
              address: '127.0.0.1',
              port: target.port,
              identityFile: [jump.key, target.key],
              identitiesOnly: true,
              strictHostKeyChecking: 'yes',
              sshConfigFile: false,
              agent: false,
              proxyJump,
              ...settings,
            },
          },
          { asker, credentials },
        ),
      ),
    )
  }

  /** The reasons for which hosts cannot be reached, each once. */
  async function reasons(links: readonly Link[]): Promise<string[]> {
    const found = await Promise.all(links.map(link => link.connect().catch((error: unknown) => error)))
    return [...new Set(found.map(error => (error instanceof UnreachableError ? error.reason : `not one: ${error}`)))]
  }

  const jumpNotes = (link: Link) =>
    link.traces.at(-1)?.notes.flatMap(note => (note.kind === 'jump' ? [note.trace] : [])) ?? []

  describe('one connection for all', () => {
    test('fifty hosts are one connection to the jump host, closed after the last of them', async () => {
      const entry = await door()
      const links = behind(`127.0.0.1:${entry.port}`, 50, { knownHostsFile: knows([jump, entry.port], [target]) })
      expect(new Set(await Promise.all(links.map(link => stdout(link, 'echo in'))))).toEqual(new Set(['in\n']))
      expect([entry.taken, entry.open]).toEqual([1, 1])
      for (const link of links) {
        const [trace] = jumpNotes(link)
        expect(trace).toMatchObject({ host: '127.0.0.1', outcome: 'ready' })
        expect(trace?.phases.map(({ phase }) => phase)).toEqual(['resolving', 'tcp', 'kex', 'auth'])
      }
      const [last, ...others] = links
      await Promise.all(others.map(link => link.close()))
      expect(await (last ? stdout(last, 'echo still in') : 'no host')).toBe('still in\n')
      await last?.close()
      await expect.poll(() => entry.open).toBe(0)
      expect(entry.taken).toBe(1)
    })

    test('one that is a host of the inventory is reached as that says', async () => {
      const inventory: Readonly<Record<string, ConnectSettings>> = {
        bastion: {
          address: '127.0.0.1',
          port: jump.port,
          identityFile: jump.key,
          identitiesOnly: true,
          knownHostsFile: jump.knownHosts,
          strictHostKeyChecking: 'yes',
          sshConfigFile: false,
          agent: false,
        },
      }
      const settings: ConnectSettings = {
        ...inventory.bastion,
        port: target.port,
        identityFile: target.key,
        knownHostsFile: target.knownHosts,
        proxyJump: 'bastion',
      }
      const link = closing(createLink({ name: 'web-1', settings, peer: name => inventory[name] }))
      expect(await stdout(link, 'echo in')).toBe('in\n')
      expect(jumpNotes(link)).toMatchObject([{ host: 'bastion', outcome: 'ready' }])
    })

    test('hosts with another way to log in have one of their own', async () => {
      const entry = await door()
      const knownHostsFile = knows([jump, entry.port], [target])
      const links = [
        ...behind(`127.0.0.1:${entry.port}`, 2, { knownHostsFile }),
        ...behind(`127.0.0.1:${entry.port}`, 2, { knownHostsFile, identityFile: [target.key, jump.key] }),
      ]
      await Promise.all(links.map(link => link.connect()))
      expect(entry.taken).toBe(2)
    })

    test('when it is cut all are lost, with its name, and one new one serves all', async () => {
      const entry = await door()
      const links = behind(`127.0.0.1:${entry.port}`, 20, { knownHostsFile: knows([jump, entry.port], [target]) })
      await Promise.all(links.map(link => link.connect()))
      const running = Promise.all(links.map(link => link.run('sleep 20').catch((error: unknown) => error)))
      await new Promise(resolve => setTimeout(resolve, 200))
      entry.cut()
      const interrupted = (await running).map(error => (error instanceof Error ? error.message : error))
      expect(interrupted).toEqual(
        links.map(({ name }) => `${name}: the jump host 127.0.0.1 was lost: it closed the connection`),
      )
      expect(links.map(({ state }) => state)).toEqual(links.map(() => 'lost'))
      expect(await Promise.all(links.map(link => stdout(link, 'echo back')))).toEqual(links.map(() => 'back\n'))
      expect(entry.taken).toBe(2)
    })

    test('when it falls silent all are lost, with its name', async () => {
      const entry = await door()
      const links = behind(`127.0.0.1:${entry.port}`, 10, {
        knownHostsFile: knows([jump, entry.port], [target]),
        serverAliveInterval: 0.3,
        serverAliveCountMax: 2,
      })
      await Promise.all(links.map(link => link.connect()))
      entry.silence()
      await expect.poll(() => links.every(({ state }) => state === 'lost')).toBe(true)
      expect(new Set(links.map(link => link.standing.reason))).toEqual(
        new Set(['the jump host 127.0.0.1 was lost: it stopped answering']),
      )
    })

    test('a host behind it that finds the silence first blames the jump host all the same', async () => {
      const entry = await door()
      const config = join(folder, 'patience')
      const server = (name: string, port: number, key: string, looks: number) =>
        `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${key}\n  ServerAliveCountMax ${looks}\n`
      writeFileSync(
        config,
        `${server('gate', entry.port, jump.key, 100)}${server('web-1', target.port, target.key, 2)}  ProxyJump gate
Host *\n  ServerAliveInterval 1\n  UserKnownHostsFile ${knows([jump, entry.port], [target])}\n  StrictHostKeyChecking yes\n`,
      )
      const link = closing(createLink({ name: 'web-1', settings: { sshConfigFile: config, agent: false } }))
      await link.connect()
      entry.silence()
      await expect.poll(() => link.state).toBe('lost')
      expect(link.standing.reason).toBe('the jump host gate was lost: it stopped answering')
    })

    test('a host behind it that ends is its own affair', async () => {
      const gone = await another([])
      const entry = await door()
      const knownHostsFile = knows([jump, entry.port], [target], [gone])
      const [stays] = behind(`127.0.0.1:${entry.port}`, 1, { knownHostsFile })
      const [goes] = behind(`127.0.0.1:${entry.port}`, 1, {
        knownHostsFile,
        port: gone.port,
        identityFile: [jump.key, target.key, gone.key],
      })
      await Promise.all([stays?.connect(), goes?.connect()])
      await gone.kill()
      await expect.poll(() => goes?.state).toBe('lost')
      expect(goes?.standing.reason).toBe('the server closed the connection')
      expect(stays?.state).toBe('ready')
    })
  })

  describe('a jump host that cannot be used', () => {
    test('fails all hosts behind it at once, with one sentence and one attempt', async () => {
      let taken = 0
      const silent = await listener(() => {
        taken += 1
      })
      closers.push(() => silent.close())
      const links = behind(`127.0.0.1:${silent.port}`, 60, { connectTimeout: 0.5, knownHostsFile: knows([target]) })
      const start = performance.now()
      expect(await reasons(links)).toEqual([
        `jump host 127.0.0.1: 127.0.0.1:${silent.port} timed out after 0.5 s, waiting for the key exchange`,
      ])
      expect([taken, performance.now() - start < 20_000]).toEqual([1, true])
      expect(links.slice(-1).flatMap(jumpNotes)).toMatchObject([{ host: '127.0.0.1', outcome: 'failed' }])
    })

    test('a host that comes a moment later gets the same failure, one that comes later another attempt', async () => {
      let taken = 0
      const silent = await listener(() => {
        taken += 1
      })
      closers.push(() => silent.close())
      const links = behind(`127.0.0.1:${silent.port}`, 3, { connectTimeout: 0.3, knownHostsFile: knows([target]) })
      const [first, second, third] = links.map(link => [link])
      const reason = await reasons(first ?? [])
      expect([await reasons(second ?? []), taken]).toEqual([reason, 1])
      await new Promise(resolve => setTimeout(resolve, 300))
      expect([await reasons(third ?? []), taken]).toEqual([reason, 2])
    })

    test('nobody listens; it does not let us in; its key is not known', async () => {
      const port = await unusedPort()
      expect(await reasons(behind(`127.0.0.1:${port}`, 3, {}))).toEqual([
        `jump host 127.0.0.1: connection refused at 127.0.0.1:${port}`,
      ])
      const stranger = join(folder, 'stranger')
      makeKey(stranger)
      const place = `127.0.0.1:${jump.port}`
      expect(await reasons(behind(place, 3, { identityFile: stranger, knownHostsFile: knows([jump]) }))).toEqual([
        expect.stringMatching(`^jump host 127.0.0.1: ${place} does not let ${jump.user} in`),
      ])
      expect(await reasons(behind(place, 3, { knownHostsFile: knows([target]) }))).toEqual([
        expect.stringMatching(`^jump host 127.0.0.1: the host key of ${place} is not known`),
      ])
    })

    test('forwarding forbidden; allowed elsewhere only; the host does not listen', async () => {
      const closed = await another(['AllowTcpForwarding no'])
      const strict = await another([`PermitOpen 127.0.0.1:${await unusedPort()}`])
      const through = (by: Sshd, settings: ConnectSettings = {}) =>
        behind(`127.0.0.1:${by.port}`, 2, { knownHostsFile: knows([by], [target]), identityFile: by.key, ...settings })
      const sentence = `the jump host 127.0.0.1 does not forward to 127.0.0.1:${target.port}: its sshd forbids it (AllowTcpForwarding, PermitOpen)`
      expect(await reasons(through(closed))).toEqual([sentence])
      expect(await reasons(through(strict))).toEqual([sentence])
      const port = await unusedPort()
      expect(await reasons(through(jump, { port }))).toEqual([
        `the jump host 127.0.0.1 cannot reach 127.0.0.1:${port} (Connection refused)`,
      ])
    })

    test('its limit of sessions (MaxSessions) is not that of the hosts behind it', async () => {
      const narrow = await another(['MaxSessions 1'])
      const links = behind(`127.0.0.1:${narrow.port}`, 10, {
        knownHostsFile: knows([narrow], [target]),
        identityFile: [narrow.key, target.key],
      })
      expect(new Set(await Promise.all(links.map(link => stdout(link, 'echo in'))))).toEqual(new Set(['in\n']))
    })

    test('given up by all who wait for it, it is not connected any further', async () => {
      let [taken, ended] = [0, 0]
      const silent = await listener(socket => {
        taken += 1
        socket.resume().once('close', () => (ended += 1))
      })
      closers.push(() => silent.close())
      const links = behind(`127.0.0.1:${silent.port}`, 3, { knownHostsFile: knows([target]) })
      const failed = reasons(links)
      await expect.poll(() => taken).toBe(1)
      expect(ended).toBe(0)
      await Promise.all(links.map(link => link.close()))
      expect(await failed).toEqual(['connecting was cancelled'])
      await expect.poll(() => ended).toBe(1)
    })
  })

  describe('its questions', () => {
    test('are asked once, and say that they are for a jump host', async () => {
      const locked = join(folder, 'locked')
      copyFileSync(jump.key, locked)
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked])
      const ask = asking({ secrets: ['open sesame'], hostKey: true })
      const knownHostsFile = knows([target])
      const links = behind(
        `127.0.0.1:${jump.port}`,
        10,
        { identityFile: [locked, target.key], knownHostsFile, strictHostKeyChecking: 'ask' },
        ask,
      )
      await Promise.all(links.map(link => link.connect()))
      expect(ask.asked).toMatchObject([
        { kind: 'hostkey', host: 'jump host 127.0.0.1', address: `127.0.0.1:${jump.port}` },
        { kind: 'secret', prompt: `passphrase of ${locked} (jump host 127.0.0.1)`, hosts: ['127.0.0.1'] },
      ])
      expect(readFileSync(knownHostsFile, 'utf8')).toContain(`[127.0.0.1]:${jump.port} `)
    })
  })

  describe('several of them', () => {
    test('nearest first; a host behind loses them all with the first', async () => {
      const first = await another([])
      const entry = await door(first)
      const inner = await door(jump)
      const links = behind(`127.0.0.1:${entry.port},127.0.0.1:${inner.port}`, 5, {
        knownHostsFile: knows([first, entry.port], [jump, inner.port], [target]),
        identityFile: [first.key, jump.key, target.key],
      })
      await Promise.all(links.map(link => link.connect()))
      expect([entry.taken, inner.taken]).toEqual([1, 1])
      for (const link of links) expect(jumpNotes(link).map(({ outcome }) => outcome)).toEqual(['ready', 'ready'])
      entry.cut()
      await expect.poll(() => links.every(({ state }) => state === 'lost')).toBe(true)
      expect(new Set(links.map(link => link.standing.reason))).toEqual(
        new Set(['the jump host 127.0.0.1 was lost: it closed the connection']),
      )
      await Promise.all(links.map(link => link.close()))
      await expect.poll(() => [entry.open, inner.open]).toEqual([0, 0])
    })

    test('by ssh_config, each with jump hosts of its own; none where it says none', async () => {
      const first = await another([])
      const config = join(folder, 'config')
      const server = (name: string, { port, key }: Sshd, more = '') =>
        `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${key}\n${more}`
      writeFileSync(
        config,
        [
          server('outer', first, '  ProxyJump none\n'),
          server('inner', jump, '  ProxyJump outer\n'),
          server('web-1', target, '  ProxyJump inner\n'),
          server('web-2', target, '  ProxyJump none\n'),
          `Host *\n  UserKnownHostsFile ${knows([first], [jump], [target])}\n  StrictHostKeyChecking yes\n  ProxyJump inner\n`,
        ].join(''),
      )
      const at = (name: string) =>
        closing(createLink({ name, settings: { sshConfigFile: config, agent: false } }, { asker: asking() }))
      const [web1, web2] = [at('web-1'), at('web-2')]
      expect(await Promise.all([stdout(web1, 'echo in'), stdout(web2, 'echo in')])).toEqual(['in\n', 'in\n'])
      expect(jumpNotes(web1).map(({ host }) => host)).toEqual(['outer', 'inner'])
      expect(jumpNotes(web2)).toEqual([])
    })

    test('in a circle', async () => {
      const config = join(folder, 'circle')
      writeFileSync(
        config,
        'Host web-1\n  ProxyJump one\nHost one\n  HostName 127.0.0.1\n  Port 1001\n  ProxyJump two\nHost two\n  HostName 127.0.0.1\n  Port 1002\n  ProxyJump one\n',
      )
      const link = closing(createLink({ name: 'web-1', settings: { sshConfigFile: config } }))
      await expect(link.connect()).rejects.toThrow('web-1: its jump hosts go in a circle: one → two → one')
    })
  })

  test.skipIf(!ipv6)('a host behind it by IPv6, known by its own name', async () => {
    const six = await another(['ListenAddress ::1'])
    const file = knows([jump])
    writeFileSync(file, readFileSync(file, 'utf8') + readFileSync(six.knownHosts, 'utf8').replace('127.0.0.1', '::1'))
    const settings = { port: six.port, identityFile: [jump.key, six.key], knownHostsFile: file }
    const [link] = behind(`127.0.0.1:${jump.port}`, 1, { ...settings, address: '::1' })
    expect(await stdout(link ?? linkTo(six), 'echo ${SSH_CONNECTION% *}')).toMatch(/^::1 \d+ ::1\n$/)
    const aliased = knows([jump])
    writeFileSync(
      aliased,
      readFileSync(aliased, 'utf8') + readFileSync(six.knownHosts, 'utf8').replace(/^\S+/, 'the-host'),
    )
    const [alias] = behind(`127.0.0.1:${jump.port}`, 1, {
      ...settings,
      address: '::1',
      knownHostsFile: aliased,
      hostKeyAlias: 'the-host',
    })
    expect(await stdout(alias ?? linkTo(six), 'echo in')).toBe('in\n')
  })
})
