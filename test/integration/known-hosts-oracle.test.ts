import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { knownHostsLine, matchesHost, parseKnownHosts } from '../../src/engine/connect/host-keys/known-hosts.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import { NeedsOpenSsh } from '../../src/engine/connect/needs-openssh.js'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { counted } from '../../src/engine/connect/ssh/ssh-wire.js'
import { knownHostsText } from '../fleet/known-hosts-lines.js'
import { asking, closing } from '../fleet/link-to.js'
import { makeKey, publicKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

/** `type base64` of a public key file. */
const bare = (key: string) => publicKey(key).split(' ').slice(0, 2).join(' ')
const blobOf = (line: string) => Buffer.from(line.split(' ')[1] ?? '', 'base64')

describe.skipIf(why)('known_hosts is read as OpenSSH reads it', () => {
  let folder = ''
  const made: Record<string, string> = {}
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-oracle-'))
    for (const [name, type] of [
      ['ed', 'ed25519'],
      ['ed2', 'ed25519'],
      ['rsa', 'rsa'],
      ['ecdsa', 'ecdsa'],
    ] as const) {
      makeKey(join(folder, name), type)
      made[name] = bare(join(folder, name))
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Keys as they are listed, and what is no key. */
  const listed = (keys: readonly string[]) => {
    const [first = ''] = keys
    const blob = first.split(' ')[1] ?? ''
    const token = Buffer.concat([counted('sk-ssh-ed25519@openssh.com'), counted(Buffer.alloc(32, 1)), counted('ssh:')])
    const rsa = keys.find(key => key.startsWith('ssh-rsa')) ?? first
    return [
      ...keys,
      ...keys,
      rsa.replace('ssh-rsa', 'rsa-sha2-512'),
      `ssh-rsa ${blob}`,
      `ssh-ed25519 ${blob.slice(0, -4)}`,
      `ssh-ed25519 ${blob.slice(0, -1)}!`,
      `ssh-ed25519 ${blob}AAAA`,
      `ssh-ed25519  ${blob}`,
      `sk-ssh-ed25519@openssh.com ${token.toString('base64')}`,
      'ssh-ed25519',
      '# ssh-ed25519 key',
      '1024 65537 1234567',
    ]
  }
  const hashed = (name: string, key: string) => {
    const [column = ''] = knownHostsLine(name, blobOf(key), { salt: randomBytes(20) }).split(' ')
    return column
  }

  test('the same lines speak of the same host as for ssh-keygen -l -F', () => {
    const keys = Object.values(made)
    const [some = ''] = keys
    const names = ['web-1', '[web-1]:2222', '10.0.0.7']
    const hosts = [
      ...names,
      ...names.map(name => hashed(name, some)),
      `${hashed('web-1', some)},web-1`,
      `${hashed('web-1', some)}=`,
      '|1|c2hvcnQ=|c2hvcnQ=',
      '|2|a|b',
      'WEB-1',
      '*',
      'web-*',
      'web-?',
      '!web-1',
      '[web-1]:*',
      '[web-?]:2222',
      '',
      '!',
    ]
    const file = join(folder, 'lines')
    fc.assert(
      fc.property(knownHostsText({ keys: listed(keys), hosts }), fc.constantFrom(...names), (text, name) => {
        writeFileSync(file, text)
        const found = spawnSync('ssh-keygen', ['-l', '-F', name, '-f', file], { encoding: 'utf8' })
        const theirs = [...found.stdout.matchAll(/^# Host .* found: line (\d+)/gm)].map(match => Number(match[1]))
        const ours = parseKnownHosts(text, file).filter(entry => matchesHost(entry, name))
        expect(ours.map(entry => entry.line)).toEqual(theirs)
      }),
      { numRuns: 250 },
    )
  }, 120_000)

  describe('and decides as the real ssh does, against a server with two host keys', () => {
    const connectors = [new SshConnector()]
    let sshd: Sshd
    let second = ''
    let decisions = 0
    beforeAll(async () => {
      second = join(folder, 'second')
      makeKey(second, 'rsa')
      sshd = await startSshd({ config: [`HostKey ${second}`] })
    })
    afterAll(() => sshd?.stop())

    /** A link over an ssh_config file and nothing else. */
    const link = (sshConfigFile: string) => {
      const asker = asking()
      const settings = { sshConfigFile, agent: false } as const
      const credentials = new Credentials(asker)
      return closing(createLink({ name: 'server', settings }, { connectors, asker, credentials }))
    }

    /** What both do over the same ssh_config; each finds the known_hosts files as they are given. */
    const decide = async (config: readonly string[], files: Readonly<Record<string, string>>) => {
      // What is read of a file is held to be true for a moment.
      decisions += 1
      const configFile = join(folder, `config-${decisions}`)
      const lines = ['HostName 127.0.0.1', `Port ${sshd.port}`, `IdentityFile ${sshd.key}`, ...config]
      writeFileSync(configFile, `Host server\n${lines.map(line => `  ${line}\n`).join('')}`)
      const paths = [...Object.keys(files), 'absent'].map(name => join(folder, name))
      const fresh = () => {
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
        rmSync(join(folder, 'absent'), { force: true })
      }
      // A hashed name has another salt each time.
      const left = () =>
        paths.map(path =>
          existsSync(path) ? readFileSync(path, 'utf8').replace(/^\|1\|\S+/gm, '|hashed|') : undefined,
        )
      fresh()
      const ssh = spawnSync('ssh', ['-F', configFile, '-o', 'BatchMode=yes', 'server', 'true'], { encoding: 'utf8' })
      const theirs = { in: ssh.status === 0, left: left() }
      fresh()
      const error = await link(configFile)
        .connect()
        .then(
          () => undefined,
          (error: unknown) => error,
        )
      return { theirs, ours: { in: error === undefined, left: left() }, needs: error instanceof NeedsOpenSsh }
    }

    const key = (name: 'real' | 'realRsa' | 'ed2' | 'rsa' | 'ecdsa') => {
      if (name === 'real') return bare(join(sshd.folder, 'host_ed25519'))
      return name === 'realRsa' ? bare(second) : (made[name] ?? '')
    }
    const port = () => `[127.0.0.1]:${sshd.port}`
    const at = (name: string) => join(folder, name)
    const MODES = ['yes', 'accept-new', 'no', 'ask'] as const

    test.each<[what: string, config: () => readonly string[], files: () => Record<string, string>]>([
      [
        'known in the second file',
        () => [`UserKnownHostsFile ${at('a')} ${at('b')}`],
        () => ({ a: '', b: `${port()} ${key('real')}\n` }),
      ],
      [
        'known in the file of the system',
        () => [`UserKnownHostsFile ${at('a')}`, `GlobalKnownHostsFile ${at('b')}`],
        () => ({ a: `${port()} ${key('ed2')}\n`, b: `${port()} ${key('real')}\n` }),
      ],
      [
        'revoked in the file of the system',
        () => [`UserKnownHostsFile ${at('a')}`, `GlobalKnownHostsFile ${at('b')}`],
        () => ({ a: `${port()} ${key('real')}\n`, b: `@revoked * ${key('real')}\n` }),
      ],
      ['unknown, no file', () => [`UserKnownHostsFile ${at('absent')}`], () => ({})],
      ['unknown, no folder', () => [`UserKnownHostsFile ${at('no/such/folder/file')}`], () => ({})],
      ['unknown, the file is a folder', () => [`UserKnownHostsFile ${folder}`], () => ({})],
      ['unknown, nowhere to write', () => ['UserKnownHostsFile none'], () => ({})],
      ['unknown, /dev/null', () => ['UserKnownHostsFile /dev/null'], () => ({})],
      ['unknown, names to be hashed', () => [`UserKnownHostsFile ${at('absent')}`, 'HashKnownHosts yes'], () => ({})],
      [
        'known by an alias',
        () => [`UserKnownHostsFile ${at('a')}`, 'HostKeyAlias The-Alias'],
        () => ({ a: `the-alias ${key('real')}\n${port()} ${key('ed2')}\n` }),
      ],
      [
        'unknown under an alias',
        () => [`UserKnownHostsFile ${at('a')}`, 'HostKeyAlias The-Alias'],
        () => ({ a: `${port()} ${key('real')}\n` }),
      ],
      [
        'its RSA key known alone',
        () => [`UserKnownHostsFile ${at('a')}`],
        () => ({ a: `${port()} ${key('realRsa')}\n` }),
      ],
      [
        'another key of its best type, its RSA key',
        () => [`UserKnownHostsFile ${at('a')}`],
        () => ({ a: `${port()} ${key('ed2')}\n${port()} ${key('realRsa')}\n` }),
      ],
      [
        'its best key known in one file and revoked in the other, its RSA key known',
        () => [`UserKnownHostsFile ${at('a')}`, `GlobalKnownHostsFile ${at('b')}`],
        () => ({
          a: `@revoked ${port()} ${key('real')}\n${port()} ${key('realRsa')}\n`,
          b: `${port()} ${key('real')}\n`,
        }),
      ],
      [
        'its RSA key known, and Ed25519 chosen',
        () => [`UserKnownHostsFile ${at('a')}`, 'HostKeyAlgorithms ssh-ed25519'],
        () => ({ a: `${port()} ${key('realRsa')}\n` }),
      ],
      [
        'a key of a type it has not',
        () => [`UserKnownHostsFile ${at('a')}`],
        () => ({ a: `${port()} ${key('ecdsa')}\n` }),
      ],
      [
        'revoked by RevokedHostKeys',
        () => [`UserKnownHostsFile ${at('a')}`, `RevokedHostKeys ${at('b')}`],
        () => ({ a: `${port()} ${key('real')}\n`, b: `# list\n${key('ed2')}\n${key('real')} mine\n` }),
      ],
      [
        'another one revoked by RevokedHostKeys',
        () => [`UserKnownHostsFile ${at('a')}`, `RevokedHostKeys ${at('b')}`],
        () => ({ a: `${port()} ${key('real')}\n`, b: `${key('ed2')}\n` }),
      ],
      [
        'RevokedHostKeys that are not there',
        () => [`UserKnownHostsFile ${at('a')}`, `RevokedHostKeys ${at('absent')}`],
        () => ({ a: `${port()} ${key('real')}\n` }),
      ],
      [
        'revoked without the port',
        () => [`UserKnownHostsFile ${at('a')}`],
        () => ({ a: `@revoked 127.0.0.1 ${key('real')}\n` }),
      ],
      ['changed without the port', () => [`UserKnownHostsFile ${at('a')}`], () => ({ a: `127.0.0.1 ${key('ed2')}\n` })],
    ])('%s', async (_, config, files) => {
      for (const mode of ['yes', 'accept-new', 'no']) {
        const own = [...config(), `StrictHostKeyChecking ${mode}`]
        const global = own.some(line => line.startsWith('Global')) ? [] : ['GlobalKnownHostsFile none']
        const { theirs, ours, needs } = await decide([...own, ...global], files())
        expect({ mode, needs, ...ours }).toEqual({ mode, needs: false, ...theirs })
      }
    })

    test('generated files', async () => {
      const keys = [key('real'), key('real'), key('realRsa'), key('ed2'), key('rsa')]
      const hosts = [
        port(),
        port(),
        '127.0.0.1',
        hashed(port(), key('real')),
        hashed('127.0.0.1', key('real')),
        '[127.0.0.*]:*',
        `*,!${port()}`,
        `!127.0.0.1,*`,
        '[127.0.0.1]:1',
        'other',
        '*',
      ]
      const file = knownHostsText({ keys: listed(keys), hosts })
      await fc.assert(
        fc.asyncProperty(file, file, fc.constantFrom(...MODES), async (user, system, mode) => {
          const { theirs, ours, needs } = await decide(
            [`UserKnownHostsFile ${at('a')}`, `GlobalKnownHostsFile ${at('b')}`, `StrictHostKeyChecking ${mode}`],
            { a: user, b: system },
          )
          // Where a certificate authority is trusted, the real ssh decides, not we.
          if (needs) expect(user + system).toContain('@cert-authority')
          else expect(ours).toEqual(theirs)
        }),
        { numRuns: 40 },
      )
    }, 180_000)
  })
})
