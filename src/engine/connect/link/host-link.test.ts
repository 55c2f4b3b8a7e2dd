import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { UnreachableError, UsageError } from '../../errors.js'
import { nobody } from '../ask.js'
import { ChannelClosed, type Connection, type Connector } from '../connector.js'
import { Credentials } from '../credentials.js'
import { FakeLink } from '../fake/link.js'
import { createLink } from '../index.js'
import type { Link, LinkChange } from '../link.js'
import { local } from '../local/local.js'
import { Throttle } from '../throttle.js'
import { HostLink } from './host-link.js'

const links: Link[] = []
afterEach(async () => {
  await Promise.all(links.splice(0).map(link => link.close()))
})

function linkOver(connector: Connector, gate = new Throttle(24), reconnect = false) {
  const changes: LinkChange[] = []
  const link = new HostLink({
    endpoint: { name: 'me', settings: {} },
    connector,
    asker: nobody,
    credentials: new Credentials(),
    observer: { state: change => changes.push(change), latency: () => {} },
    gate,
    reconnect,
  })
  links.push(link)
  return Object.assign(link, { changes })
}

/** The local connector, with a switch that breaks the connection and a count of how often it was opened. */
function breakable() {
  let opened = 0
  let cut: (reason: string) => void = () => {}
  const connector: Connector = {
    name: 'breakable',
    open: async (endpoint, context) => {
      opened += 1
      const real = await local.open(endpoint, context)
      const ended = new Promise<string>(resolve => {
        cut = reason => {
          resolve(reason)
          void real.close()
        }
      })
      const connection: Connection = {
        ...real,
        user: real.user,
        exec: command => real.exec(command),
        ended,
        close: async () => cut('closed'),
      }
      return connection
    },
  }
  return { connector, opened: () => opened, cut: (reason: string) => cut(reason) }
}

const say = async (link: Link, script: string) => (await link.run(script)).stdout.toString()

describe('HostLink', () => {
  test('connects once for all who ask at the same time', async () => {
    const { connector, opened } = breakable()
    const link = linkOver(connector)
    expect(await Promise.all([say(link, 'echo a'), say(link, 'echo b'), link.connect()])).toEqual([
      'a\n',
      'b\n',
      undefined,
    ])
    expect([opened(), link.state]).toEqual([1, 'ready'])
  })

  test('lost in the middle of a command: interrupted; what waited is run on the next connection', async () => {
    const { connector, opened, cut } = breakable()
    const link = linkOver(connector)
    await link.connect()
    const running = link.run('echo begun; sleep 30', { onOutput: () => cut('the cable was pulled') })
    const waiting = say(link, 'echo waited')
    await expect(running).rejects.toMatchObject({ how: 'lost', message: 'me: the cable was pulled' })
    expect(await waiting).toBe('waited\n')
    expect(opened()).toBe(2)
    expect(link.changes.map(change => change.state)).toEqual(['shell', 'ready', 'lost', 'shell', 'ready'])
    expect(link.changes[2]).toMatchObject({ reason: 'the cable was pulled' })
  })

  test('lost while idle: comes back by itself, quietly, when it may', async () => {
    const { connector, opened, cut } = breakable()
    const link = linkOver(connector, new Throttle(1), true)
    await link.connect()
    cut('the cable was pulled')
    await expect.poll(() => link.standing).toMatchObject({ state: 'lost', reason: 'the cable was pulled' })
    await expect.poll(() => link.state).toBe('ready')
    expect(opened()).toBe(2)
    expect(link.changes.map(change => change.state)).toEqual(['shell', 'ready', 'lost', 'ready'])
    expect(await say(link, 'echo back')).toBe('back\n')
  })

  test('a host that cannot be reached is asked less and less often', async () => {
    let attempts = 0
    const link = linkOver({
      name: 'down',
      open: async () => {
        attempts += 1
        throw new UnreachableError('me', 'connection refused')
      },
    })
    const failures = async (count: number) => {
      const start = performance.now()
      for (let n = 0; n < count; n += 1) await expect(link.connect()).rejects.toThrow('me: connection refused')
      return performance.now() - start
    }
    expect(await failures(2)).toBeLessThan(100)
    expect(await failures(2)).toBeGreaterThan(300)
    expect([attempts, link.state]).toEqual([4, 'failed'])
  })

  test('the gate lets only so many connect at once', async () => {
    let now = 0
    let most = 0
    const gate = new Throttle(3)
    const slow: Connector = {
      name: 'slow',
      open: (endpoint, context) =>
        context.turn(async () => {
          now += 1
          most = Math.max(most, now)
          await new Promise(resolve => setTimeout(resolve, 10))
          now -= 1
          return await local.open(endpoint, context)
        }),
    }
    await Promise.all(Array.from({ length: 12 }, () => linkOver(slow, gate).connect()))
    expect(most).toBe(3)
  })

  test('a script that no shell can be told is the caller’s mistake', async () => {
    const link = linkOver(local)
    await expect(link.run('a\0b')).rejects.toBeInstanceOf(UsageError)
    await expect(link.run('true', { env: { 'A B': 'x' } })).rejects.toThrow(
      '"A B" cannot be the name of an environment variable',
    )
    expect(await say(link, 'echo on')).toBe('on\n')
  })

  test('closed is closed', async () => {
    const link = linkOver(local)
    await link.connect()
    await link.close()
    await expect(link.run('true')).rejects.toThrow('me: the link was closed')
    expect(link.state).toBe('closed')
  })
})

