import { expect, test } from 'vitest'
import { planHosts } from './hosts/fleet-plan.js'
import { demoInventory } from './inventory.js'

test('groups follow the roles, prod holds them all, and nothing of the own SSH set-up takes part', () => {
  const plans = planHosts(5)
  const addresses = plans.map(({ name }, index) => ({ name, address: '127.0.0.1', port: 4000 + index }) as const)
  const inventory = demoInventory(plans, addresses, { identity: '/run/key', knownHosts: '/run/known' })
  expect(inventory.groups).toEqual({
    web: { hosts: ['web-1', 'web-2', 'web-3'] },
    db: { hosts: ['db-1'] },
    edge: { hosts: ['edge-1'] },
    prod: { children: ['web', 'db', 'edge'] },
  })
  expect(inventory.hosts['db-1']).toEqual({ address: '127.0.0.1', port: 4003 })
  expect(inventory.connect).toMatchObject({
    user: 'root',
    agent: false,
    sshConfigFile: false,
    identityFile: '/run/key',
  })
})
