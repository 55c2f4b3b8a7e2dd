import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseJumps } from './jump-hosts.js'
import { sshConfigHosts } from './ssh-config/named-hosts.js'
import { SshConfigReader } from './ssh-config/reader.js'
import { sshSettings } from './ssh-settings.js'

let folder = ''
const write = (name: string, text: string) => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-config-'))
  mkdirSync(join(folder, 'd'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('sshConfigHosts', () => {
  test('lists concrete aliases in order, through Include, without patterns', () => {
    write('d/b.conf', 'Host included "with space"\n')
    write('d/a.conf', `Host first\nInclude ${folder}/d/deeper\n`)
    write('d/deeper', 'Host deep\n')
    const file = write(
      'hosts',
      `Include ${folder}/d/*.conf\n# Host no\nHost web-1 web-2 !web-3 *.example.com\n  User deploy\nhost=db-1\nMatch host x\n  User y\nHost web-1\n`,
    )
    expect(sshConfigHosts(file)).toEqual(['first', 'deep', 'included', 'with space', 'web-1', 'web-2', 'db-1'])
  })

  test('a file that is missing or includes itself is no endless story', () => {
    expect(sshConfigHosts(join(folder, 'none'))).toEqual([])
    const file = join(folder, 'loop')
    write('loop', `Include ${file}\nHost a\n`)
    expect(sshConfigHosts(file)).toEqual(['a'])
  })
})

describe('sshSettings', () => {
  const settingsOf = (name: string, settings = {}) => sshSettings({ name, settings }, new SshConfigReader())

  test('defaults, when no ssh_config is to be read', async () => {
    const settings = await settingsOf('web-1', { sshConfigFile: false, agent: false })
    expect(settings).toMatchObject({
      host: 'web-1',
      port: 22,
      strictHostKeyChecking: 'ask',
      jumps: [],
      connectTimeout: 10_000,
    })
    expect(settings.identityFiles.map(file => file.replace(/.*\//, ''))).toEqual(['id_rsa', 'id_ecdsa', 'id_ed25519'])
    expect(settings.agent).toBeUndefined()
  })

  test('ssh_config is below the inventory', async () => {
    const sshConfigFile = write(
      'c1',
      'Host web-*\n  HostName %h.internal\n  User ada\n  Port 2200\n  IdentityFile ~/k/%r\n  StrictHostKeyChecking accept-new\n  UserKnownHostsFile /a /b\n  ProxyJump bob@jump:2222,second\n',
    )
    expect(await settingsOf('web-1', { sshConfigFile, user: 'eve' })).toMatchObject({
      host: 'web-1.internal',
      user: 'eve',
      port: 2200,
      strictHostKeyChecking: 'accept-new',
      jumps: [{ name: 'jump', settings: { user: 'bob', port: 2222 } }, { name: 'second' }],
    })
    const { identityFiles, knownHostsFiles } = await settingsOf('web-1', { sshConfigFile })
    expect(identityFiles[0]).toMatch(/\/k\/ada$/)
    expect(knownHostsFiles.slice(0, 2)).toEqual(['/a', '/b'])
    expect(await settingsOf('db-1', { sshConfigFile })).toMatchObject({ host: 'db-1', port: 22, jumps: [] })
  })

  test.skipIf(spawnSync('ssh', ['-V']).error !== undefined)('what only ssh can judge is left to it', async () => {
    const sshConfigFile = write(
      'c2',
      'Match host web-1 exec "true"\n  User matched\nMatch exec "false"\n  User never\n',
    )
    expect((await settingsOf('web-1', { sshConfigFile })).user).toBe('matched')
    expect((await settingsOf('web-2', { sshConfigFile })).user).not.toBe('matched')
  })

  test('a missing file and a mistake in it are one sentence each', async () => {
    await expect(settingsOf('web-1', { sshConfigFile: '/no/such' })).rejects.toThrow(
      'the ssh_config file /no/such does not exist',
    )
    const sshConfigFile = write('c3', 'Host *\n  Port many\n')
    await expect(settingsOf('web-1', { sshConfigFile })).rejects.toThrow(
      /^ssh_config cannot be evaluated: .*c3 line 2: Bad port 'many'\.$/,
    )
    await expect(settingsOf('web-1', { sshConfigFile: false, port: 70000 })).rejects.toThrow(
      'web-1: 70000 is not a TCP port',
    )
  })

  test('a thousand hosts under one block cost one evaluation', async () => {
    const sshConfigFile = write('c4', 'Host web-*\n  User ada\nHost *\n  SendEnv LANG\n')
    const reader = new SshConfigReader()
    const start = performance.now()
    const all = await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        sshSettings({ name: `${n % 2 ? 'web' : 'db'}-${n}`, settings: { sshConfigFile } }, reader),
      ),
    )
    expect(all[1]).toMatchObject({ host: 'web-1', user: 'ada' })
    expect(all[999]).toMatchObject({ host: 'web-999', user: 'ada' })
    expect(all[2]?.user).not.toBe('ada')
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

describe('parseJumps', () => {
  test.each([
    ['jump', [['jump', undefined, undefined]]],
    ['ada@jump:2222', [['jump', 'ada', 2222]]],
    ['ssh://ada@jump:2222', [['jump', 'ada', 2222]]],
    [
      'ada@[::1]:2222, two',
      [
        ['::1', 'ada', 2222],
        ['two', undefined, undefined],
      ],
    ],
  ])('%s', (value, expected) => {
    const jumps = parseJumps(value, { address: 'behind', port: 99, user: 'x', identityFile: '/k' })
    expect(jumps.map(({ name, settings }) => [name, settings.user, settings.port])).toEqual(expected)
    expect(jumps.every(({ settings }) => settings.identityFile === '/k' && settings.address === undefined)).toBe(true)
  })
  test('nonsense is named', () => {
    expect(() => parseJumps('a b:c:d', {})).toThrow('"a b:c:d" is not a jump host: write user@host:port')
  })
})
