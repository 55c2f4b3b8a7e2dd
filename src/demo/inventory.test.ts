import { expect, test } from 'vitest'
import { resolveInventory } from '../engine/inventory/inventory.js'
import { planHosts } from './hosts/fleet-plan.js'
import { demoInventory } from './inventory.js'

test('groups follow the roles, prod holds them all, and nothing of the own SSH set-up takes part', () => {
  const plans = planHosts(5)
  const addresses = plans.map(({ name }, index) => ({ name, address: '127.0.0.1', port: 4000 + index }) as const)
  const inventory = demoInventory(plans, addresses, { identity: '/run/key', knownHosts: '/run/known' })
  expect(inventory.hosts['db-1']).toEqual({ address: '127.0.0.1', port: 4003 })
  expect(inventory.connect).toMatchObject({
    user: 'root',
    agent: false,
    sshConfigFile: false,
    identityFile: '/run/key',
  })

  const { groups, hosts } = resolveInventory(inventory, 'demo')
  expect(Object.fromEntries(groups)).toEqual({
    web: ['web-1', 'web-2', 'web-3'],
    db: ['db-1'],
    edge: ['edge-1'],
    prod: ['web-1', 'web-2', 'web-3', 'db-1', 'edge-1'],
  })
  expect(hosts.get('web-1')?.data).toEqual({ timezone: 'UTC', role: 'web', workers: 8 })
  expect(hosts.get('web-2')?.data).toEqual({ timezone: 'UTC', role: 'web', workers: 2 })
})
