import { expect, test } from 'vitest'
import { FakeLink } from '../../src/engine/connect/fake/link.js'
import { Engine } from '../../src/engine/engine.js'
import type { AnswerEvent, EngineEvent } from '../../src/engine/events.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import { declineAll } from '../../src/engine/run/approval.js'
import { runDeploy } from '../../src/engine/run/deploy.js'
import * as operations from '../../src/operations/index.js'

test('commands run as whom the inventory says, unless a call says otherwise', async () => {
  const heard: AnswerEvent[] = []
  const engine = new Engine({
    inventory: resolveInventory(
      {
        hosts: { a: {}, b: { become: { su: 'postgres' } }, c: { become: { sudo: false } } },
        groups: { all: { hosts: ['*'], become: { sudo: true } } },
      },
      'inventory.ts',
    ),
    catalogue: { facts: {}, operations: {} },
    link: ({ name }, observer) => new FakeLink(name, () => ({ stdout: 'x\n' }), { observer }),
    approver: declineAll,
    emit: () => {},
    heard: answer => heard.push(answer),
  })
  const asWhom = async (ask: () => Promise<unknown>): Promise<string[]> => {
    heard.length = 0
    await ask()
    const said = heard.map(({ host, identity: { via, user = '' } }) => `${host} ${via} ${user}`.trim())
    return said.sort()
  }
  const { fleet } = engine
  expect(await asWhom(() => fleet.$`id`)).toEqual(['a sudo root', 'b su postgres', 'c login'])
  expect(await asWhom(() => fleet.with({ sudo: 'www' }).$`id`)).toEqual(['a sudo www', 'b sudo www', 'c sudo www'])
  expect(await asWhom(() => fleet.with({ sudo: false }).$`id`)).toEqual(['a login', 'b login', 'c login'])
  await engine.close()
  const wrong = JSON.parse('{ "hosts": { "a": { "become": { "root": true } } } }')
  expect(() => resolveInventory(wrong, 'i.ts')).toThrow(
    'i.ts: host a: become takes sudo, doas or su with true or a user',
  )
})

test('a host says who was logged in as, and a plan who it would be carried out as', async () => {
  const events: EngineEvent[] = []
  const emit = (event: EngineEvent) => void events.push(event)
  const engine = new Engine({
    inventory: resolveInventory({ hosts: { a: {}, b: { become: { sudo: true } }, c: {} } }, 'inventory.ts'),
    catalogue: { facts: {}, operations },
    link: ({ name }, observer) => new FakeLink(name, () => ({}), { observer, user: name === 'c' ? 'ops' : 'deploy' }),
    approver: declineAll,
    emit,
  })
  const { fleet } = engine
  await fleet.connect()
  const ready = events.flatMap(event => (event.type === 'host.state' && event.state === 'ready' ? [event] : []))
  expect(ready.map(({ host, user }) => `${host} ${user}`)).toEqual(['a deploy', 'b deploy', 'c ops'])
  const asWhom = async (ask: () => Promise<unknown>): Promise<unknown> => {
    events.length = 0
    await ask().catch(() => {})
    return events.flatMap(event => (event.type === 'approval.asked' ? event.request.plans.map(plan => plan.as) : []))
  }
  const call = { commands: ['true'] }
  expect(await asWhom(() => fleet.server.shell(call))).toEqual([['deploy', 'root', 'ops']])
  expect(await asWhom(() => fleet.with({ sudo: 'www' }).server.shell(call))).toEqual([['www']])
  expect(await asWhom(() => fleet.each(host => host.server.shell(call)))).toEqual([['deploy', 'root', 'ops']])
  const deploy = () =>
    runDeploy(own => own.server.shell(call), fleet, {
      approver: declineAll,
      emit,
      signal: new AbortController().signal,
    })
  expect(await asWhom(deploy)).toEqual([['deploy', 'root', 'ops']])
  await engine.close()
})
