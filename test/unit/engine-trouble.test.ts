import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLink } from '../../src/engine/connect/index.js'
import { Engine } from '../../src/engine/engine.js'
import { InterruptedError } from '../../src/engine/errors.js'
import type { ApprovalRequest, EngineEvent } from '../../src/engine/events.js'
import type { OperationResult } from '../../src/engine/fleet/operation-result.js'
import type { Outcome } from '../../src/engine/fleet/outcome.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import { operation } from '../../src/engine/operation.js'
import { ApprovalDesk, type Approver, approveAll } from '../../src/engine/run/approval.js'
import { runDeploy } from '../../src/engine/run/deploy.js'
import { inScope } from '../../src/engine/run/scope.js'
import { brief } from '../../src/engine/text/brief.js'
import * as facts from '../../src/facts/index.js'
import { change } from '../../src/operations/change.js'
import * as operations from '../../src/operations/index.js'
import { fakeFleet } from '../../src/testing/index.js'

/** Hosts that are this machine, each with files of its own, and all that goes wrong on them. */
let directory: string
let engine: Engine
let events: EngineEvent[]
let asked: ApprovalRequest[]
let approver: Approver
let operated: ReadonlyMap<string, Outcome<OperationResult>>[]

const NAMES = ['a-1', 'a-2', 'b-1']
const pathOf = (host: { name: string }, file = 'conf'): string => join(directory, `${host.name}.${file}`)
const contentOf = (name: string): string => readFileSync(pathOf({ name }), 'utf8')
const putNew = (host: { name: string }) => ({ dest: pathOf(host), content: 'new\n' })
const deployOptions = () => ({
  approver: (request: ApprovalRequest, signal: AbortSignal) => approver(request, signal),
  emit: (event: EngineEvent) => void events.push(event),
  signal: new AbortController().signal,
})

/** Writes a file, then runs a script that is to go wrong. */
const twoSteps = operation({
  name: 'test.twoSteps',
  summary: 'Writes a file and then runs a script.',
  args: z.object({ path: z.string(), script: z.string() }),
  imperative: true,
  async *plan(host, { path, script }) {
    const before = await host.fact(facts.files.text, { path })
    if (before !== 'step one\n') yield change.file(path, { before: before ?? undefined, after: 'step one\n' })
    yield change.command('the script', { summary: 'run the script', script, touches: [] })
  },
})

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-trouble-'))
  events = []
  asked = []
  operated = []
  approver = approveAll
  for (const name of NAMES) writeFileSync(pathOf({ name }), 'old\n')
  engine = new Engine({
    inventory: resolveInventory(
      { hosts: Object.fromEntries(NAMES.map(name => [name, { connector: 'local' as const }])) },
      'test',
    ),
    catalogue: { facts, operations },
    link: (host, observer) => createLink({ name: host.name, settings: host.connect }, { observer }),
    approver(request, signal) {
      asked.push(request)
      return approver(request, signal)
    },
    emit: event => events.push(event),
    operated: outcomes => operated.push(outcomes),
    directory,
  })
})

afterEach(async () => {
  await engine.close()
  rmSync(directory, { recursive: true })
})

describe('an operation that fails after its first change', () => {
  it('keeps the way back of what was done', async () => {
    const results = await engine.fleet.run(twoSteps, host => ({ path: pathOf(host), script: 'exit 7' }))
    expect(results.failed.names).toEqual(NAMES)
    expect(contentOf('a-1')).toBe('step one\n')
    expect((await results.undo()).changed.names).toEqual(NAMES)
    for (const name of NAMES) expect(contentOf(name)).toBe('old\n')
  })

  it('keeps it when interrupted, and says that the effect is unknown', async () => {
    const controller = new AbortController()
    const desk = new ApprovalDesk(approveAll, () => {}, controller.signal)
    const running = inScope({ mode: 'live', cell: 1, signal: controller.signal, desk }, () =>
      engine.fleet.first(1).run(twoSteps, host => ({ path: pathOf(host), script: 'sleep 60' })),
    )
    while (!events.some(event => event.type === 'change.start' && event.summary === 'run the script')) await sleep(10)
    controller.abort(new Error('interrupted'))
    const outcome = (await running).outcomes.get('a-1')
    expect(outcome?.status).toBe('unknown')
    expect(events.filter(event => event.type === 'change.failed')).toHaveLength(1)
    expect((await engine.undoAll(operated)).changed.names).toEqual(['a-1'])
    expect(contentOf('a-1')).toBe('old\n')
  })

  it('has nothing to take back when the first change was not begun', async () => {
    const results = await engine.fleet.run(twoSteps, () => ({ path: '/proc/no/such/file', script: 'true' }))
    expect(results.failed.names).toEqual(NAMES)
    await expect(results.undo()).rejects.toThrow('There is nothing to undo')
  })
})

