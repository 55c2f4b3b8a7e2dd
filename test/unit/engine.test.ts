import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLink } from '../../src/engine/connect/index.js'
import { Engine } from '../../src/engine/engine.js'
import type { ApprovalRequest, Decision, EngineEvent } from '../../src/engine/events.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import type { InventorySpec } from '../../src/engine/inventory/spec.js'
import { operation } from '../../src/engine/operation.js'
import { type Approver, approveAll } from '../../src/engine/run/approval.js'
import { runDeploy } from '../../src/engine/run/deploy.js'
import { quote } from '../../src/engine/shell/quote.js'
import * as facts from '../../src/facts/index.js'
import * as operations from '../../src/operations/index.js'

/** Hosts that are this machine, each with a directory of its own. */
let directory: string
let engine: Engine
let events: EngineEvent[]
let asked: ApprovalRequest[]
let decide: (request: ApprovalRequest) => Decision

const NAMES = ['a-1', 'a-2', 'b-1']
const pathOf = (host: string, file: string): string => join(directory, `${host}.${file}`)

function open(spec: Partial<InventorySpec> = {}): Engine {
  const hosts = Object.fromEntries(NAMES.map(name => [name, { connector: 'local' }]))
  return new Engine({
    inventory: resolveInventory({ hosts, groups: { a: { hosts: ['a-*'] } }, ...spec }, 'test'),
    catalogue: { facts, operations },
    link: (host, observer) => createLink({ name: host.name, settings: host.connect }, { observer }),
    approver,
    emit: event => events.push(event),
    directory,
  })
}

const approver: Approver = async request => {
  asked.push(request)
  return decide(request)
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-engine-'))
  events = []
  asked = []
  decide = request => ({ kind: 'apply', confirmedHosts: request.hosts.length })
  for (const name of NAMES)
    writeFileSync(pathOf(name, 'conf'), name === 'b-1' ? 'server old\nport 1\n' : 'server mid\nport 1\n')
  engine = open()
})

afterEach(async () => {
  await engine.close()
  rmSync(directory, { recursive: true })
})

const line = (host: { name: string }) => ({ path: pathOf(host.name, 'conf'), line: 'server new', replace: /^server / })

