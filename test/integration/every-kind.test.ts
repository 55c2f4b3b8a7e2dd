import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ChannelClosed, type Connection, type Connector } from '../../src/engine/connect/connector.js'
import { createLink } from '../../src/engine/connect/index.js'
import { OpenSshConnector } from '../../src/engine/connect/openssh/openssh.js'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { type HostKind, twoHops } from '../fleet/kinds.js'
import { type LabEngine, labEngine } from '../fleet/lab-engine.js'
import { describeOnOwnLab } from '../fleet/own-lab.js'

const hosts: Readonly<Record<string, HostKind>> = {
  bullseye: { base: 'bullseye' },
  bookworm: {},
  trixie: { base: 'trixie' },
  busybox: { base: 'busybox' },
  dropbear: { base: 'busybox', server: 'dropbear' },
  tinysshd: { server: 'tinysshd' },
  ...twoHops,
}

describeOnOwnLab('hosts of every kind', { hosts }, lab => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-kinds-'))
  const bytes = randomBytes(3_000_000)
  let opened: LabEngine
  beforeAll(async () => {
    writeFileSync(join(folder, 'bytes'), bytes)
    opened = await labEngine(lab())
  })
  afterAll(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true })
  })

  test('all are reached at once, those behind jump hosts too', async () => {
    const names = await opened.engine.fleet.$`hostname`
    expect(
      names
        .groups()
        .map(({ status, value }) => [status, value?.text])
        .sort(),
    ).toEqual(
      Object.keys(hosts)
        .map(name => ['ok', name])
        .sort(),
    )
  })

  describe.each(Object.keys(hosts))('%s', name => {
    const host = () => opened.engine.fleet.host(name)

    test('tells an exit code and both outputs of a command', async () => {
      const run = host().$`echo out; echo err >&2; exit ${3}`
      await expect(run).rejects.toMatchObject({ result: { exitCode: 3, stdout: 'out\n', stderr: 'err\n' } })
    })

    test('answers facts', async () => {
      const { server, files } = host().facts
      const [os, hostname, users, passwd] = await Promise.all([
        server.os(),
        server.hostname(),
        server.users(),
        files.text({ path: '/etc/hostname' }),
      ])
      const { base } = lab().host(name)
      expect(os).toMatchObject(base === 'busybox' ? { id: 'busybox' } : { id: 'debian', codename: base })
      expect([hostname, passwd]).toEqual([name, `${name}\n`])
      expect(Object.keys(users)).toEqual(expect.arrayContaining(['root', 'ops', 'deploy']))
    })

    test('is changed by an operation, once', async () => {
      const line = { path: '/root/settings', line: 'colour = "green"' }
      expect((await host().files.line(line)).changed).toBe(true)
      expect((await host().files.line(line)).changed).toBe(false)
      expect(await host().read('/root/settings')).toBe('colour = "green"\n')
    })

    test('takes files and gives them back', async () => {
      await host().upload(join(folder, 'bytes'), '/root/bytes')
      await host().download('/root/bytes', join(folder, name))
      expect(readFileSync(join(folder, name)).equals(bytes)).toBe(true)
    })

    test('ends a command that takes too long, with all it started', async () => {
      const slow = host().with({ timeout: 0.5 }).$`sh -c 'sleep 4321 & wait'`
      await expect(slow).rejects.toMatchObject({ how: 'timeout' })
      expect((await host().$`echo on`).text).toBe('on')
      await expect
        .poll(() => lab().exec(name, 'cat /proc/[0-9]*/cmdline 2> /dev/null | tr "\\0" " "'))
        .not.toContain('sleep 4321')
    })
  })

  // dropbear closes a channel that opens while another ends, and may go down itself: src/engine/connect/link/channel-turns.ts
  test.each(['ssh', 'openssh'])('dropbear, by %s: shells come and go, and no channel is closed unasked', async name => {
    const states: string[] = []
    const { connector, unasked } = counting(name === 'ssh' ? new SshConnector() : new OpenSshConnector())
    const link = createLink(
      { name: 'dropbear', settings: { connector: name, sshConfigFile: lab().sshConfig, agent: false } },
      { connectors: [connector], observer: { state: ({ state }) => states.push(state), latency: () => {} } },
    )
    try {
      for (let round = 0; round < 10; round += 1) {
        const slow = expect(link.run('sleep 60', { timeout: 20 })).rejects.toMatchObject({ how: 'timeout' })
        expect((await link.run('cat', { stdin: Buffer.from('taken') })).stdout.toString()).toBe('taken')
        await slow
        expect((await link.run('echo next')).stdout.toString()).toBe('next\n')
      }
      expect(states.slice(states.indexOf('ready'))).toEqual(['ready'])
      expect(unasked()).toBe(0)
    } finally {
      await link.close()
    }
  })
})

/** A connector, and how many channels its servers have closed instead of starting something on them. */
function counting(connector: Connector) {
  let closed = 0
  const counted: Connector = {
    name: connector.name,
    open: async (endpoint, context) => {
      const connection = await connector.open(endpoint, context)
      const exec: Connection['exec'] = (command, options) =>
        connection.exec(command, options).catch((error: unknown) => {
          if (error instanceof ChannelClosed) closed += 1
          throw error
        })
      return { user: connection.user, ended: connection.ended, close: () => connection.close(), exec }
    },
  }
  return { connector: counted, unasked: () => closed }
}
