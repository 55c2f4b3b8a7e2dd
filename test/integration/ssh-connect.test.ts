import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import { asking, closing, linkTo, listener, stdout, unusedPort } from '../fleet/link-to.js'
import { makeKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

describe.skipIf(why)('connecting to a real sshd', () => {
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

  describe('coming up', () => {
    test('goes through its phases, in order, with nobody asked', async () => {
      const ask = asking()
      const link = linkTo(sshd, {}, ask)
      expect(link.state).toBe('idle')
      await Promise.all([link.connect(), link.connect(), stdout(link, 'true')])
      expect(link.changes.map(change => change.state)).toEqual(['resolving', 'tcp', 'kex', 'auth', 'shell', 'ready'])
      expect(link.changes.every(change => change.ms >= 0)).toBe(true)
      const [trace] = link.traces
      expect(trace).toMatchObject({ host: 'web-1', outcome: 'ready' })
      expect(trace?.phases.map(({ phase }) => phase)).toEqual(['resolving', 'tcp', 'kex', 'auth', 'shell'])
      expect(trace?.notes).toEqual(
        expect.arrayContaining([
          { kind: 'address', address: `127.0.0.1:${sshd.port}`, ms: expect.any(Number) },
          { kind: 'server', version: expect.stringMatching(/^SSH-2\.0-OpenSSH_/) },
          {
            kind: 'algorithms',
            kex: expect.stringMatching(/25519|sntrup|mlkem/),
            hostKey: 'ssh-ed25519',
            cipher: 'aes128-gcm@openssh.com',
          },
        ]),
      )
      expect(link.changes.at(-1)?.trace).toEqual(trace)
      expect(ask.asked).toEqual([])
    })

    test('a key that the server does not know is refused in one sentence naming it', async () => {
      const key = join(folder, 'stranger')
      makeKey(key)
      const link = linkTo(sshd, { identityFile: key })
      await expect(link.connect()).rejects.toThrow(
        new RegExp(
          `^web-1: 127\\.0\\.0\\.1:${sshd.port} does not let ${sshd.user} in \\(refused: .*stranger \\(ssh-ed25519 SHA256:\\S+\\)\\)$`,
        ),
      )
      expect(link.state).toBe('failed')
    })

    test('a key file that is not there is named', async () => {
      await expect(linkTo(sshd, { identityFile: '/no/such/key' }).connect()).rejects.toThrow(
        /no key to offer; the key file \/no\/such\/key does not exist/,
      )
    })

    test('a second key is tried when the first is refused', async () => {
      const key = join(folder, 'first')
      makeKey(key, 'rsa')
      expect(await stdout(linkTo(sshd, { identityFile: [key, sshd.key] }), 'echo in')).toBe('in\n')
    })

    test('nobody listens there: connection refused, with the address', async () => {
      const port = await unusedPort()
      await expect(linkTo(sshd, { port }).connect()).rejects.toThrow(`web-1: connection refused at 127.0.0.1:${port}`)
    })

    test('a name that does not resolve', async () => {
      await expect(linkTo(sshd, { address: 'no-such-host.invalid' }).connect()).rejects.toThrow(
        /^web-1: cannot resolve the name no-such-host\.invalid/,
      )
    })

    test('a server that accepts and says nothing is given up, with the phase it was in', async () => {
      const silent = await listener(() => {})
      const { port } = silent
      const failed = expect(linkTo(sshd, { port, connectTimeout: 0.4 }).connect()).rejects
      await failed.toThrow(`web-1: 127.0.0.1:${port} timed out after 0.4 s, waiting for the key exchange`)
      silent.close()
    })

    test('a server that hangs up at once', async () => {
      const rude = await listener(socket => socket.destroy())
      const { port } = rude
      await expect(linkTo(sshd, { port }).connect()).rejects.toThrow(
        `web-1: 127.0.0.1:${port} accepted and then closed the connection without a word of SSH`,
      )
      rude.close()
    })

    test('a server that takes only so many at a time (MaxStartups): those turned away try again and get in', async () => {
      const busy = await startSshd({ config: ['MaxStartups 3:100:3'] })
      try {
        const many = Array.from({ length: 8 }, () => linkTo(busy))
        expect(await Promise.all(many.map(link => stdout(link, 'echo in')))).toEqual(many.map(() => 'in\n'))
        const notes = many.flatMap(link => link.traces.flatMap(trace => trace.notes))
        expect(notes.some(note => note.kind === 'retry')).toBe(true)
      } finally {
        await busy.stop()
      }
    })

    test('giving up while connecting', async () => {
      const cancel = new AbortController()
      const connecting = expect(linkTo(sshd).connect(cancel.signal)).rejects.toThrow('cancelled while connecting')
      cancel.abort()
      await connecting
    })
  })

  describe('an encrypted key', () => {
    const encrypt = (name: string) => {
      const key = join(folder, name)
      copyFileSync(sshd.key, key)
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', key])
      return key
    }

    test('its passphrase is asked for once for all hosts, and again when wrong', async () => {
      const key = encrypt('locked')
      const ask = asking({ secrets: ['wrong', 'open sesame'] })
      const credentials = new Credentials(ask)
      const many = [1, 2, 3, 4].map(n =>
        createLink(
          {
            name: `web-${n}`,
            settings: {
              address: '127.0.0.1',
              port: sshd.port,
              identityFile: key,
              knownHostsFile: sshd.knownHosts,
              sshConfigFile: false,
              agent: false,
            },
          },
          { asker: ask, credentials },
        ),
      )
      many.forEach(closing)
      expect(await Promise.all(many.map(link => stdout(link, 'echo in')))).toEqual(['in\n', 'in\n', 'in\n', 'in\n'])
      expect(ask.asked).toMatchObject([
        { key: `passphrase:${key}`, prompt: `passphrase of ${key}`, retry: false },
        { key: `passphrase:${key}`, retry: true },
      ])
    })

    test('with nobody to ask it is one sentence', async () => {
      const key = encrypt('unasked')
      await expect(linkTo(sshd, { identityFile: key }).connect()).rejects.toThrow(
        /the key file .*unasked is encrypted and nobody gave its passphrase/,
      )
    })

    test('is not asked about when the server would not take it', async () => {
      const key = join(folder, 'locked-stranger')
      makeKey(key, 'ed25519', 'secret')
      const ask = asking({ secrets: ['secret'] })
      await expect(linkTo(sshd, { identityFile: key }, ask).connect()).rejects.toThrow(/does not let .* in/)
      expect(ask.asked).toEqual([])
    })
  })

  test('an agent signs, and with identitiesOnly only for the chosen key', async () => {
    const socket = join(folder, 'agent.sock')
    const pid = Number(execFileSync('ssh-agent', ['-a', socket], { encoding: 'utf8' }).match(/PID=(\d+)/)?.[1])
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket }
      const other = join(folder, 'other')
      makeKey(other)
      execFileSync('ssh-add', ['-q', other, sshd.key], { env, stdio: 'ignore' })
      expect(await stdout(linkTo(sshd, { agent: socket, identityFile: [] }), 'echo in')).toBe('in\n')
      const only = linkTo(sshd, { agent: socket, identityFile: `${other}.pub`, identitiesOnly: true })
      await expect(only.connect()).rejects.toThrow(/\(refused: muster test \(ssh-ed25519 SHA256:[^,]*\)\)$/)
    } finally {
      process.kill(pid)
    }
  })

  describe('ProxyJump', () => {
    test('through a second sshd, each with its own host key check', async () => {
      const jump = await startSshd({ config: ['AllowTcpForwarding yes'] })
      try {
        const known = join(folder, 'both')
        writeFileSync(known, readFileSync(jump.knownHosts, 'utf8') + readFileSync(sshd.knownHosts, 'utf8'))
        const keys = [sshd.key, jump.key]
        const link = linkTo(sshd, {
          proxyJump: `${jump.user}@127.0.0.1:${jump.port}`,
          identityFile: keys,
          knownHostsFile: known,
        })
        const { stdout: connection } = await link.run('echo $SSH_CONNECTION')
        expect(connection.toString()).toMatch(new RegExp(` 127\\.0\\.0\\.1 ${sshd.port}\n$`))
        const hop = link.traces[0]?.notes.find(note => note.kind === 'jump')
        expect(hop?.trace).toMatchObject({ host: '127.0.0.1', outcome: 'ready' })
        expect(hop?.trace.phases.map(({ phase }) => phase)).toEqual(['resolving', 'tcp', 'kex', 'auth'])
        const blind = linkTo(sshd, { proxyJump: `127.0.0.1:${jump.port}`, identityFile: keys })
        await expect(blind.connect()).rejects.toThrow(`the host key of 127.0.0.1:${jump.port} is not known`)
      } finally {
        await jump.stop()
      }
    })

    test('a jump host that may not forward says so', async () => {
      const jump = await startSshd({ config: ['AllowTcpForwarding no'] })
      try {
        const link = linkTo(sshd, {
          proxyJump: `127.0.0.1:${jump.port}`,
          identityFile: [jump.key],
          knownHostsFile: jump.knownHosts,
        })
        await expect(link.connect()).rejects.toThrow(
          `web-1: the jump host 127.0.0.1 does not forward to 127.0.0.1:${sshd.port}: its sshd forbids it`,
        )
      } finally {
        await jump.stop()
      }
    })
  })
})
