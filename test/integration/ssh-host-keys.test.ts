import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { NeedsOpenSsh } from '../../src/engine/connect/needs-openssh.js'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { startAgent } from '../fleet/agent.js'
import { asking, linkTo, stdout } from '../fleet/link-to.js'
import { makeKey, publicKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

describe.skipIf(why)('host keys of a real sshd', () => {
  let sshd: Sshd
  let folder = ''
  beforeAll(async () => {
    sshd = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'muster-ssh-'))
  })
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const file = (name: string, text = '') => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  describe('host keys', () => {
    const fingerprint = () =>
      execFileSync('ssh-keygen', ['-l', '-f', join(sshd.folder, 'host_ed25519.pub')], { encoding: 'utf8' }).split(
        ' ',
      )[1]

    test('unknown and `yes`: refused, with the fingerprint and where to add it', async () => {
      const knownHostsFile = file('empty')
      await expect(linkTo(sshd, { knownHostsFile }).connect()).rejects.toThrow(
        `web-1: the host key of 127.0.0.1:${sshd.port} is not known (ssh-ed25519 ${fingerprint()}) and strictHostKeyChecking is yes: add it to ${knownHostsFile}`,
      )
      expect(readFileSync(knownHostsFile, 'utf8')).toBe('')
    })

    test('unknown and `accept-new`: added as OpenSSH would, and known from then on', async () => {
      const knownHostsFile = file('new', '# a line without its end')
      await linkTo(sshd, { knownHostsFile, strictHostKeyChecking: 'accept-new' }).connect()
      expect(readFileSync(knownHostsFile, 'utf8')).toBe(
        `# a line without its end\n[127.0.0.1]:${sshd.port} ${publicKey(join(sshd.folder, 'host_ed25519')).split(' ').slice(0, 2).join(' ')}\n`,
      )
      await linkTo(sshd, { knownHostsFile }).connect()
    })

    test('unknown and `ask`: the question shows the fingerprint, the answer decides', async () => {
      const knownHostsFile = file('ask')
      const settings = { knownHostsFile, strictHostKeyChecking: 'ask' } as const
      await expect(linkTo(sshd, settings).connect()).rejects.toThrow(
        /nobody is there to ask: add it to .* or set strictHostKeyChecking/,
      )
      await expect(linkTo(sshd, settings, asking({ hostKey: false })).connect()).rejects.toThrow(/was declined$/)
      const yes = asking({ hostKey: true })
      await linkTo(sshd, settings, yes).connect()
      expect(yes.asked).toMatchObject([
        { kind: 'hostkey', host: 'web-1', keyType: 'ssh-ed25519', fingerprint: fingerprint() },
      ])
      await linkTo(sshd, settings).connect()
    })

    test('changed: stops with both fingerprints, file and line, whatever the setting but `no`', async () => {
      const impostor = join(folder, 'impostor')
      makeKey(impostor)
      const old = execFileSync('ssh-keygen', ['-l', '-f', `${impostor}.pub`], { encoding: 'utf8' }).split(' ')[1]
      const knownHostsFile = file('changed', `\n[127.0.0.1]:${sshd.port} ${publicKey(impostor)}`)
      for (const strictHostKeyChecking of ['yes', 'ask', 'accept-new'] as const) {
        await expect(
          linkTo(sshd, { knownHostsFile, strictHostKeyChecking }, asking({ hostKey: true })).connect(),
        ).rejects.toThrow(
          `the host key of 127.0.0.1:${sshd.port} has CHANGED: known is ssh-ed25519 ${old} (${knownHostsFile}:2), shown was ssh-ed25519 ${fingerprint()}`,
        )
      }
      await linkTo(sshd, { knownHostsFile, strictHostKeyChecking: 'no' }).connect()
    })

    test('revoked: stops with file and line', async () => {
      const line = publicKey(join(sshd.folder, 'host_ed25519'))
      const knownHostsFile = file('revoked', `@revoked * ${line}[127.0.0.1]:${sshd.port} ${line}`)
      await expect(linkTo(sshd, { knownHostsFile, strictHostKeyChecking: 'ask' }).connect()).rejects.toThrow(
        `is revoked (${knownHostsFile}:1)`,
      )
    })

    test('several files, hashed names and an alias', async () => {
      const line = publicKey(join(sshd.folder, 'host_ed25519'))
      const hashed = file('hashed', `the-alias ${line}`)
      execFileSync('ssh-keygen', ['-q', '-H', '-f', hashed], { stdio: 'ignore' })
      await linkTo(sshd, { knownHostsFile: [file('none'), hashed], hostKeyAlias: 'the-alias' }).connect()
    })
  })

  test('a server with several keys is asked for the one that is known', async () => {
    const rsa = join(folder, 'second_host_key')
    makeKey(rsa, 'rsa')
    const two = await startSshd({ config: [`HostKey ${rsa}`] })
    try {
      const knownHostsFile = join(folder, 'rsa_only')
      writeFileSync(knownHostsFile, `[127.0.0.1]:${two.port} ${publicKey(rsa)}`)
      await linkTo(two, { knownHostsFile }).connect()
    } finally {
      await two.stop()
    }
  })

  describe('several hosts at once', () => {
    const links = (names: readonly string[], settings: ConnectSettings, asker = asking()) =>
      names.map(hostKeyAlias => linkTo(sshd, { hostKeyAlias, ...settings }, asker))
    const connectAll = (all: readonly ReturnType<typeof linkTo>[]) => Promise.all(all.map(link => link.connect()))
    const key = () => publicKey(join(sshd.folder, 'host_ed25519')).split(' ').slice(0, 2).join(' ')

    test('each adds its line whole, also while the real ssh adds its own', async () => {
      const knownHostsFile = join(folder, 'many', 'known_hosts')
      mkdirSync(join(folder, 'many'))
      const names = Array.from({ length: 12 }, (_, index) => `host-${index}`)
      const theirs = Array.from({ length: 4 }, (_, index) => `theirs-${index}`)
      const programs = theirs.map(alias => {
        const options = [
          `UserKnownHostsFile=${knownHostsFile}`,
          'StrictHostKeyChecking=accept-new',
          `HostKeyAlias=${alias}`,
        ]
        const args = [
          '-F',
          'none',
          ...options.flatMap(option => ['-o', option]),
          '-i',
          sshd.key,
          '-p',
          String(sshd.port),
        ]
        return once(spawn('ssh', [...args, '127.0.0.1', 'true'], { stdio: 'ignore' }), 'exit')
      })
      await connectAll(links(names, { knownHostsFile, strictHostKeyChecking: 'accept-new' }))
      expect((await Promise.all(programs)).map(([code]) => code)).toEqual([0, 0, 0, 0])
      const lines = readFileSync(knownHostsFile, 'utf8').split('\n')
      expect(lines.pop()).toBe('')
      expect(lines.sort()).toEqual([...names, ...theirs].map(name => `${name} ${key()}`).sort())
    })

    test('two links to one unknown host are one question, and one line', async () => {
      const knownHostsFile = file('twice')
      const yes = asking({ hostKey: true })
      await connectAll(links(['web', 'web'], { knownHostsFile, strictHostKeyChecking: 'ask' }, yes))
      expect(yes.asked).toHaveLength(1)
      expect(readFileSync(knownHostsFile, 'utf8')).toBe(`web ${key()}\n`)
    })

    test('the question tells by which other names the key is known', async () => {
      const knownHostsFile = file('same-key', `old-name ${key()}\n`)
      const yes = asking({ hostKey: true })
      await connectAll(links(['web', 'db'], { knownHostsFile, strictHostKeyChecking: 'ask' }, yes))
      expect(yes.asked[0]).toMatchObject({ otherNames: ['old-name'] })
      expect(readFileSync(knownHostsFile, 'utf8').trim().split('\n').sort()).toEqual(
        ['db', 'old-name', 'web'].map(name => `${name} ${key()}`),
      )
    })
  })

  test('a key that cannot be written down is taken all the same, with a note', async () => {
    const knownHostsFile = join(folder, 'no', 'such', 'folder')
    const link = linkTo(sshd, { knownHostsFile, strictHostKeyChecking: 'accept-new' })
    await link.connect()
    expect(link.changes.flatMap(change => change.trace?.notes ?? [])).toContainEqual({
      kind: 'remark',
      text: `the host key could not be added to ${knownHostsFile} (ENOENT); the connection goes on`,
    })
  })

  test('a new name is hidden with hashKnownHosts, and found again', async () => {
    const knownHostsFile = join(folder, 'to-hash')
    await linkTo(sshd, { knownHostsFile, strictHostKeyChecking: 'accept-new', hashKnownHosts: true }).connect()
    expect(readFileSync(knownHostsFile, 'utf8')).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n$/)
    expect(statSync(knownHostsFile).mode & 0o777).toBe(0o600)
    await linkTo(sshd, { knownHostsFile }).connect()
    const found = spawnSync('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', knownHostsFile])
    expect(found.status).toBe(0)
  })

  test('a changed key let pass by `no` gets keys, but neither passwords nor the agent', async () => {
    const impostor = join(folder, 'not-the-one')
    makeKey(impostor)
    const knownHostsFile = file('distrusted', `[127.0.0.1]:${sshd.port} ${publicKey(impostor)}`)
    const settings = { knownHostsFile, strictHostKeyChecking: 'no' } as const
    const agent = startAgent([sshd.key])
    const server = await startSshd({ config: ['PasswordAuthentication yes'] })
    try {
      const trusting = { ...settings, agent: agent.socket, forwardAgent: true }
      expect(await stdout(linkTo(sshd, trusting), 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n')
      const known = { ...trusting, knownHostsFile: sshd.knownHosts }
      expect(await stdout(linkTo(sshd, known), 'echo "[$SSH_AUTH_SOCK]"')).toMatch(/^\[\/tmp\/ssh-/)
      const other = file('distrusted-too', `* ${publicKey(impostor)}`)
      const password = { ...settings, knownHostsFile: other, identityFile: [], password: 'secret' }
      await expect(linkTo(server, password).connect()).rejects.toThrow(
        'no password is sent to a server with a changed host key',
      )
    } finally {
      agent.stop()
      await server.stop()
    }
  })

  describe("left to OpenSSH's ssh", () => {
    const connectors = [new SshConnector()]
    const needs = (settings: ConnectSettings) =>
      linkTo(sshd, settings, asking(), connectors)
        .connect()
        .then(
          () => 'let in',
          (error: unknown) => (error instanceof NeedsOpenSsh ? `${error.feature}: ${error.reason}` : error),
        )

    test('a host that an authority vouches for, unless its key is listed too', async () => {
      const authority = join(folder, 'authority')
      makeKey(authority)
      const line = `@cert-authority 127.0.* ${publicKey(authority)}`
      const knownHostsFile = file('authority-only', line)
      for (const strictHostKeyChecking of ['yes', 'accept-new', 'no'] as const)
        expect(await needs({ knownHostsFile, strictHostKeyChecking })).toBe(
          `host-certificate: the host key of 127.0.0.1:${sshd.port} is vouched for by the certificate authority in ${knownHostsFile}:1, and ssh2 checks no certificates`,
        )
      const both = file('authority-and-key', line + readFileSync(sshd.knownHosts, 'utf8'))
      expect(await needs({ knownHostsFile: both })).toBe('let in')
    })

    test.each([
      ['PKCS11Provider', '/usr/lib/p11.so'],
      ['KnownHostsCommand', '/bin/false'],
      ['VerifyHostKeyDNS', 'yes'],
      ['CheckHostIP', 'yes'],
      ['NoHostAuthenticationForLocalhost', 'yes'],
    ])('%s in ssh_config', async (keyword, value) => {
      const sshConfigFile = file(`config-${keyword}`, `Host *\n  ${keyword} ${value}\n`)
      expect(await needs({ sshConfigFile })).toBe(
        `configuration: ssh_config sets ${keyword} for it, which needs OpenSSH's ssh`,
      )
      const harmless = file(`config-no-${keyword}`, `Host *\n  ${keyword} ${value === 'yes' ? 'no' : 'none'}\n`)
      expect(await needs({ sshConfigFile: harmless })).toBe('let in')
    })

    test('a binary list of revoked keys', async () => {
      const list = join(folder, 'revoked.krl')
      execFileSync('ssh-keygen', ['-q', '-k', '-f', list, `${sshd.key}.pub`])
      const sshConfigFile = file('config-krl', `Host *\n  RevokedHostKeys ${list}\n`)
      expect(await needs({ sshConfigFile })).toBe(
        `revocation-list: ${list} is a binary list of revoked host keys (KRL), which needs OpenSSH's ssh`,
      )
    })
  })
})
