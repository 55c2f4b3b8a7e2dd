import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NeedsOpenSsh } from '../../src/engine/connect/needs-openssh.js'
import { SshConnector } from '../../src/engine/connect/ssh/ssh.js'
import { counted } from '../../src/engine/connect/ssh/ssh-wire.js'
import { startAgent } from '../fleet/agent.js'
import { asking, linkTo, stdout } from '../fleet/link-to.js'
import { makeKey, publicKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

describe.skipIf(why)('keys, on a real sshd', () => {
  let sshd: Sshd
  let folder = ''
  beforeAll(async () => {
    sshd = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'muster-keys-'))
  })
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Keys that no server knows. */
  const strangers = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => {
      const key = join(folder, `${prefix}-${index}`)
      makeKey(key)
      return key
    })
  const letIn = (server: Sshd, line: string) => appendFileSync(join(server.folder, 'authorized_keys'), line)
  const notes = (link: ReturnType<typeof linkTo>) => link.changes.flatMap(change => change.trace?.notes ?? [])
  const offered = (link: ReturnType<typeof linkTo>) =>
    notes(link).flatMap(note => (note.kind === 'key' ? [`${note.origin.split('/').at(-1)} ${note.answer}`] : []))

  describe('formats', () => {
    const made: readonly (readonly [name: string, keygen: readonly string[]])[] = [
      ['OpenSSH ed25519', ['-t', 'ed25519']],
      ['OpenSSH rsa', ['-t', 'rsa', '-b', '2048']],
      ['OpenSSH ecdsa 256', ['-t', 'ecdsa', '-b', '256']],
      ['OpenSSH ecdsa 521', ['-t', 'ecdsa', '-b', '521']],
      ['OpenSSH aes256-gcm', ['-t', 'ed25519', '-Z', 'aes256-gcm@openssh.com']],
      ['PEM rsa', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
      ['PEM ecdsa 384', ['-t', 'ecdsa', '-b', '384', '-m', 'PEM']],
      ['PKCS8 rsa', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
      ['PKCS8 ecdsa 256', ['-t', 'ecdsa', '-b', '256', '-m', 'PKCS8']],
    ]
    test.each(made.flatMap(([name, keygen]) => ['', 'open sesame'].map(passphrase => ({ name, keygen, passphrase }))))(
      '$name, passphrase “$passphrase”',
      async ({ name, keygen, passphrase }) => {
        const key = join(folder, `${name} ${passphrase}`)
        execFileSync('ssh-keygen', ['-q', ...keygen, '-N', passphrase, '-f', key])
        letIn(sshd, publicKey(key))
        const ask = asking({ secrets: ['open sesame'] })
        expect(await stdout(linkTo(sshd, { identityFile: key }, ask), 'echo in')).toBe('in\n')
        expect(ask.asked).toHaveLength(passphrase === '' ? 0 : 1)
        // Without its public half beside it, an encrypted one must be unlocked to be offered.
        rmSync(`${key}.pub`)
        const alone = asking({ secrets: ['open sesame'] })
        expect(await stdout(linkTo(sshd, { identityFile: key }, alone), 'echo in')).toBe('in\n')
      },
    )

    test.each(['', 'open sesame'])('PKCS8 ed25519, as openssl writes it, passphrase “%s”', async passphrase => {
      const { privateKey } = generateKeyPairSync('ed25519')
      const cipher = passphrase === '' ? {} : { cipher: 'aes-256-cbc', passphrase }
      const key = join(folder, `pkcs8-ed25519-${passphrase}`)
      writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }), { mode: 0o600 })
      const { x = '' } = privateKey.export({ format: 'jwk' })
      const blob = Buffer.concat([counted('ssh-ed25519'), counted(Buffer.from(x, 'base64url'))])
      letIn(sshd, `ssh-ed25519 ${blob.toString('base64')}\n`)
      const ask = asking({ secrets: ['wrong', 'open sesame'] })
      expect(await stdout(linkTo(sshd, { identityFile: key }, ask), 'echo in')).toBe('in\n')
      expect(ask.asked).toHaveLength(passphrase === '' ? 0 : 2)
    })
  })

  describe('each trouble is one sentence', () => {
    test('a wrong passphrase, asked for as often as numberOfPasswordPrompts says', async () => {
      const key = join(folder, 'forgotten')
      makeKey(key, 'ed25519', 'nobody knows')
      letIn(sshd, publicKey(key))
      for (const [tries, asked] of [
        [undefined, 3],
        [1, 1],
        [0, 0],
      ]) {
        const ask = asking({ secrets: ['a', 'b', 'c', 'd'] })
        const settings = { identityFile: key, ...(tries === undefined ? {} : { numberOfPasswordPrompts: tries }) }
        await expect(linkTo(sshd, settings, ask).connect()).rejects.toThrow(
          asked === 0
            ? `the key file ${key} is encrypted and nobody gave its passphrase`
            : `wrong passphrase for ${key}`,
        )
        expect(ask.asked).toHaveLength(asked ?? 0)
      }
    })

    test('a key that others can read is not used, as with OpenSSH, unless the agent holds it', async () => {
      const key = join(folder, 'open-to-all')
      copyFileSync(sshd.key, key)
      chmodSync(key, 0o644)
      await expect(linkTo(sshd, { identityFile: key }).connect()).rejects.toThrow(
        `permissions 0644 for ${key} are too open: private keys must not be accessible by others, so it is ignored (chmod 600 ${key})`,
      )
      const agent = startAgent([sshd.key])
      try {
        const link = linkTo(sshd, { identityFile: key, identitiesOnly: true, agent: agent.socket })
        expect(await stdout(link, 'echo in')).toBe('in\n')
      } finally {
        agent.stop()
      }
    })

    test.each([
      ['a folder', (path: string) => execFileSync('mkdir', [path]), /cannot be read \(EISDIR\)/],
      ['no key', (path: string) => writeFileSync(path, 'hello\n', { mode: 0o600 }), /holds no key that can be used/],
      [
        'a key cut short',
        (path: string) =>
          writeFileSync(path, '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----\n', {
            mode: 0o600,
          }),
        /holds no key that can be used \(it is damaged\)/,
      ],
    ])('%s', async (name, make, sentence) => {
      const path = join(folder, `file: ${name}`)
      make(path)
      await expect(linkTo(sshd, { identityFile: path }).connect()).rejects.toThrow(sentence)
    })

    test('an agent that is not there', async () => {
      const link = linkTo(sshd, { identityFile: '/no/key', agent: '/no/agent' })
      await expect(link.connect()).rejects.toThrow(/the agent at \/no\/agent gives no keys \(connect ENOENT/)
    })
  })

  describe('order, and whose private half is where', () => {
    test('agent keys that are identity files first, then its others, then files', async () => {
      const [inBoth = '', inAgent = '', inFile = ''] = strangers(3, 'order')
      const agent = startAgent([inAgent, inBoth])
      try {
        const link = linkTo(sshd, { identityFile: [inFile, inBoth], agent: agent.socket })
        await expect(link.connect()).rejects.toThrow(/does not let/)
        // ssh-add names keys after their comment.
        expect(offered(link)).toEqual(['muster test refused', 'muster test refused', 'order-2 refused'])
        const fingerprints = notes(link).flatMap(note => (note.kind === 'key' ? [note.fingerprint] : []))
        expect(fingerprints).toEqual([inBoth, inAgent, inFile].map(key => keygenFingerprint(key)))
        const only = linkTo(sshd, { identityFile: [inFile, inBoth], agent: agent.socket, identitiesOnly: true })
        await expect(only.connect()).rejects.toThrow(/does not let/)
        expect(offered(only)).toEqual(['muster test refused', 'order-2 refused'])
      } finally {
        agent.stop()
      }
    })

    test('a public key as identityFile stands for the private half in the agent, also by the name of the missing private file', async () => {
      const key = join(folder, 'elsewhere')
      copyFileSync(sshd.key, `${key}-moved`)
      copyFileSync(`${sshd.key}.pub`, `${key}.pub`)
      const agent = startAgent([`${key}-moved`])
      try {
        for (const identityFile of [key, `${key}.pub`]) {
          const link = linkTo(sshd, { identityFile, identitiesOnly: true, agent: agent.socket })
          expect(await stdout(link, 'echo in')).toBe('in\n')
        }
        await expect(linkTo(sshd, { identityFile: `${key}.pub` }).connect()).rejects.toThrow(
          `${key}.pub is a public key and the agent does not hold its private half`,
        )
      } finally {
        agent.stop()
      }
    })
  })

  describe('more keys than the server allows attempts', () => {
    test('connects anew for the others; the right one is first from then on, also for another host of the same user', async () => {
      const server = await startSshd({ config: ['MaxAuthTries 3'] })
      const second = await startSshd({ config: ['MaxAuthTries 1'] })
      try {
        letIn(second, publicKey(server.key))
        const identityFile = [...strangers(7, 'first'), server.key]
        const link = linkTo(server, { identityFile })
        expect(await stdout(link, 'echo in')).toBe('in\n')
        expect(offered(link)).toHaveLength(8)
        expect(offered(link).at(-1)).toBe('id_ed25519 accepted')
        expect(notes(link)).toContainEqual({
          kind: 'remark',
          text: expect.stringMatching(/^the server hung up after \d attempts? \(MaxAuthTries\): connecting again/),
        })
        for (const again of [linkTo(server, { identityFile }), linkTo(second, { identityFile })]) {
          await again.connect()
          expect(offered(again)).toEqual(['id_ed25519 accepted'])
        }
      } finally {
        await server.stop()
        await second.stop()
      }
    })

    test('gives up after a few connections, in one sentence', async () => {
      const server = await startSshd({ config: ['MaxAuthTries 1'] })
      try {
        const link = linkTo(server, { identityFile: strangers(8, 'many') })
        await expect(link.connect()).rejects.toThrow(
          `web-1: 127.0.0.1:${server.port} closed the connection after too many keys; choose one with identityFile and identitiesOnly`,
        )
        expect(offered(link)).toHaveLength(5)
      } finally {
        await server.stop()
      }
    })

    test('names what was refused when the last key fell to the last attempt', async () => {
      const server = await startSshd({ config: ['MaxAuthTries 2'] })
      try {
        const keys = strangers(2, 'exactly')
        await expect(linkTo(server, { identityFile: keys }).connect()).rejects.toThrow(
          new RegExp(`does not let ${server.user} in \\(refused: .*exactly-0 .*exactly-1 `),
        )
      } finally {
        await server.stop()
      }
    })
  })

  describe('methods', () => {
    test('two keys where the server wants two', async () => {
      const server = await startSshd({ config: ['AuthenticationMethods publickey,publickey'] })
      try {
        const [other = '', stranger = ''] = strangers(2, 'two')
        letIn(server, publicKey(other))
        expect(await stdout(linkTo(server, { identityFile: [stranger, server.key, other] }), 'echo in')).toBe('in\n')
        await expect(linkTo(server, { identityFile: [server.key, stranger] }).connect()).rejects.toThrow(/does not let/)
      } finally {
        await server.stop()
      }
    })

    test('what is not preferred is not tried, and the sentence says what the server takes', async () => {
      const link = linkTo(sshd, { preferredAuthentications: 'keyboard-interactive,password' })
      await expect(link.connect()).rejects.toThrow(
        'the server would take publickey, which preferredAuthentications leaves out',
      )
      expect(offered(link)).toEqual([])
    })

    test('an RSA key where the server takes no SHA-1', async () => {
      const algorithm = 'rsa-sha2-256'
      const server = await startSshd({ config: [`PubkeyAcceptedAlgorithms ${algorithm}`] })
      try {
        const key = join(folder, algorithm)
        makeKey(key, 'rsa')
        letIn(server, publicKey(key))
        expect(await stdout(linkTo(server, { identityFile: key }), 'echo in')).toBe('in\n')
        const agent = startAgent([key])
        try {
          expect(await stdout(linkTo(server, { identityFile: [], agent: agent.socket }), 'echo in')).toBe('in\n')
        } finally {
          agent.stop()
        }
      } finally {
        await server.stop()
      }
    })
  })

  describe("what is left to OpenSSH's ssh", () => {
    const connectors = [new SshConnector()]
    const certified = (name: string, validity: string) => {
      const [authority, key] = [join(folder, `${name}-authority`), join(folder, name)]
      makeKey(authority)
      makeKey(key)
      execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'ada', '-n', sshd.user, '-V', validity, `${key}.pub`])
      return key
    }
    const needs = async (settings: Parameters<typeof linkTo>[1]) => {
      const error: unknown = await linkTo(sshd, settings, asking(), connectors)
        .connect()
        .catch(error => error)
      return error instanceof NeedsOpenSsh ? [error.feature, error.reason] : error
    }

    test('a certificate beside a chosen key, or chosen itself', async () => {
      const key = certified('certified', '+1h')
      const reason = `the certificate ${key}-cert.pub needs OpenSSH's ssh`
      expect(await needs({ identityFile: key })).toEqual(['user-certificate', reason])
      renameSync(`${key}-cert.pub`, `${key}-moved`)
      expect(await needs({ identityFile: key, certificateFile: `${key}-moved` })).toEqual([
        'user-certificate',
        `the certificate ${key}-moved needs OpenSSH's ssh`,
      ])
    })

    test('an expired certificate lets nobody in, and the sentence says so', async () => {
      const key = certified('expired', '20200101:20200102')
      await expect(linkTo(sshd, { identityFile: key }).connect()).rejects.toThrow(
        new RegExp(
          `does not let .*the certificate ${key}-cert\\.pub \\(ada\\) expired on 2020-01-0\\d \\d\\d:00:00 UTC`,
        ),
      )
    })

    test('an agent that holds nothing but a certificate', async () => {
      const key = certified('agent-certified', '+1h')
      const agent = startAgent([key])
      try {
        execFileSync('ssh-add', ['-q', '-d', key], { env: agent.env, stdio: 'ignore' })
        execFileSync('ssh-add', ['-q', key], { env: agent.env, stdio: 'ignore' })
        execFileSync('ssh-add', ['-q', '-d', `${key}.pub`], { env: agent.env, stdio: 'ignore' })
        expect(await needs({ identityFile: [], agent: agent.socket })).toEqual([
          'user-certificate',
          "the ssh-ed25519-cert-v01@openssh.com key muster test of the agent needs OpenSSH's ssh",
        ])
      } finally {
        agent.stop()
      }
    })

    test('a key in a FIDO token', async () => {
      const type = 'sk-ssh-ed25519@openssh.com'
      const blob = Buffer.concat([counted(type), counted(Buffer.alloc(32, 7)), counted('ssh:')])
      const key = join(folder, 'token')
      writeFileSync(key, `${type} ${blob.toString('base64')} token\n`, { mode: 0o600 })
      expect(await needs({ identityFile: key })).toEqual(['security-key', `the ${type} key ${key} needs OpenSSH's ssh`])
    })
  })
})

function keygenFingerprint(key: string): string | undefined {
  return execFileSync('ssh-keygen', ['-l', '-f', `${key}.pub`], { encoding: 'utf8' }).split(' ')[1]
}
