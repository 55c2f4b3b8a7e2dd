import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { asciicastText } from '../../src/cli/render/asciicast.js'
import { FakeLink } from '../../src/engine/connect/fake/link.js'
import { Engine } from '../../src/engine/engine.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import * as facts from '../../src/facts/index.js'
import { Journal } from '../../src/journal/journal.js'
import * as operations from '../../src/operations/index.js'
import type { CommandReply, SessionPort, SessionRecord } from '../../src/repl/protocol.js'
import { compareStates } from '../../src/repl/replay/compare.js'
import { openReplay } from '../../src/repl/replay/replay.js'
import { openSession } from '../../src/repl/session.js'
import { approveAll, declineAll, runDeploy, transcript } from '../../src/testing/index.js'

const recorded = new URL('../fixtures/first-release/', import.meta.url).pathname
const [session = ''] = readdirSync(recorded)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-replay-'))
  mkdirSync(join(folder, 'history'))
  cpSync(recorded, join(folder, 'history'), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a transcript as a test double', () => {
  /** Records a session on simulated hosts, whose time zone is set by a command between two readings. */
  async function record(): Promise<string> {
    const directory = join(folder, 'recorded')
    const journal = Journal.open(directory)
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const keep = (event: { readonly type: string }): void => journal.append({ ...event, at: Date.now() })
    const zones = new Map([
      ['a', 'UTC'],
      ['b', 'UTC'],
    ])
    const answer = (host: string, script: string): string => {
      const [, set] = /^set-zone (\S+)$/.exec(script) ?? []
      if (set) zones.set(host, set)
      return `${zones.get(host)}\n`
    }
    const engine = new Engine({
      inventory: resolveInventory({ hosts: { a: {}, b: {} }, groups: { all: { hosts: ['*'] } } }, 'inventory.ts'),
      catalogue: { facts, operations },
      link: ({ name }, observer) => new FakeLink(name, script => ({ stdout: answer(name, script) }), { observer }),
      approver: approveAll,
      emit: keep,
      heard: keep,
    })
    const hosts = ['a', 'b'].map(name => ({ name, address: name, groups: ['all'], guard: 'confirm' }))
    keep({
      type: 'session.start',
      ...{ session: 's', inventory: 'inventory.ts', hosts, groups: { all: ['a', 'b'] }, directory: '/srv', by: 'x' },
    })
    for (const [cell, command] of ['zone', 'set-zone Europe/Berlin', 'zone'].entries()) {
      keep({ type: 'cell.start', ...{ cell: cell + 1, source: command, focus: ['a', 'b'] } })
      await engine.fleet.script(command)
      keep({ type: 'cell.end', ...{ cell: cell + 1, end: { kind: 'ok', value: { kind: 'nothing' } }, ms: 1 } })
    }
    await engine.close()
    journal.close()
    return directory
  }

  test('answers as hosts did, at its end or at the end of a cell; what was not asked is a miss', async () => {
    const directory = await record()
    const late = await transcript(directory)
    expect((await late.fleet.group('all').script('zone')).values().map(String)).toEqual([
      'Europe/Berlin',
      'Europe/Berlin',
    ])
    const early = await transcript(directory, { cell: 1 })
    expect((await early.fleet.script('zone')).values().map(String)).toEqual(['UTC', 'UTC'])
    expect(late.misses).toEqual([])
    const missed = await early.fleet.host('a').script('set-zone Europe/Berlin').catch(String)
    expect(missed).toContain(
      'the record does not answer “set-zone Europe/Berlin”: it was asked only later in the session.',
    )
    expect((await early.fleet.with({ sudo: true }).script('zone')).failed.names).toEqual(['a', 'b'])
    expect(early.misses).toHaveLength(3)
    await Promise.all([late.close(), early.close()])
  })

  test('of a worked session, as documented: a deploy is planned on its hosts, and finds what is to change and what is not', async () => {
    const { fleet, misses, close } = await transcript('history/transcripts/502-on-web-3')
    onTestFinished(close)
    const { signal } = new AbortController()
    const statuses = async (count: number): Promise<Record<string, string>> => {
      const deploy = async (hosts: typeof fleet): Promise<void> =>
        void (await hosts.group('web').files.replace({
          path: '/etc/nginx/nginx.conf',
          pattern: /worker_connections \d+/,
          replacement: `worker_connections ${count}`,
        }))
      const report = await runDeploy(deploy, fleet, { approver: declineAll, emit: () => {}, signal, dryRun: true })
      return Object.fromEntries([...report.hosts].map(([name, { status }]) => [name, status]))
    }
    const others = { 'db-1': 'same', 'edge-1': 'same' }
    expect(await statuses(2048)).toEqual({ 'web-1': 'same', 'web-2': 'same', 'web-3': 'same', ...others })
    const wanted = 'would-change'
    expect(await statuses(4096)).toEqual({ 'web-1': wanted, 'web-2': wanted, 'web-3': wanted, ...others })
    expect(misses).toEqual([])
    // it opens by the name of its notebook as well
    expect((await openReplay('history', '502-on-web-3')).recording.moments).toHaveLength(9)
  })

  test('of the first release opens; commands answer, a deploy can be planned as far as the record goes', async () => {
    const { fleet, misses, close } = await transcript(join(recorded, session))
    const ntp = await fleet.$`grep ^server /etc/ntp.conf`
    expect(ntp.get('web-2').stdout).toBe('server old.demo.example iburst\n')
    const { signal } = new AbortController()
    const deploy = async (hosts: typeof fleet): Promise<void> =>
      void (await hosts.files.line({ path: '/etc/ntp.conf', line: 'x' }))
    const report = await runDeploy(deploy, fleet, { approver: declineAll, emit: () => {}, signal, dryRun: true })
    expect(report.hosts.get('web-1')).toMatchObject({ status: 'failed' })
    expect(misses[0]).toMatch(/^\S+: the record does not answer “files\.\w+ .*”: it was not asked in this session\.$/)
    await close()
  })
})