it('applies the arguments that were planned, though the function that gave them would now give others', async () => {
  let calls = 0
  const results = await engine.fleet.first(1).files.put(host => ({ dest: pathOf(host), content: `call ${++calls}\n` }))
  expect(results.changed.names).toEqual(['a-1'])
  expect(contentOf('a-1')).toBe('call 1\n')
})

it('never shows the content of a file in a label', async () => {
  await engine.fleet.first(1).files.put({ content: 'PRIVATE matter\n', dest: pathOf({ name: 'a-1' }) })
  expect(asked[0]?.plans[0]?.label).toBe(`files.put ${brief(pathOf({ name: 'a-1' }))}`)
  expect(asked[0]?.title).not.toContain('PRIVATE')
  expect(events.filter(event => event.type === 'task.start').some(event => event.label.includes('PRIVATE'))).toBe(false)
})

describe('an each', () => {
  it('asks for those that wait when another host throws', async () => {
    const results = await engine.fleet.each(async host => {
      if (host.name === 'a-2') throw new Error('not here')
      return host.files.put(putNew(host))
    })
    expect(asked.map(request => request.hosts)).toEqual([['a-1', 'b-1']])
    expect(results.failed.names).toEqual(['a-2'])
    expect(results.changed.names).toEqual(['a-1', 'b-1'])
  })

  it('goes on when one branch is slow, and asks again for that one', async () => {
    await engine.fleet.each(async host => {
      if (host.name === 'b-1') await sleep(900)
      await host.files.put(putNew(host))
    })
    expect(asked.map(request => request.hosts)).toEqual([['a-1', 'a-2'], ['b-1']])
  })

  it('inside an each asks once', async () => {
    await engine.fleet.first(1).each(() => engine.fleet.each(host => host.files.put(putNew(host))))
    expect(asked.map(request => request.hosts)).toEqual([NAMES])
  })

  it('holds what comes up back while a question is open, and the rest of the cell needs no other', async () => {
    approver = async request => {
      await sleep(900)
      return { kind: 'apply', rest: true, confirmedHosts: request.hosts.length }
    }
    await engine.fleet.each(async host => {
      if (host.name === 'b-1') await sleep(500)
      await host.files.put(putNew(host))
    })
    expect(asked.map(request => request.hosts)).toEqual([['a-1', 'a-2']])
    expect(contentOf('b-1')).toBe('new\n')
  })

  it('leaves declined hosts out as skipped, not failed', async () => {
    approver = async () => ({ kind: 'decline' })
    const results = await engine.fleet.each(host => host.files.put(putNew(host)))
    expect(results.failed.size).toBe(0)
    expect([...results.outcomes.values()].map(outcome => outcome.status)).toEqual(['skipped', 'skipped', 'skipped'])
  })
})

describe('an approval', () => {
  const never: Approver = () => new Promise(() => {})

  it('ends when the cell is interrupted, though nobody answers', async () => {
    const controller = new AbortController()
    const desk = new ApprovalDesk(never, event => events.push(event), controller.signal)
    const running = inScope({ mode: 'live', signal: controller.signal, desk }, () => engine.fleet.files.put(putNew))
    while (!events.some(event => event.type === 'approval.asked')) await sleep(10)
    controller.abort(new Error('interrupted'))
    await expect(running).rejects.toThrow('interrupted')
    expect(events.filter(event => event.type === 'approval.given')).toMatchObject([{ decision: { kind: 'decline' } }])
    expect(contentOf('a-1')).toBe('old\n')
  })

  it('is not asked for after the interruption', async () => {
    const controller = new AbortController()
    controller.abort(new Error('interrupted'))
    const desk = new ApprovalDesk(never, event => events.push(event), controller.signal)
    const plan = { operation: 'x', label: 'x', groups: [] }
    await expect(desk.request({ plan, guards: new Map([['a-1', 'confirm']]) })).rejects.toThrow('interrupted')
    expect(events).toEqual([])
  })
})

