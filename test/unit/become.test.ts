import { expect, test } from 'vitest'
import { FakeLink } from '../../src/engine/connect/fake/link.js'
import { Engine } from '../../src/engine/engine.js'
import type { AnswerEvent } from '../../src/engine/events.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import { declineAll } from '../../src/engine/run/approval.js'

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
