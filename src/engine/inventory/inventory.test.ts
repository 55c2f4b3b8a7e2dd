import { describe, expect, it } from 'vitest'
import { registerDeclaration } from './declaration.js'
import { resolveInventory } from './inventory.js'
import { inventoryFromList } from './open.js'
import type { InventorySpec } from './spec.js'

const spec: InventorySpec = {
  hosts: { 'web-[1-3]': { data: { workers: 2 } }, 'db-1': { address: '10.0.0.1', guard: 'open' } },
  groups: {
    web: { hosts: ['web-*'], data: { role: 'front', workers: 4 }, connect: { user: 'www' } },
    prod: {
      children: ['web'],
      hosts: ['db-1'],
      data: { role: 'any', zone: 'eu' },
      guard: 'count',
      connect: { user: 'prod', port: 2222 },
    },
  },
  data: { timezone: 'UTC', zone: 'none' },
  connect: { user: 'all' },
}

describe('resolveInventory', () => {
  const inventory = resolveInventory(spec, 'inventory.ts')

  it('expands ranges and keeps the order', () => {
    expect([...inventory.hosts.keys()]).toEqual(['web-1', 'web-2', 'web-3', 'db-1'])
    expect(inventory.groups.get('prod')).toEqual(['web-1', 'web-2', 'web-3', 'db-1'])
  })

  it('lets the host win over its group, a child group over its parent, all over the inventory', () => {
    expect(inventory.hosts.get('web-1')?.data).toEqual({ timezone: 'UTC', zone: 'eu', role: 'front', workers: 2 })
    expect(inventory.hosts.get('web-1')?.connect).toEqual({ user: 'www', port: 2222 })
    expect(inventory.hosts.get('db-1')?.connect).toEqual({ user: 'prod', port: 2222, address: '10.0.0.1' })
  })

  it('lets a nearer way to the host replace a farther one of the other kind', () => {
    const { hosts } = resolveInventory(
      {
        hosts: { a: { proxyCommand: 'nc %h %p' }, b: { proxyJump: false }, c: {} },
        connect: { proxyJump: 'jump', addressFamily: 'inet6' },
      },
      'x',
    )
    expect(hosts.get('a')?.connect).toEqual({ proxyCommand: 'nc %h %p', addressFamily: 'inet6' })
    expect(hosts.get('b')?.connect).toEqual({ proxyJump: false, addressFamily: 'inet6' })
    expect(hosts.get('c')?.connect).toEqual({ proxyJump: 'jump', addressFamily: 'inet6' })
  })

  it('keeps the strictest guard', () => {
    expect(inventory.hosts.get('db-1')?.guard).toBe('count')
    expect(resolveInventory({ hosts: { a: {} } }, 'x').hosts.get('a')?.guard).toBe('confirm')
    expect(resolveInventory({ hosts: { a: {} }, guard: 'readonly' }, 'x').hosts.get('a')?.guard).toBe('readonly')
  })

  it.each<[string, InventorySpec, string]>([
    [
      'an unknown child',
      { hosts: { a: {} }, groups: { g: { children: ['h'] } } },
      'i.ts: the group g has a child h that is not there; there are g.',
    ],
    [
      'a circle',
      { hosts: { a: {} }, groups: { g: { children: ['h'] }, h: { children: ['g'] } } },
      'i.ts: the group g is a child of itself (g → h → g).',
    ],
    [
      'an unknown member',
      { hosts: { web: {} }, groups: { g: { hosts: ['wbe'] } } },
      'i.ts: group g: There is no host wbe; did you mean web?',
    ],
    ['a host twice', { hosts: { 'a[1-2]': {}, a1: {} } }, 'i.ts: the host a1 is there twice.'],
    [
      'a setting that is not there',
      JSON.parse('{"hosts":{"a":{"identityFiles":"k"}}}'),
      'i.ts: host a: there is no connection setting identityFiles; did you mean identityFile?',
    ],
    [
      'a value of the wrong kind',
      JSON.parse('{"hosts":{"a":{}},"groups":{"g":{"connect":{"port":"22"}}}}'),
      'i.ts: group g: port must be a TCP port (1 to 65535), not "22".',
    ],
    [
      'a value out of its range',
      { hosts: { a: {} }, connect: { serverAliveInterval: -1 } },
      'i.ts: serverAliveInterval must be seconds from 0, not -1.',
    ],
    [
      'a password that is none, without showing it',
      JSON.parse('{"hosts":{"a":{"sudoPassword":12345}}}'),
      'i.ts: host a: sudoPassword must be text, a secret or a function that gives one.',
    ],
    [
      'two ways to one host',
      { hosts: { a: { proxyJump: 'b', proxyCommand: 'nc %h %p' } } },
      'i.ts: host a: proxyJump and proxyCommand are two ways to the same host; set one of them.',
    ],
    [
      'a group that is a list',
      JSON.parse('{"hosts":{"a":{}},"groups":{"g":["a","b","c","d"]}}'),
      "i.ts: group g: it is a list; write { hosts: ['a', 'b', 'c', …] }.",
    ],
    [
      'hosts that are a list',
      JSON.parse('{"hosts":["a","b"]}'),
      "i.ts: hosts is a list; write hosts: { 'a': {}, 'b': {} }.",
    ],
    ['no hosts', JSON.parse('{"hosts":null}'), 'i.ts: an inventory needs hosts: { name: { … } }.'],
    [
      'a host that is none',
      JSON.parse('{"hosts":{"a":null}}'),
      'i.ts: host a: settings are needed, if none are wanted {}.',
    ],
    [
      'a guard that is not there',
      JSON.parse('{"hosts":{"a":{}},"guard":"read-only"}'),
      'i.ts: there is no guard read-only; did you mean readonly?',
    ],
    [
      'a slip in the name of a guard',
      JSON.parse('{"hosts":{"a":{}},"groups":{"g":{"gaurd":"readonly"}}}'),
      'i.ts: group g: there is nothing called gaurd; did you mean guard?',
    ],
    [
      'members that are no list',
      JSON.parse('{"hosts":{"a":{}},"groups":{"g":{"hosts":"a"}}}'),
      "i.ts: group g: hosts must be a list of names: hosts: ['web'].",
    ],
    [
      'data that is no table',
      JSON.parse('{"hosts":{"a":{"data":"x"}}}'),
      "i.ts: host a: data must be a table: data: { role: 'web' }.",
    ],
    ['a name with a space', { hosts: { 'a b': {} } }, '“a b” cannot be a host name'],
  ])('refuses %s', (_, bad, message) => {
    expect(() => resolveInventory(bad, 'i.ts')).toThrow(message)
  })

  it('declares names and data types', () => {
    const text = registerDeclaration(inventory)
    expect(text).toContain('hosts: "web-1" | "web-2" | "web-3" | "db-1"')
    expect(text).toContain('groups: "web" | "prod"')
    expect(text).toContain('readonly "workers"?: number')
    expect(text).toContain('readonly "timezone": string')
  })
})

