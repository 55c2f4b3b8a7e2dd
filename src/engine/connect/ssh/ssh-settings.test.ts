import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectSettings } from '../connector.js'
import { sshConfigHosts } from '../ssh-config/named-hosts.js'
import { SshConfigReader } from '../ssh-config/reader.js'
import { parseJumps } from '../ways/jump-hosts.js'
import { CIPHERS, MACS } from './ssh-algorithms.js'
import { type SshSettings, sshSettings } from './ssh-settings.js'

const METHODS = ['gssapi-with-mic', 'hostbased', 'publickey', 'keyboard-interactive', 'password']

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

  describe.each([
    ['with ssh', () => new SshConfigReader()],
    ['without', () => new SshConfigReader(async () => undefined)],
  ])('%s, the inventory beats ssh_config, and ssh_config the default', (_, reader) => {
    const before = process.env
    beforeAll(() => {
      process.env = { ...before, MUSTER_AGENT: '/run/agent', SSH_AUTH_SOCK: '/run/usual' }
    })
    afterAll(() => {
      process.env = before
    })
    test.each<[keyof SshSettings, unknown, string, unknown, ConnectSettings, unknown]>([
      ['host', 'web-1', 'HostName %h.example', 'web-1.example', { address: '[::1]:2222' }, '::1'],
      ['port', 22, 'Port 2200', 2200, { address: '[::1]:2222' }, 2222],
      ['addressFamily', 'any', 'AddressFamily inet6', 'inet6', { addressFamily: 'inet' }, 'inet'],
      ['bindAddress', undefined, 'BindAddress 127.0.0.1', '127.0.0.1', { bindAddress: '::1' }, '::1'],
      ['identitiesOnly', false, 'IdentitiesOnly yes', true, { identitiesOnly: false }, false],
      ['certificateFiles', [], 'CertificateFile /c-%n', ['/c-web-1'], { certificateFile: '/d-%%' }, ['/d-%']],
      ['agent', '/run/usual', 'IdentityAgent /run/%n', '/run/web-1', { agent: '$MUSTER_AGENT' }, '/run/agent'],
      ['agent', '/run/usual', 'IdentityAgent none', undefined, { agent: false }, undefined],
      ['forwardAgent', undefined, 'ForwardAgent yes', '/run/usual', { forwardAgent: '$MUSTER_AGENT' }, '/run/agent'],
      [
        'preferredAuthentications',
        METHODS,
        'PreferredAuthentications password',
        ['password'],
        { preferredAuthentications: ['publickey'] },
        ['publickey'],
      ],
      [
        'preferredAuthentications',
        METHODS,
        'PasswordAuthentication no',
        METHODS.slice(0, -1),
        { preferredAuthentications: 'password,publickey' },
        ['publickey'],
      ],
      ['numberOfPasswordPrompts', 3, 'NumberOfPasswordPrompts 1', 1, { numberOfPasswordPrompts: 2 }, 2],
      ['numberOfPasswordPrompts', 3, 'BatchMode yes', 0, { numberOfPasswordPrompts: 2 }, 2],
      ['hashKnownHosts', false, 'HashKnownHosts yes', true, { hashKnownHosts: false }, false],
      ['hostKeyAlias', undefined, 'HostKeyAlias One', 'one', { hostKeyAlias: 'two' }, 'two'],
      ['hostKeyOrderChosen', false, 'HostKeyAlgorithms ssh-ed25519', true, { hostKeyAlgorithms: '-ssh-rsa' }, false],
      [
        'newHostKeysFile',
        join(homedir(), '.ssh/known_hosts'),
        'UserKnownHostsFile /k1 /k2',
        '/k1',
        { knownHostsFile: ['/a', '/b'] },
        '/a',
      ],
      ['proxyCommand', undefined, 'ProxyCommand nc %h %p', 'nc %h %p', { proxyCommand: false }, undefined],
      ['proxyCommand', undefined, 'ProxyCommand nc %h %p', 'nc %h %p', { proxyJump: 'j' }, undefined],
      ['connectTimeout', 10_000, 'ConnectTimeout 1m', 60_000, { connectTimeout: 0.5 }, 500],
      ['connectionAttempts', 1, 'ConnectionAttempts 3', 3, { connectionAttempts: 2 }, 2],
      ['serverAliveInterval', 5000, 'ServerAliveInterval 0', 0, { serverAliveInterval: 1 }, 1000],
      ['serverAliveCountMax', 3, 'ServerAliveCountMax 7', 7, { serverAliveCountMax: 2 }, 2],
    ])('%s', async (key, usual, line, configured, settings, given) => {
      const sshConfigFile = write(`line-${line.replace(/\W+/g, '')}`, `Host *\n  ${line}\n`)
      const value = async (own: ConnectSettings) => (await sshSettings({ name: 'web-1', settings: own }, reader()))[key]
      expect(await value({ sshConfigFile: false })).toEqual(usual)
      expect(await value({ sshConfigFile })).toEqual(configured)
      expect(await value({ ...settings, sshConfigFile })).toEqual(given)
    })

    test('ciphers: a change to the default is one to ours, whoever asks for it', async () => {
      const sshConfigFile = write('ciphers', 'Host *\n  Ciphers +aes128-cbc\n')
      const { algorithms } = await sshSettings({ name: 'web-1', settings: { sshConfigFile } }, reader())
      expect(algorithms.cipher).toEqual([...CIPHERS.usual, 'aes128-cbc'])
      expect(algorithms.mac).toEqual(MACS.usual)
    })
  })

  test('a token that is not known, or a variable that is not set, is one sentence with host and keyword', async () => {
    await expect(settingsOf('web-1', { sshConfigFile: false, identityFile: '/k-%z' })).rejects.toThrow(
      'web-1: IdentityFile: "/k-%z" holds the unknown token %z',
    )
    await expect(settingsOf('web-1', { sshConfigFile: false, identityFile: '\u0024{NO_SUCH_ONE}/k' })).rejects.toThrow(
      'the environment variable NO_SUCH_ONE is not set',
    )
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
    const jumps = parseJumps(value, { settings: { address: 'behind', port: 99, user: 'x', identityFile: '/k' } })
    expect(jumps.map(({ name, settings }) => [name, settings.user, settings.port])).toEqual(expected)
    expect(jumps.every(({ settings }) => settings.identityFile === '/k' && settings.address === undefined)).toBe(true)
  })
  test('a jump host that is a host of the inventory is reached as that says', () => {
    const peers: Readonly<Record<string, ConnectSettings>> = {
      bastion: { address: '10.0.0.1', password: 'sesame', user: 'guard', proxyJump: 'bastion,inner' },
      inner: { address: '10.0.0.2', port: 2022, proxyJump: 'other' },
    }
    const jumps = parseJumps('bastion,ada@inner:22,stranger', {
      settings: { identityFile: '/k', password: 'own', proxyJump: 'bastion,inner' },
      peer: name => peers[name],
    })
    expect(jumps.map(({ settings }) => settings)).toEqual([
      { address: '10.0.0.1', password: 'sesame', user: 'guard' },
      { address: '10.0.0.2', port: 22, user: 'ada', proxyJump: 'other' },
      { identityFile: '/k' },
    ])
  })
  test('nonsense is named', () => {
    expect(() => parseJumps('a b:c:d', { settings: {} })).toThrow('"a b:c:d" is not a jump host: write user@host:port')
  })
})
