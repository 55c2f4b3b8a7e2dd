import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLink } from '../../../src/engine/connect/index.js'
import { Engine } from '../../../src/engine/engine.js'
import type { EngineEvent } from '../../../src/engine/events.js'
import { resolveInventory } from '../../../src/engine/inventory/inventory.js'
import { foldNames } from '../../../src/engine/nodeset/fold.js'
import { ApprovalDesk, approveAll } from '../../../src/engine/run/approval.js'
import { runDeploy } from '../../../src/engine/run/deploy.js'
import { inScope } from '../../../src/engine/run/scope.js'
import * as facts from '../../../src/facts/index.js'
import * as operations from '../../../src/operations/index.js'

/** Three hosts that are this machine; the last one is not to be written to. */
let directory: string
let engine: Engine
let events: EngineEvent[]
const at = (...names: string[]) => join(directory, ...names)
const text = (...names: string[]) => readFileSync(at(...names), 'utf8')

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-transfers-'))
  events = []
  engine = new Engine({
    inventory: resolveInventory(
      { hosts: { 'web-1': {}, 'web-2': {}, 'db-1': { guard: 'readonly' } }, connect: { connector: 'local' } },
      'test',
    ),
    catalogue: { facts, operations },
    link: (host, observer) => createLink({ name: host.name, settings: host.connect }, { observer }),
    approver: approveAll,
    emit: event => events.push(event),
    directory,
  })
  for (const name of ['web-1', 'web-2', 'db-1']) mkdirSync(at(name))
})
afterEach(async () => {
  await engine.close()
  rmSync(directory, { recursive: true })
})

test('uploads to every host, relative to the session’s directory, and says what changed', async () => {
  mkdirSync(at('site'))
  writeFileSync(at('site', 'index.html'), '<html>')
  const web = engine.fleet.match('web-*')
  const first = await web.upload('site', host => at(host.name, 'site'))
  expect(first.changed.names).toEqual(['web-1', 'web-2'])
  expect(first.get('web-1')).toMatchObject({ path: at('web-1', 'site'), files: 1, bytes: 6, unchanged: false })
  expect(text('web-2', 'site', 'index.html')).toBe('<html>')
  const again = await web.upload('site', host => at(host.name, 'site'))
  expect([again.changed.size, again.get('web-2').unchanged]).toEqual([0, true])
  await engine.fleet.host('web-1').upload('site/index.html', `${at('web-1')}/`)
  expect(text('web-1', 'index.html')).toBe('<html>')
})

test('a guard and a plan forbid uploads; a deploy carries them out', async () => {
  writeFileSync(at('f'), 'f')
  const sent = await engine.fleet.upload('f', host => at(host.name, 'f'))
  expect([sent.ok.names, sent.failed.names]).toEqual([['web-1', 'web-2'], ['db-1']])
  expect(() => sent.get('db-1')).toThrow(`db-1: its guard is readonly, so ${at('db-1', 'f')} was not written.`)
  rmSync(at('web-1', 'f'))
  const options = { approver: approveAll, emit: () => {}, signal: new AbortController().signal }
  const seen: string[] = []
  const report = await runDeploy(
    async fleet => {
      const results = await fleet.match('web-1').upload('f', at('web-1', 'f'))
      seen.push(results.toString())
    },
    engine.fleet,
    options,
  )
  expect(seen).toEqual([
    `web-1: it writes ${at('web-1', 'f')} outside an operation, which a plan does not run`,
    `web-1: ${at('web-1', 'f')}: 1 B sent`,
  ])
  expect([report.applied, existsSync(at('web-1', 'f'))]).toEqual([true, true])
})

test('facts of what was uploaded are read anew', async () => {
  writeFileSync(at('f'), 'new')
  writeFileSync(at('web-1', 'f'), 'old')
  const host = engine.fleet.host('web-1')
  const read = () => host.facts.files.text({ path: at('web-1', 'f') })
  expect(await read()).toBe('old')
  await host.upload('f', at('web-1', 'f'))
  expect(await read()).toBe('new')
})

test('downloads carry the host’s name, fold, and never meet', async () => {
  const web = engine.fleet.match('web-*')
  writeFileSync(at('log'), 'line\n')
  const results = await web.download(at('log'), 'logs/')
  expect(
    results.folded().map(({ hosts, outcome }) => [foldNames(hosts), outcome.status === 'ok' && String(outcome.value)]),
  ).toEqual([['web-[1-2]', `${at('logs', 'log.{host}')}: 5 B received`]])
  expect(readdirSync(at('logs')).sort()).toEqual(['log.web-1', 'log.web-2'])
  await expect(web.download(at('log'), () => 'same')).rejects.toThrow(
    `web-1 and web-2 would both write to ${at('same')}; let {host} stand in the path.`,
  )
  expect(await engine.fleet.host('web-1').download(at('log'), 'one')).toMatchObject({ path: at('one'), bytes: 5 })
})

test('progress is an event at most ten times a second, whole at the end, and goes to whoever asked', async () => {
  writeFileSync(at('big'), Buffer.alloc(20_000_000))
  const told = new Map<string, number[]>()
  const web = engine.fleet.match('web-*')
  const start = performance.now()
  await web.upload('big', host => at(host.name, 'big'), {
    onProgress: ({ host, done, total }) => {
      expect(total).toBe(20_000_000)
      told.set(host, [...(told.get(host) ?? []), done])
    },
  })
  const seconds = (performance.now() - start) / 1000
  for (const done of told.values()) {
    expect(done.length).toBeGreaterThan(5)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect([done[0], done.at(-1)]).toEqual([0, 20_000_000])
  }
  const progress = events.filter(event => event.type === 'task.progress')
  expect(progress.length).toBeLessThanOrEqual(2 + seconds * 10)
  expect(progress.at(-1)).toMatchObject({ done: 40_000_000, total: 40_000_000 })
  expect(events.at(-1)?.type).toBe('task.end')
})

test('a time-out is told as one; the old file stands', async () => {
  writeFileSync(at('big'), '')
  truncateSync(at('big'), 4_000_000_000)
  writeFileSync(at('web-1', 'big'), 'old')
  const host = engine.fleet.host('web-1')
  await host.script('true')
  const sending = host.upload('big', at('web-1', 'big'), { timeout: 0.05 })
  await expect(sending).rejects.toMatchObject({ name: 'InterruptedError', how: 'timeout' })
  await expect(sending).rejects.toThrow(/given up after 0.05 s/)
  expect([text('web-1', 'big'), readdirSync(at('web-1'))]).toEqual(['old', ['big']])
})

test('hosts that have not begun when it is cancelled are left out', async () => {
  writeFileSync(at('big'), Buffer.alloc(50_000_000))
  const controller = new AbortController()
  const desk = new ApprovalDesk(approveAll, () => {}, controller.signal)
  const results = await inScope({ mode: 'live', signal: controller.signal, desk }, () =>
    engine.fleet.match('web-*').upload('big', host => at(host.name, 'big'), {
      serial: true,
      onProgress: ({ done }) => done > 0 && controller.abort(new Error('stop')),
    }),
  )
  expect([...results.outcomes.values()].map(({ status }) => status)).toEqual(['unknown', 'cancelled'])
  expect([existsSync(at('web-1', 'big')), existsSync(at('web-2', 'big'))]).toEqual([false, false])
})
