import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fleet } from '../../src/engine/fleet/api.js'
import type { Outcome } from '../../src/engine/fleet/outcome.js'
import type { Results } from '../../src/engine/fleet/results.js'
import type { Lab } from '../fleet/lab.js'
import { type LabEngine, labEngine } from '../fleet/lab-engine.js'
import { describeOnOwnLab } from '../fleet/own-lab.js'

/** What the hosts of the same names are doing when something happens to them. */
const situations = ['connecting', 'idle', 'command', 'upload', 'apply'] as const
type Situation = (typeof situations)[number]
const inventory = { connect: { connectTimeout: 3, serverAliveInterval: 0.5, serverAliveCountMax: 3 } }

/** Until muster must have noticed whatever happened, milliseconds: more than it takes by itself, for a busy machine. */
const bound = 12_000
const size = 60_000_000

/** How something ends for one host. */
interface Ending {
  readonly status: Outcome<unknown>['status'] | 'none'
  /** What the person is told; without the host's name. */
  readonly says?: RegExp
  /** The state that the host is shown in, then or on the way there; `calm`: ready all the time. */
  readonly shown: 'lost' | 'failed' | 'calm'
  readonly reason?: RegExp
}

interface Fault {
  readonly name: string
  happens(lab: Lab, host: string): Promise<void>
  ends(lab: Lab, host: string): Promise<void>
  readonly endings: Readonly<Record<Situation, Ending>>
}

const silent = /^the host stopped answering(; \/root\/bytes is as it was)?$/
/** The host's kernel answers with a reset where its dead server had not yet read all (RFC 9293, 3.10.4). */
const closed =
  /^(the server closed the connection|the network connection was reset, by the host or by something between, such as a firewall|the host had closed the network connection|the shell that took it ended|the sftp (server ended|channel was closed))(; \/root\/bytes is as it was)?$/

/** A host from which nothing comes any more, whether its network, its power or its processes stopped. */
const silence: Fault['endings'] = {
  connecting: { status: 'unreachable', says: /timed out after 3 s|no route to host/, shown: 'failed' },
  idle: { status: 'none', shown: 'lost', reason: silent },
  command: { status: 'unknown', says: silent, shown: 'lost', reason: silent },
  upload: { status: 'unknown', says: silent, shown: 'lost', reason: silent },
  apply: { status: 'unknown', says: silent, shown: 'lost', reason: silent },
}

const faults: readonly Fault[] = [
  {
    name: 'partition',
    happens: (lab, host) => lab.partition(host),
    ends: (lab, host) => lab.heal(host),
    endings: silence,
  },
  { name: 'kill', happens: (lab, host) => lab.kill(host), ends: (lab, host) => lab.start(host), endings: silence },
  { name: 'freeze', happens: (lab, host) => lab.freeze(host), ends: (lab, host) => lab.thaw(host), endings: silence },
  {
    name: 'reboot',
    happens: (lab, host) => lab.reboot(host, { off: 2 }),
    ends: async () => {},
    endings: {
      connecting: { status: 'unreachable', says: /closed the connection|timed out|refused|no route/, shown: 'failed' },
      idle: { status: 'none', shown: 'lost', reason: closed },
      command: { status: 'unknown', says: closed, shown: 'lost', reason: closed },
      upload: { status: 'unknown', says: closed, shown: 'lost', reason: closed },
      apply: { status: 'unknown', says: closed, shown: 'lost', reason: closed },
    },
  },
  {
    name: 'full disk',
    happens: async (lab, host) => {
      await lab.fillDisk(host)
      await lab.exec(host, 'touch /tmp/full')
    },
    ends: (lab, host) => lab.freeDisk(host),
    endings: {
      connecting: { status: 'ok', shown: 'calm' },
      idle: { status: 'none', shown: 'calm' },
      command: { status: 'failed', says: /No space left on device/, shown: 'calm' },
      upload: { status: 'failed', says: /\/root\/bytes: .*no space/i, shown: 'calm' },
      apply: { status: 'failed', says: /No space left on device/, shown: 'calm' },
    },
  },
]

/** Leaves a mark for each time it runs, then waits; once the disk is full, writes. */
const begun = (mark: string) =>
  `echo x >> /root/${mark}; i=0; until [ -e /tmp/full ] || [ $i = 600 ]; do sleep 0.1; i=$((i + 1)); done
  head -c 10000 /dev/zero > /root/written`

