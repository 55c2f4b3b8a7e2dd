import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ConnectSettings } from '../connector.js'
import { sshSettings } from '../ssh/ssh-settings.js'
import { SshConfigReader } from '../ssh-config/reader.js'
import { chainKey, jumpChain } from './jump-chain.js'

const folder = mkdtempSync(join(tmpdir(), 'muster-chain-'))
afterAll(() => rmSync(folder, { recursive: true }))
const config = join(folder, 'config')
writeFileSync(
  config,
  [
    'Host outer',
    '  HostName 10.0.0.1',
    'Host inner',
    '  HostName 10.0.0.2',
    '  ProxyJump outer',
    'Host a',
    '  ProxyJump b',
    'Host b',
    '  ProxyJump c',
    'Host c',
    '  ProxyJump a',
    '',
  ].join('\n'),
)

async function chain(settings: ConnectSettings) {
  const reader = new SshConfigReader()
  const endpoint = { name: 'web-1', settings: { sshConfigFile: config, ...settings } }
  return await jumpChain(endpoint, await sshSettings(endpoint, reader), reader)
}
const names = async (settings: ConnectSettings) => (await chain(settings)).map(({ endpoint }) => endpoint.name)

describe('jumpChain', () => {
  test.each([
    ['none', []],
    ['outer', ['outer']],
    ['one,two,three', ['one', 'two', 'three']],
    // The first one's own jump hosts come before it; those of a later one do not count, as with ssh -J.
    ['inner', ['outer', 'inner']],
    ['inner,two', ['outer', 'inner', 'two']],
    ['one,inner', ['one', 'inner']],
  ])('%s goes through %j', async (proxyJump, hops) => {
    expect(await names({ proxyJump })).toEqual(hops)
  })

  test('a host that is its own jump host is reached without it', async () => {
    expect(await names({ proxyJump: 'outer', address: '10.0.0.1' })).toEqual([])
    expect(await names({ proxyJump: 'outer', address: '10.0.0.1', port: 2222 })).toEqual(['outer'])
  })

  test('a circle is named', async () => {
    await expect(chain({ proxyJump: 'a' })).rejects.toThrow('its jump hosts go in a circle: a → b → c → a')
  })

  test('connections are shared by those who would log in the same way, whatever else they differ in', async () => {
    const key = async (settings: ConnectSettings) => chainKey(await chain({ proxyJump: 'inner', ...settings }))
    const usual = await key({})
    expect(await key({ address: '10.9.9.9', user: 'eve', connectTimeout: 3, serverAliveInterval: 1 })).toBe(usual)
    const others: ConnectSettings[] = [
      { identityFile: '/other' },
      { knownHostsFile: '/other' },
      { strictHostKeyChecking: 'no' },
      { agent: '/other' },
      { proxyJump: 'ada@inner' },
      { proxyJump: 'inner:2222' },
    ]
    for (const settings of others) expect(await key(settings), JSON.stringify(settings)).not.toBe(usual)
  })
})
