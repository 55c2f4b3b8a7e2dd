import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InventorySpec } from '../../../src/engine/inventory/spec.js'
import { type Lab, startLab } from '../../fleet/lab.js'
import { labInventory } from '../../fleet/lab-inventory.js'
import { describeOnLab } from '../../fleet/shared.js'
import { makeKey } from '../../fleet/sshd.js'
import { type WatchedSession, watchSession } from '../../fleet/watched-session.js'

describeOnLab('hosts that cannot be asked', shared => {
  const files = mkdtempSync(join(tmpdir(), 'muster-keys-'))
  let session: WatchedSession
  afterAll(async () => {
    await session?.close()
    rmSync(files, { recursive: true })
  })

  /** h3 under names by which it cannot be reached, beside the hosts that can. */
  function inventory(folder: string): InventorySpec {
    const [h1, , h3] = shared.hosts
    if (!h1 || !h3) throw new Error('the lab has three hosts')
    makeKey(join(folder, 'stranger'))
    writeFileSync(join(folder, 'known_hosts'), `${h3.address} ${h1.hostKey}\n`)
    writeFileSync(join(folder, 'empty'), '')
    return labInventory(shared, {
      hosts: {
        nowhere: { address: `10.${shared.id}.250.250`, connectTimeout: 5 },
        refused: { address: h3.address, identityFile: join(folder, 'stranger') },
        swapped: { address: h3.address, knownHostsFile: join(folder, 'known_hosts') },
        unknown: { address: h3.address, knownHostsFile: join(folder, 'empty') },
        closed: { address: h3.address, port: 2222 },
      },
    })
  }

  test('each says in one sentence what is wrong with it, and the others answer', async () => {
    session = await watchSession(inventory(files))
    const [, , h3] = shared.hosts
    const groups = (await session.read('$`hostname`')).split(/\n(?=[●✗])/)
    const said = Object.fromEntries(groups.map(group => group.split(/ {2}unreachable\n {2}|\n {2}/)))
    expect(said).toEqual({
      '● h1': 'h1',
      '● h2': 'h2',
      '● h3': 'h3',
      '✗ nowhere': expect.stringMatching(
        new RegExp(`^(no route to host at|10\\.${shared.id}\\.250\\.250:22 timed out after 5 s).*`),
      ),
      '✗ refused': expect.stringMatching(
        new RegExp(
          `^${h3?.address}:22 does not let root in \\(refused: .*/stranger \\(ssh-ed25519 SHA256:\\S+\\); the server would take a password and none was given\\)$`,
        ),
      ),
      '✗ swapped': expect.stringMatching(
        new RegExp(
          `^the host key of ${h3?.address}:22 has CHANGED: known is .*/known_hosts:1\\), shown was .* SHA256:`,
        ),
      ),
      '✗ unknown': expect.stringMatching(new RegExp(`^the host key of ${h3?.address}:22 is not known`)),
      '✗ closed': `connection refused at ${h3?.address}:2222`,
    })
  })

  test('one of them alone is an error that names it and its place in the cell', async () => {
    expect(await session.read("const one = host('closed')\nawait one.$`true`")).toMatch(
      /^2:1 closed: connection refused at 10\.[\d.]+:2222\n {2}await one\.\$`true`\n {2}\^$/,
    )
  })

  test('they are the fleet `unreachable`, and :retry asks only them', async () => {
    await session.read('$`true`')
    expect(await session.read('unreachable.size')).toBe('5')
    expect(await session.read('failed.size')).toBe('0')
    session.mark()
    await session.port.command('retry')
    expect(session.since('task.start').at(-1)?.hosts).toEqual(['nowhere', 'refused', 'swapped', 'unknown', 'closed'])
    expect(await session.read('$`hostname`')).toContain('● h1\n  h1')
  })
})

describeOnLab('hosts that die', () => {
  let lab: Lab
  let session: WatchedSession
  beforeAll(async () => {
    lab = await startLab({ hosts: 3, systemd: 0 })
    session = await watchSession(labInventory(lab, { connect: { connectTimeout: 3 } }))
    await session.read('$`true`')
  })
  afterAll(async () => {
    await session?.close()
    await lab?.stop()
  })

  describe('in the middle of a command', () => {
    test('the host is unknown, with the reason, and nothing is run again; the others answer', async () => {
      const answer = session.read('$`echo x >> /root/runs; sleep 3; hostname`')
      await expect.poll(() => lab.exec('h2', 'cat /root/runs || true')).toBe('x\n')
      await lab.kill('h2')
      expect(await answer).toBe('● h1\n  h1\n○ h2  unknown\n  the host stopped answering\n● h3\n  h3')
      const state = session.since('host.state').findLast(({ host }) => host === 'h2')
      expect(state).toMatchObject({ state: 'lost', reason: 'the host stopped answering' })
    })

    test('the next cell finds it unreachable and the others well', async () => {
      const [, h2] = lab.hosts
      expect(await session.read('$`hostname`')).toMatch(
        new RegExp(
          `^● h1\\n {2}h1\\n✗ h2 {2}unreachable\\n {2}(no route to host at ${h2?.address}|${h2?.address}:22 timed out after 3 s).*\\n● h3\\n {2}h3$`,
        ),
      )
    })

    test('when it is back it answers, and had run the command once', async () => {
      await lab.start('h2')
      expect(await session.read('$`cat /root/runs`')).toBe('● h[1-3] (3)\n  x')
    })
  })

  test('a server that dies while its host lives: the host is lost at once, and is there again for the next command', async () => {
    const answer = session.read('$`[ $(hostname) != h3 ] || sleep 4714; hostname`')
    await expect.poll(() => lab.exec('h3', "pgrep -c -f '^sleep 471[4]' || true")).toBe('1\n')
    await lab.exec('h3', 'pkill -9 sshd')
    expect(await answer).toBe('● h1\n  h1\n● h2\n  h2\n○ h3  unknown\n  the server closed the connection')
    await lab.kill('h3')
    await lab.start('h3')
    expect(await session.read("host('h3').$`hostname`")).toBe('h3')
  })

  const stateOf = (name: string) => () =>
    session.records.findLast(record => record.type === 'host.state' && record.host === name)

  test('a host that dies while nobody uses it is lost by itself, and comes back by itself', async () => {
    await session.read('$`true`')
    await lab.kill('h2')
    await expect
      .poll(stateOf('h2'), { timeout: 40_000 })
      .toMatchObject({ state: 'lost', reason: 'the host stopped answering' })
    await lab.start('h2')
    await expect.poll(stateOf('h2'), { timeout: 100_000 }).toMatchObject({ state: 'ready' })
    expect(await session.read("host('h2').$`hostname`")).toBe('h2')
  }, 180_000)

  test('the doctor tells of a live connection; one given up stays down until it is used', async () => {
    const told = await session.port.command('doctor h1')
    expect(told).toMatchObject({
      kind: 'text',
      text: expect.stringMatching(/^● h1 {2}ready after .*\n1 of 1 host ready$/s),
    })
    await session.port.command('disconnect h1')
    expect(stateOf('h1')()).toMatchObject({ state: 'idle' })
    expect(await session.read("host('h1').$`hostname`")).toBe('h1')
  })

  test('a shell that is killed takes its command with it, not the session', async () => {
    const answer = session.read("host('h1').$`kill -9 $PPID; sleep 5`")
    expect(await answer).toMatch(/^1:1 h1: /)
    expect(await session.read('$`hostname`')).toBe('● h1\n  h1\n● h2\n  h2\n● h3\n  h3')
  })
})
