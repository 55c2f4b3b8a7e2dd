import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLink } from '../../src/engine/connect/index.js'
import { Engine } from '../../src/engine/engine.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import type { Guard } from '../../src/engine/inventory/spec.js'
import { approveAll } from '../../src/engine/run/approval.js'
import { runDeploy } from '../../src/engine/run/deploy.js'
import type { Forward } from '../../src/index.js'
import { listener } from '../fleet/link-to.js'
import { type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`host.forward: ${why}`)

describe.skipIf(why)('host.forward', () => {
  let sshd: Sshd
  let engine: Engine
  let greeter: Awaited<ReturnType<typeof listener>>
  const notes: string[] = []
  beforeAll(async () => {
    sshd = await startSshd()
    greeter = await listener(socket => socket.end('hello'))
  })
  afterAll(async () => {
    greeter?.close()
    await sshd?.stop()
  })
  const start = (guard: Guard = 'open') =>
    new Engine({
      inventory: resolveInventory(
        {
          hosts: { 'web-1': { address: '127.0.0.1' } },
          guard,
          connect: {
            port: sshd.port,
            identityFile: sshd.key,
            knownHostsFile: sshd.knownHosts,
            sshConfigFile: false,
            agent: false,
          },
        },
        'test',
      ),
      catalogue: { facts: {}, operations: {} },
      link: (host, observer) => createLink({ name: host.name, settings: host.connect }, { observer }),
      approver: approveAll,
      emit: event => event.type === 'note' && notes.push(event.text),
    })
  beforeEach(() => {
    notes.length = 0
    engine = start()
  })
  afterEach(() => engine.close())

  async function greeting(port: number): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    const [chunk] = await once(socket, 'data')
    return String(chunk)
  }
  const refused = async (port: number) => await expect(greeting(port)).rejects.toThrow('ECONNREFUSED')

  test('is listed while it is open, and gone at the end of its block', async () => {
    const host = engine.fleet.host('web-1')
    let port = 0
    {
      await using opened = await host.forward({ remote: greeter.port })
      port = opened.port
      expect(await greeting(port)).toBe('hello')
      expect([host.forwards, engine.fleet.forwards]).toEqual([[opened], [opened]])
      expect(JSON.parse(JSON.stringify(opened))).toMatchObject({ host: 'web-1', state: 'open', counts: { total: 1 } })
    }
    expect(host.forwards).toEqual([])
    await refused(port)
  })

  test('is closed with the session, both ways', async () => {
    const host = engine.fleet.host('web-1')
    const ports = [
      (await host.forward({ remote: greeter.port })).port,
      (await host.forward({ remote: 0, to: greeter.port })).port,
    ]
    for (const port of ports) expect(await greeting(port)).toBe('hello')
    await engine.close()
    for (const port of ports) await refused(port)
  })

  test('a connection that reaches nothing is a note of the session', async () => {
    const { port } = await engine.fleet.host('web-1').forward({ remote: 1 })
    const socket = connect(port, '127.0.0.1')
    socket.resume()
    await once(socket, 'close')
    expect(notes).toEqual(['A forward reached nothing: web-1: cannot reach localhost:1 (Connection refused)'])
  })

  test('a plan does not open it and is unknown from there on; a deploy closes what it has opened', async () => {
    const opened: Forward[] = []
    const deploy = (readOnly: boolean) => () =>
      engine.fleet.each(async host => {
        opened.push(await host.forward({ remote: greeter.port }, { readOnly }))
        return await greeting(opened.at(-1)?.port ?? 0)
      })
    const options = { approver: approveAll, emit: () => {}, signal: new AbortController().signal }
    const planned = await runDeploy(deploy(false), engine.fleet, { ...options, dryRun: true })
    expect(planned.hosts.get('web-1')).toEqual({
      status: 'unknown',
      reason: 'it needs a forwarded port, which a plan does not open',
    })
    expect(opened).toEqual([])

    const applied = await runDeploy(deploy(false), engine.fleet, options)
    expect(applied.hosts.get('web-1')).toEqual({ status: 'same' })
    expect(opened.map(({ state }) => state)).toEqual(['closed'])

    const read = await runDeploy(deploy(true), engine.fleet, { ...options, dryRun: true })
    expect(read.hosts.get('web-1')).toEqual({ status: 'same' })
    expect(opened.map(({ state, counts }) => [state, counts.total])).toEqual([
      ['closed', 1],
      ['closed', 1],
    ])
  })

  test('a readonly host wants to hear that nothing changes through it', async () => {
    await engine.close()
    engine = start('readonly')
    const host = engine.fleet.host('web-1')
    await expect(host.forward({ remote: greeter.port })).rejects.toThrow(
      'web-1: its guard is readonly; a forward through which nothing changes is opened with { readOnly: true }.',
    )
    const { port } = await host.forward({ remote: greeter.port }, { readOnly: true })
    expect(await greeting(port)).toBe('hello')
  })
})