describeOnOwnLab('while something happens to hosts', { hosts: { ...record(situations), bystander: {} } }, lab => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-faults-'))
  const bytes = join(folder, 'bytes')
  beforeAll(() => writeFileSync(bytes, randomBytes(size)))
  afterAll(() => rmSync(folder, { recursive: true }))

  describe.each(faults.map(fault => [fault.name, fault] as const))('%s', (_name, fault) => {
    let opened: LabEngine
    let watched: Promise<readonly string[]>
    const over = new AbortController()
    const endings = new Map<Situation, Promise<Results<unknown>>>()
    const only = (host: string): Fleet => opened.engine.fleet.match(host)
    const states = (host: string) => opened.states(host).map(({ state }) => state)

    beforeAll(async () => {
      await lab().exec('upload', 'rm -f /root/.muster-*; echo old > /root/bytes')
      await Promise.all(situations.map(host => lab().exec(host, 'rm -f /tmp/full /root/command /root/apply')))
      // Slow enough for something to happen on the way.
      await Promise.all([lab().impair('connecting', { latency: 60 }), lab().impair('upload', { latency: 50 })])
      opened = await labEngine(lab(), inventory)
      await opened.engine.fleet.match('!connecting').$`true`
      const half = new Promise<void>(resolve => {
        const onProgress = ({ done, total }: { done: number; total: number }): void => {
          if (done > total / 20) resolve()
        }
        endings.set('upload', only('upload').upload(bytes, '/root/bytes', { onProgress }))
      })
      endings.set('command', only('command').script(begun('command')))
      endings.set('apply', only('apply').server.shell({ commands: begun('apply') }))
      const underWay = ['command', 'apply'].map(host => until(() => lab().exec(host, `cat /root/${host}`)))
      await Promise.all([half, ...underWay])
      endings.set('connecting', only('connecting').$`hostname`)
      await until(async () => {
        if (!states('connecting').includes('kex')) throw new Error('not yet')
      })
      watched = watch(only('bystander'), over.signal)
      await Promise.all(situations.map(host => fault.happens(lab(), host)))
    })
    afterAll(async () => {
      await opened?.close()
      await Promise.all(situations.map(host => lab().heal(host)))
    })

    describe.each(situations)('%s', situation => {
      const { status, says, shown, reason } = fault.endings[situation]

      test('ends in time, and the person is told', { timeout: bound }, async () => {
        const outcome = (await endings.get(situation))?.outcomes.get(situation)
        expect([outcome?.status ?? 'none', told(outcome)]).toEqual([status, expect.stringMatching(says ?? /^$/)])
      })

      test(`is shown as ${shown}`, async () => {
        if (shown === 'calm') {
          expect(states(situation)).toContain('ready')
          expect(states(situation)).not.toEqual(expect.arrayContaining([expect.stringMatching(/lost|failed/)]))
          return
        }
        await expect.poll(() => states(situation), { timeout: bound }).toContain(shown)
        const change = opened.states(situation).find(({ state }) => state === shown)
        if (reason !== undefined) expect(change?.reason).toMatch(reason)
      })
    })

    test('nothing half-written is seen', async () => {
      await fault.ends(lab(), 'upload')
      expect(await lab().exec('upload', 'cat /root/bytes')).toBe('old\n')
    })

    test('the others are not held up', async () => {
      over.abort()
      const said = await watched
      expect(said.length).toBeGreaterThan(3)
      expect(new Set(said)).toEqual(new Set(['bystander']))
      expect(states('bystander')).not.toContain('lost')
    })

    test('when it ends, every host is there again, and nothing was done twice', { timeout: 30_000 }, async () => {
      await Promise.all(situations.map(host => fault.ends(lab(), host)))
      await Promise.all([lab().heal('connecting'), lab().heal('upload')])
      // An attempt that began while a host was off still fails.
      await until(async () => {
        const names = await opened.engine.fleet.$`hostname`
        for (const host of situations) expect(names.get(host).text).toBe(host)
      })
      for (const host of ['command', 'apply']) expect(await lab().exec(host, `cat /root/${host}`)).toBe('x\n')
      const again = await only('upload').upload(bytes, '/root/bytes')
      expect(again.get('upload').bytes).toBe(size)
      expect(await lab().exec('upload', 'ls -A /root | grep muster || true')).toBe('')
    })
  })
})

function record<K extends string>(names: readonly K[]): Readonly<Record<string, object>> {
  return Object.fromEntries(names.map(name => [name, {}]))
}

/** Tries until it does not throw. */
async function until(act: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      await act()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(20)
    }
  }
}

/** What a host answers while others are in trouble, again and again. @returns the distinct answers in the order they came. */
async function watch(fleet: Fleet, signal: AbortSignal): Promise<readonly string[]> {
  const said: string[] = []
  while (!signal.aborted) {
    const [group] = (await fleet.with({ timeout: 5 }).$`hostname`).groups()
    said.push(group?.value?.text ?? String(group?.error))
    await sleep(100)
  }
  return said
}

function told(outcome: Outcome<unknown> | undefined): string {
  if (outcome === undefined || outcome.status === 'ok') return ''
  return outcome.error.message.replace(/^[\w-]+: /, '')
}