test('createLink names the connectors there are', () => {
  expect(() => createLink({ name: 'web-1', settings: { connector: 'shh' } })).toThrow(
    'web-1: there is no connector "shh"; there are: ssh, openssh, local',
  )
})

test('a shell whose channel the server closes instead of starting it is started again, but not for ever', async () => {
  let closings = 2
  let asked = 0
  const closer: Connector = {
    name: 'closer',
    open: async (endpoint, context) => {
      const real = await local.open(endpoint, context)
      const exec = (command: string) => {
        asked += 1
        closings -= 1
        return closings >= 0 ? Promise.reject(new ChannelClosed('closed')) : real.exec(command)
      }
      return { user: real.user, ended: real.ended, close: () => real.close(), exec }
    },
  }
  expect(await say(linkOver(closer), 'echo up')).toBe('up\n')
  expect(asked).toBe(3)
  closings = 100
  await expect(linkOver(closer).connect()).rejects.toThrow('me: no shell (closed)')
  expect(asked).toBe(6)
})

test('on dropbear no channel opens while a command that was killed dies', async () => {
  const during: string[] = []
  let opening = 0
  const slow: Connector = {
    name: 'dropbear',
    open: async (endpoint, context) => {
      context.note({ kind: 'server', version: 'SSH-2.0-dropbear_2022.83' })
      const real = await local.open(endpoint, context)
      const exec: Connection['exec'] = async command => {
        opening += 1
        const channel = await real.exec(command)
        await sleep(40)
        opening -= 1
        // what was killed is collected a moment later
        const exit = channel.exit.then(how => sleep(20, how))
        void exit.then(({ signal }) => opening > 0 && during.push(`a channel ended (${signal ?? 'by itself'})`))
        return { ...channel, exit }
      }
      return { user: real.user, ended: real.ended, close: () => real.close(), exec }
    },
  }
  const link = linkOver(slow)
  // it takes so long to end that what waits wants a shell of its own
  const stubborn = `sh -c 'trap "sleep 0.5; exit" TERM; while :; do sleep 0.02; done'`
  const killed = expect(link.run(stubborn, { timeout: 20 })).rejects.toMatchObject({ how: 'timeout' })
  expect(await say(link, 'echo next')).toBe('next\n')
  await killed
  expect(during).toEqual([])
})

describe('FakeLink', () => {
  test('answers, remembers what ran, and reports its states', async () => {
    const changes: LinkChange[] = []
    const link = new FakeLink('sim', script => ({ stdout: `${script}!`, stderr: 'e', exitCode: 3, delay: 5 }), {
      observer: { state: change => changes.push(change), latency: () => {} },
    })
    const result = await link.run('x', { maxBytes: 1 })
    expect([result.stdout.toString(), result.exitCode, result.truncated]).toEqual(['x', 3, true])
    expect(link.ran).toEqual(['x'])
    await link.write('/f', Buffer.from('z'))
    expect((await link.read('/f')).toString()).toBe('z')
    await expect(link.read('/none')).rejects.toThrow('sim: /none: no such file')
    await link.close()
    expect(changes.map(change => change.state)).toEqual(['tcp', 'shell', 'ready', 'closed'])
  })

  test('time-outs, cancels and unreachable hosts are those of a real link', async () => {
    const slow = new FakeLink('sim', () => ({ delay: 1000 }))
    await expect(slow.run('x', { timeout: 10 })).rejects.toMatchObject({ how: 'timeout' })
    const cancel = new AbortController()
    setTimeout(() => cancel.abort(), 10)
    await expect(slow.run('x', { signal: cancel.signal })).rejects.toMatchObject({ how: 'cancelled' })
    const down = new FakeLink('sim', () => ({}), { unreachable: 'connection refused' })
    await expect(down.run('x')).rejects.toThrow('sim: connection refused')
    expect(down.state).toBe('failed')
  })
})

test('a command does not wait for an attempt that began in the background while the host was off', async () => {
  const { connector, cut } = breakable()
  let opened = 0
  const silent: Connector = {
    name: 'silent',
    open: (endpoint, context) => {
      opened += 1
      if (opened !== 2) return connector.open(endpoint, context)
      return new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(new Error('given up'))))
    },
  }
  const link = linkOver(silent, undefined, true)
  await link.connect()
  cut('the power went')
  await expect.poll(() => opened).toBe(2)
  expect((await link.run('echo back')).stdout.toString()).toBe('back\n')
  expect([opened, link.state]).toEqual([3, 'ready'])
})