describe('a deploy', () => {
  it('does not ask, nor apply, when too many hosts failed while it was planned', async () => {
    const report = await runDeploy(
      async fleet => {
        await fleet.with({ readOnly: true }).script(host => (host.name === 'b-1' ? 'true' : 'exit 3'))
        await fleet.files.put(putNew)
      },
      engine.fleet,
      { ...deployOptions(), maxFailures: 1 },
    )
    expect(report.error?.message).toBe('stopped: 2 hosts failed, and at most 1 may')
    expect(report.applied).toBe(false)
    expect(contentOf('b-1')).toBe('old\n')
  })

  it('calls a host unknown whose arguments need an answer that a plan does not have', async () => {
    const report = await runDeploy(
      async fleet => {
        await fleet.files.put(async host => ({ dest: pathOf(host), content: (await host.$`date`).text }))
        await fleet.files.line(host => ({ path: pathOf(host), line: 'old' }))
      },
      engine.fleet,
      { ...deployOptions(), dryRun: true },
    )
    expect(report.plans.map(plan => plan.groups.map(group => group.outcome))).toEqual([['unknown'], ['unknown']])
    expect(report.hosts.get('a-1')?.status).toBe('unknown')
  })

  it('reads afresh what somebody changed while the plan waited for approval', async () => {
    const report = await runDeploy(fleet => fleet.files.put(putNew), engine.fleet, {
      ...deployOptions(),
      async approver(request, signal) {
        if (request.unplanned) return { kind: 'decline' }
        writeFileSync(pathOf({ name: 'a-2' }), 'by hand\n')
        return approveAll(request, signal)
      },
    })
    expect(report.hosts.get('a-1')).toEqual({ status: 'changed' })
    expect(report.hosts.get('a-2')).toMatchObject({ status: 'failed' })
    expect(contentOf('a-2')).toBe('by hand\n')
  })

  it('plans nothing as the content of a file that an earlier change may alter', async () => {
    const report = await runDeploy(
      fleet =>
        fleet.each(async host => {
          await host.files.put(putNew(host))
          if ((await host.read(pathOf(host))) === 'new\n')
            await host.files.put({ ...putNew(host), dest: pathOf(host, 'b') })
        }),
      engine.fleet,
      { ...deployOptions(), dryRun: true },
    )
    expect(report.hosts.get('a-1')).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('the content of'),
    })
    expect(existsSync(pathOf({ name: 'a-1' }, 'b'))).toBe(false)
  })

  it('shows the steps of an each as one plan over its hosts', async () => {
    const report = await runDeploy(
      fleet =>
        fleet.each(async host => {
          await host.files.put(putNew(host))
          await host.files.line({ path: pathOf(host), line: 'more' })
        }),
      engine.fleet.with({ label: 'conf' }),
      { ...deployOptions(), dryRun: true },
    )
    expect(report.plans.map(plan => [plan.operation, plan.groups.flatMap(group => group.hosts).sort()])).toEqual([
      ['files.put', NAMES],
      ['files.line', NAMES],
    ])
  })
})

describe('a host that is lost in the middle of a command', () => {
  const open = () =>
    fakeFleet({
      inventory: ['a', 'b'],
      answer(host, script) {
        if (host === 'a' && script === 'restart') throw new InterruptedError('a', 'lost', 'the connection was lost')
        return {}
      },
    })

  it('is not among those that answered, and is among those that failed', async () => {
    const { fleet, close } = open()
    const results = await fleet.$`restart`
    expect(results.outcomes.get('a')?.status).toBe('unknown')
    expect(results.ok.names).toEqual(['b'])
    expect(results.where(() => true).names).toEqual(['b'])
    expect(results.failed.names).toEqual(['a'])
    await close()
  })

  it('leaves the deploy: nothing more is run on it', async () => {
    const { fleet, ran, close } = open()
    const report = await runDeploy(
      async hosts => {
        await hosts.$`restart`
        await hosts.$`after`
      },
      fleet,
      deployOptions(),
    )
    expect(report.hosts.get('a')).toEqual({ status: 'failed', reason: 'the connection was lost' })
    expect(ran('a')).toEqual(['restart'])
    expect(ran('b')).toEqual(['restart', 'after'])
    await close()
  })
})