describe('an operation at the prompt', () => {
  it('plans, asks once, applies, measures, and finds nothing to do the second time', async () => {
    const first = await engine.fleet.files.line(line)
    expect(first.changed.names).toEqual(NAMES)
    expect(asked).toHaveLength(1)
    expect(asked[0]?.guard).toBe('confirm')
    for (const name of NAMES) expect(readFileSync(pathOf(name, 'conf'), 'utf8')).toBe('server new\nport 1\n')
    const second = await engine.fleet.files.line(line)
    expect(second.changed.size).toBe(0)
    expect(second.ok.size).toBe(3)
    expect(asked).toHaveLength(1)
  })

  it('applies only the approved group', async () => {
    decide = request => ({
      kind: 'apply',
      choices: request.choices.filter(choice => choice.hosts.includes('b-1')).map(choice => choice.id),
    })
    const results = await engine.fleet.files.line(line)
    expect(results.changed.names).toEqual(['b-1'])
    expect([...results].filter(([, outcome]) => outcome.status === 'skipped').map(([host]) => host.name)).toEqual([
      'a-1',
      'a-2',
    ])
    expect(readFileSync(pathOf('a-1', 'conf'), 'utf8')).toBe('server mid\nport 1\n')
  })

  it('stops the code when everything is declined, and touches nothing', async () => {
    decide = () => ({ kind: 'decline' })
    await expect(engine.fleet.files.line(line)).rejects.toThrow('Declined: files.line')
    expect(readFileSync(pathOf('b-1', 'conf'), 'utf8')).toBe('server old\nport 1\n')
  })

  it('undoes, with a plan of its own', async () => {
    const results = await engine.fleet.files.line(line)
    const undone = await results.undo()
    expect(undone.changed.names).toEqual(NAMES)
    expect(asked).toHaveLength(2)
    expect(readFileSync(pathOf('b-1', 'conf'), 'utf8')).toBe('server old\nport 1\n')
  })

  it('folds what the hosts of an each ask for into one question', async () => {
    await engine.fleet.each(host => host.files.line(line(host)))
    expect(asked).toHaveLength(1)
    expect(asked[0]?.hosts).toEqual(NAMES)
  })

  it('wants the count where the guard says so', async () => {
    await engine.close()
    engine = open({ guard: 'count' })
    decide = () => ({ kind: 'apply', confirmedHosts: 2 })
    await expect(engine.fleet.files.line(line)).rejects.toThrow('Declined')
    decide = () => ({ kind: 'apply', confirmedHosts: 3 })
    expect((await engine.fleet.files.line(line)).changed.size).toBe(3)
  })

  it('never changes a readonly host, nor runs a command on it that may', async () => {
    await engine.close()
    engine = open({ guard: 'readonly' })
    expect((await engine.fleet.files.line(line)).failed.names).toEqual(NAMES)
    expect((await engine.fleet.$`true`).failed.names).toEqual(NAMES)
    expect((await engine.fleet.with({ readOnly: true }).$`true`).ok.names).toEqual(NAMES)
    expect(readFileSync(pathOf('b-1', 'conf'), 'utf8')).toBe('server old\nport 1\n')
  })

  it('says so when the effect is not what was planned', async () => {
    const stubborn = operation({
      name: 'test.stubborn',
      summary: 'Claims to change a file and does not.',
      args: z.object({ path: z.string() }),
      async *plan(host, { path }) {
        const before = await host.fact(facts.files.text, { path })
        yield {
          summary: 'change it',
          diff: { kind: 'text', subject: path, before: String(before), after: 'x' },
          steps: [{ kind: 'run', script: 'true' }],
          touches: [`file:${path}`],
        }
      },
    })
    const results = await engine.fleet.run(stubborn, host => ({ path: pathOf(host.name, 'conf') }))
    expect(results.failed.names).toEqual(NAMES)
    expect(() => results.get('a-1')).toThrow('test.stubborn was applied, but “change it” (+1 −2) is still to be done.')
  })
})

describe('facts', () => {
  it('asked together go out as one script', async () => {
    const host = engine.fleet.host('a-1')
    const { link } = engine.machine('a-1')
    let scripts = 0
    const run = link.run.bind(link)
    link.run = (script, options) => {
      scripts++
      return run(script, options)
    }
    await Promise.all([
      host.facts.server.os(),
      host.facts.server.kernel(),
      host.facts.hardware.cpus(),
      host.facts.files.text({ path: pathOf('a-1', 'conf') }),
    ])
    expect(scripts).toBe(1)
    await host.facts.server.os()
    expect(scripts).toBe(1)
    await host.$`true`
    await host.facts.files.text({ path: pathOf('a-1', 'conf') })
    expect(scripts).toBe(3)
  })
})