test('two states are compared by what differs; what is known of one alone is no difference', () => {
  const left = new Map([
    ['server.os', 'debian 12\n'],
    ['file /etc/motd', 'hello\n'],
    ['same', 'x'],
  ])
  const right = new Map([
    ['server.os', 'debian 13\n'],
    ['new', 'y'],
    ['same', 'x'],
  ])
  expect(compareStates(left, right, ['cell 1', 'cell 2'])).toEqual([
    'server.os',
    '  @@ -1,1 +1,1 @@',
    '  - debian 12',
    '  + debian 13',
    'known only at cell 1: file /etc/motd',
    'known only at cell 2: new',
  ])
  expect(compareStates(left, left, ['a', 'b'])).toEqual(['Nothing that was asked differs between a and b.'])
})

test('as a recording for asciinema: a header, then events in order of time, sooner the faster', async () => {
  const { records } = await openReplay(join(folder, 'history'), 'ntp-fix')
  const parse = (speed: number): [{ version: number }, ...[number, string, string][]] =>
    JSON.parse(`[${asciicastText(records, { title: session, speed }).trimEnd().replaceAll('\n', ',')}]`)
  const [header, ...events] = parse(1)
  expect(header).toMatchObject({ version: 2, width: 100, height: 30, title: session })
  const times = events.map(([time]) => time)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const text = events.map(event => event[2]).join('')
  expect(text).toContain('files.line({ path:')
  expect(text).toContain('server new.demo.example iburst')
  expect(text.replaceAll('\r\n', '')).not.toContain('\n')
  const [, ...fast] = parse(4)
  expect((fast.at(-1)?.[0] ?? 0) * 4).toBeCloseTo(times.at(-1) ?? 0, 1)
})

describe('muster replay', () => {
  let port: SessionPort
  const shown: SessionRecord[] = []
  beforeAll(async () => {
    const options = { inventory: undefined, directory: folder, colors: false, connect: false, checkTypes: false }
    port = await openSession({ ...options, replay: 'ntp-fix', replayFrom: 'start' })
    port.listen(record => shown.push(record))
  }, 120_000)
  afterAll(() => port?.close())

  const text = (reply: CommandReply): string => (reply.kind === 'text' ? reply.text : '')
  const say = async (line: string): Promise<string> => text(await port.command(line))
  const cells = (): number[] => shown.flatMap(record => (record.type === 'cell.end' ? [record.cell] : []))
  const answer = async (source: string): Promise<string> => JSON.stringify(await port.run(source))

  test('steps through a session without its hosts; code is answered as it would have been then; nothing is asked, applied or journaled', async () => {
    expect(shown.find(({ type }) => type === 'session.start')).toMatchObject({ session, inventory: 'demo' })
    expect(cells()).toEqual([])
    expect(await say('next')).toMatch(/^After cell 1 \(1 of 14\), 2026-11-28 /)
    expect(await say('at 3')).toContain('After cell 3 (3 of 14)')
    expect(cells()).toEqual([1, 2, 3])
    expect(await answer('$`seq 4000`')).toContain('it was asked only later in the session')
    expect(await answer('(await $`grep ^server /etc/ntp.conf`).groups().length')).toContain('"text":"2"')
    expect(await say('back')).toContain('After cell 2')
    expect(shown.flatMap(record => (record.type === 'replay.back' ? [record.cells] : []))).toEqual([[3]])
    const seen = cells().length
    expect(await say('next')).toContain('After cell 3')
    expect(cells().slice(seen)).toEqual([3])
    expect(await say('back')).toContain('After cell 2')
    expect(await answer('focus.size')).toContain('"text":"5"')
    await say('at end')
    expect(await answer('focus.size')).toContain('"text":"3"')
    expect(await answer('(await $`seq 4000`).ok.size')).toContain('"text":"3"')
    expect(await say('timeline')).toMatch(
      /▸ {2}14 .*console\.log\(old\.size\)\n\nAsked and not recorded:\n {2}.*seq 4000/,
    )
    expect(await say('compare 4 5 web-2')).toContain('- server old.demo.example iburst')
    await expect(say('at 99')).rejects.toThrow('The session has no cell 99')
    const before = readdirSync(join(folder, 'history'))
    expect(await answer("files.put({ dest: '/x', content: 'y' })")).toMatch(/does not answer/)
    expect(shown.filter(({ type }) => type === 'approval.asked')).toEqual([])
    expect(readdirSync(join(folder, 'history'))).toEqual(before)
  }, 120_000)
})