describe('inventoryFromList', () => {
  it('reads names, users, ports, ranges and this machine', () => {
    expect(inventoryFromList('web-[1-2],deploy@db-1:2222,@local').hosts).toEqual({
      'web-1': {},
      'web-2': {},
      'db-1': { user: 'deploy', port: 2222 },
      local: { connector: 'local' },
    })
  })

  it('takes root file systems of this machine, as pyinfra writes them', () => {
    expect(inventoryFromList('@chroot//srv/image,@chroot/srv/other/').hosts).toEqual({
      'srv-image': { connector: 'chroot', root: '/srv/image' },
      'srv-other': { connector: 'chroot', root: '/srv/other' },
    })
  })

  it('reads IPv6 addresses', () => {
    expect(inventoryFromList('[::1]:2222,root@[fe80::1%eth0],2001:db8::7,ada@::2').hosts).toEqual({
      '::1': { port: 2222 },
      'fe80::1%eth0': { user: 'root' },
      '2001:db8::7': {},
      '::2': { user: 'ada' },
    })
  })

  it('takes no host twice, in two ways', () => {
    expect(inventoryFromList('a,a').hosts).toEqual({ a: {} })
    expect(() => inventoryFromList('a:22,a:23')).toThrow('a is in a:22,a:23 twice')
  })

  it.each(['@web', '@chroot/', '@chroot', 'a b', 'web:99999', '', '[::1', '::1]:22', '[::1]:0', '[::g]'])(
    'refuses %j',
    list => {
      expect(() => inventoryFromList(list)).toThrow()
    },
  )
})