describe('a deploy', () => {
  const put = (host: { name: string }) => ({ dest: pathOf(host.name, 'new'), content: 'one\n' })
  const options = () => ({
    approver,
    emit: (event: EngineEvent) => void events.push(event),
    signal: new AbortController().signal,
  })

  it('is planned whole on predicted state, touching nothing', async () => {
    const report = await runDeploy(
      async fleet => {
        await fleet.files.put(put)
        await fleet.files.line(host => ({ path: pathOf(host.name, 'new'), line: 'two' }))
      },
      engine.fleet,
      { ...options(), dryRun: true },
    )
    expect(report.error).toBeUndefined()
    expect(report.plans).toHaveLength(2)
    expect(report.plans[1]?.groups[0]?.changes[0]?.diff).toMatchObject({ before: 'one\n', after: 'one\ntwo\n' })
    expect([...report.hosts.values()].every(host => host.status === 'would-change')).toBe(true)
    expect(existsSync(pathOf('a-1', 'new'))).toBe(false)
    expect(asked).toHaveLength(0)
  })

  it('asks once, applies, and is the same the second time', async () => {
    const deploy = async (fleet: typeof engine.fleet): Promise<void> => {
      const made = await fleet.files.put(put)
      await made.changed.files.line(host => ({ path: pathOf(host.name, 'new'), line: 'two' }))
    }
    const report = await runDeploy(deploy, engine.fleet, options())
    expect(asked).toHaveLength(1)
    expect([...report.hosts.values()].map(host => host.status)).toEqual(['changed', 'changed', 'changed'])
    expect(readFileSync(pathOf('a-1', 'new'), 'utf8')).toBe('one\ntwo\n')
  })

  it('calls what depends on an unpredictable change unknown, never the same', async () => {
    const mystery = operation({
      name: 'test.mystery',
      summary: 'May do anything to a file.',
      args: z.object({ path: z.string() }),
      async *plan(_, { path }) {
        yield {
          summary: 'do something',
          diff: { kind: 'command', subject: path, command: 'true' },
          steps: [{ kind: 'run', script: `echo more >> ${quote(path)}` }],
          touches: [`file:${path}`],
          settles: false,
        }
      },
    })
    const present = (host: { name: string }) => ({ path: pathOf(host.name, 'conf'), line: 'port 1' })
    const report = await runDeploy(
      async fleet => {
        await fleet.first(1).run(mystery, host => ({ path: pathOf(host.name, 'conf') }))
        const settled = await fleet.files.line(present)
        await settled.changed.files.line(present)
      },
      engine.fleet,
      { ...options(), dryRun: true },
    )
    const [, lines, after] = report.plans
    expect(lines?.groups.map(group => [group.outcome, group.hosts])).toEqual([
      ['unknown', ['a-1']],
      ['same', ['a-2', 'b-1']],
    ])
    expect(lines?.groups[0]?.reason).toContain('do something')
    expect(after?.groups).toMatchObject([{ outcome: 'unknown', hosts: ['a-1'] }])
    expect(report.hosts.get('a-1')?.status).toBe('unknown')
    expect(report.hosts.get('b-1')?.status).toBe('same')
  })

  it('names the line whose answer a plan cannot know', async () => {
    const report = await runDeploy(
      fleet =>
        fleet.each(async host => {
          const { text } = await host.$`date`
          if (text !== '') await host.files.put(put(host))
        }),
      engine.fleet,
      { ...options(), dryRun: true },
    )
    expect(report.hosts.get('a-1')).toMatchObject({ status: 'unknown', reason: expect.stringContaining('“date”') })
  })

  it('stops a host on which a change comes up that was not approved', async () => {
    let planning = true
    const report = await runDeploy(
      async fleet => {
        if (!planning) await fleet.first(1).files.put(put)
        else await fleet.files.line(line)
        planning = false
      },
      engine.fleet,
      {
        ...options(),
        approver: async (request, signal) => (request.unplanned ? { kind: 'decline' } : approveAll(request, signal)),
      },
    )
    expect(report.hosts.get('a-1')).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('was not in the approved plan'),
    })
    expect(existsSync(pathOf('a-1', 'new'))).toBe(false)
  })

  it('drops a host that fails and goes on with the others', async () => {
    const report = await runDeploy(
      async fleet => {
        await fleet.with({ readOnly: true }).script(host => (host.name === 'a-1' ? 'exit 3' : 'true'))
        await fleet.files.line(line)
      },
      engine.fleet,
      options(),
    )
    expect(report.hosts.get('a-1')).toMatchObject({ status: 'failed', reason: 'exit 3 exited with 3' })
    expect(report.hosts.get('a-2')).toEqual({ status: 'changed' })
    expect(readFileSync(pathOf('a-1', 'conf'), 'utf8')).toBe('server mid\nport 1\n')
  })
})
