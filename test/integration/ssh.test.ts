import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Asker, Question } from '../../src/engine/connect/ask.js'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import type { Link, LinkChange } from '../../src/engine/connect/link.js'
import { InterruptedError, UnreachableError } from '../../src/engine/errors.js'
import { Secret } from '../../src/engine/secret.js'
import { isAlive } from '../fleet/processes.js'
import { makeKey, publicKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

/** An asker that says what it was asked and gives prepared answers. */
function asker(answers: { secrets?: string[]; hostKey?: boolean } = {}): Asker & { asked: Question[] } {
  const asked: Question[] = []
  return {
    asked,
    secret: async question => {
      asked.push(question)
      const answer = answers.secrets?.shift()
      return answer === undefined ? undefined : new Secret(answer)
    },
    hostKey: async question => {
      asked.push(question)
      return answers.hostKey
    },
  }
}

const links: Link[] = []
afterEach(async () => {
  await Promise.all(links.splice(0).map(link => link.close()))
})

function linkTo(sshd: Sshd, settings: ConnectSettings = {}, ask: Asker = asker()) {
  const changes: LinkChange[] = []
  const link = createLink(
    {
      name: 'web-1',
      settings: {
        address: '127.0.0.1',
        port: sshd.port,
        identityFile: sshd.key,
        knownHostsFile: sshd.knownHosts,
        strictHostKeyChecking: 'yes',
        sshConfigFile: false,
        agent: false,
        ...settings,
      },
    },
    {
      asker: ask,
      credentials: new Credentials(ask),
      observer: { state: change => changes.push(change), latency: () => {} },
    },
  )
  links.push(link)
  return Object.assign(link, { changes })
}

const stdout = async (link: Link, script: string) => (await link.run(script)).stdout.toString()

describe.skipIf(why)('over a real sshd', () => {
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
      const ask = asker()
      const link = linkTo(sshd, {}, ask)
      expect(link.state).toBe('idle')
      await Promise.all([link.connect(), link.connect(), stdout(link, 'true')])
      expect(link.changes.map(change => change.state)).toEqual(['resolving', 'tcp', 'kex', 'auth', 'ready'])
      expect(link.changes.every(change => change.ms >= 0)).toBe(true)
      expect(link.changes.at(-1)?.notes?.join()).toMatch(/offering .*id_ed25519 \(ssh-ed25519 SHA256:/)
      expect(ask.asked).toEqual([])
    })

    test('a key that the server does not know is refused in one sentence naming it', async () => {
      const key = join(folder, 'stranger')
      makeKey(key)
      const link = linkTo(sshd, { identityFile: key })
      await expect(link.connect()).rejects.toThrow(
        new RegExp(
          `^web-1: 127\\.0\\.0\\.1:${sshd.port} lets ${sshd.user} not in \\(refused: .*stranger \\(ssh-ed25519 SHA256:\\S+\\)\\)$`,
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
      const silent = createServer().listen(0, '127.0.0.1')
      await new Promise(resolve => silent.once('listening', resolve))
      const address = silent.address()
      const port = typeof address === 'object' && address ? address.port : 0
      const failed = expect(linkTo(sshd, { port, connectTimeout: 0.4 }).connect()).rejects
      await failed.toThrow(`web-1: 127.0.0.1:${port} timed out after 0.4 s, waiting for the key exchange`)
      silent.close()
    })

    test('a server that hangs up at once', async () => {
      const rude = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
      await new Promise(resolve => rude.once('listening', resolve))
      const address = rude.address()
      const port = typeof address === 'object' && address ? address.port : 0
      await expect(linkTo(sshd, { port }).connect()).rejects.toBeInstanceOf(UnreachableError)
      rude.close()
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
      const ask = asker({ secrets: ['wrong', 'open sesame'] })
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
      links.push(...many)
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
      const ask = asker({ secrets: ['secret'] })
      await expect(linkTo(sshd, { identityFile: key }, ask).connect()).rejects.toThrow(/lets .* not in/)
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

  describe('host keys', () => {
    const file = (name: string, text = '') => {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    }
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
      await expect(linkTo(sshd, settings, asker({ hostKey: false })).connect()).rejects.toThrow(/was declined$/)
      const yes = asker({ hostKey: true })
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
          linkTo(sshd, { knownHostsFile, strictHostKeyChecking }, asker({ hostKey: true })).connect(),
        ).rejects.toThrow(
          `the host key of 127.0.0.1:${sshd.port} has CHANGED: known is ssh-ed25519 ${old} (${knownHostsFile}:2), shown was ssh-ed25519 ${fingerprint()}`,
        )
      }
      await linkTo(sshd, { knownHostsFile, strictHostKeyChecking: 'no' }).connect()
    })

    test('revoked: refused even with `no`', async () => {
      const line = publicKey(join(sshd.folder, 'host_ed25519'))
      const knownHostsFile = file('revoked', `@revoked * ${line}[127.0.0.1]:${sshd.port} ${line}`)
      await expect(linkTo(sshd, { knownHostsFile, strictHostKeyChecking: 'no' }).connect()).rejects.toThrow(
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

  describe('commands', () => {
    test('outputs apart, exit code, directory, environment', async () => {
      const { stdout, stderr, exitCode } = await linkTo(sshd).run('echo "$A in $PWD"; echo err >&2; exit 5', {
        cwd: '/usr',
        env: { A: "o'k" },
      })
      expect([stdout.toString(), stderr.toString(), exitCode]).toEqual(["o'k in /usr\n", 'err\n', 5])
    })

    test('10 MB, exact', async () => {
      const script = "head -c 10000000 /dev/zero | tr '\\0' x"
      const { stdout, truncated } = await linkTo(sshd).run(script)
      expect([stdout.length, truncated, stdout.equals(Buffer.alloc(10_000_000, 'x'))]).toEqual([
        10_000_000,
        false,
        true,
      ])
    })

    test('100 MB through 1 MB of memory', async () => {
      const link = linkTo(sshd)
      await link.connect()
      const before = process.memoryUsage().rss
      let streamed = 0
      const { stdout, truncated } = await link.run('head -c 100000000 /dev/zero', {
        maxBytes: 1_000_000,
        onOutput: (_stream, chunk) => {
          streamed += chunk.length
        },
      })
      expect([streamed, stdout.length, truncated]).toEqual([100_000_000, 1_000_000, true])
      expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000)
    })

    test('every byte value, both ways', async () => {
      const link = linkTo(sshd)
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256))
      const { stdout } = await link.run('cat', { stdin: bytes })
      expect(stdout.equals(bytes)).toBe(true)
      expect(await stdoutOf(link, 'wc -c', Buffer.alloc(0))).toBe('0')
    })

    test('a command that does not read its stdin', async () => {
      const { stdout, exitCode } = await linkTo(sshd).run('echo done', { stdin: Buffer.alloc(3_000_000) })
      expect([stdout.toString(), exitCode]).toEqual(['done\n', 0])
    })

    test('a time-out kills all that the command started, and the link goes on', async () => {
      const link = linkTo(sshd)
      const pids = pidsOf(link.run('echo $$; sleep 600 & echo $!; (sleep 600 & echo $!); sleep 600', { timeout: 400 }))
      const error = await pids.error
      expect(error).toMatchObject({ how: 'timeout', message: 'web-1: killed after 0.4 s' })
      const started = pids.of(error)
      expect(started).toHaveLength(3)
      expect(started.filter(isAlive)).toEqual([])
      expect(await stdout(link, 'echo on')).toBe('on\n')
    })

    test('cancelling does the same', async () => {
      const link = linkTo(sshd)
      const cancel = new AbortController()
      const run = pidsOf(
        link.run('echo $$; sleep 600', { signal: cancel.signal, onOutput: () => setTimeout(() => cancel.abort(), 50) }),
      )
      const error = await run.error
      expect(error).toMatchObject({ how: 'cancelled' })
      expect(run.of(error).filter(isAlive)).toEqual([])
      expect(await stdout(link, 'echo on')).toBe('on\n')
    })

    test('what is cancelled while it waits is never sent', async () => {
      const link = linkTo(sshd)
      const marker = join(folder, 'never')
      const cancel = new AbortController()
      const first = link.run('sleep 0.3')
      const second = expect(link.run(`touch ${marker}`, { signal: cancel.signal })).rejects.toThrow(
        'cancelled before it was sent',
      )
      setTimeout(() => cancel.abort(), 50)
      await Promise.all([first, second])
      expect(await stdout(link, `[ -e ${marker} ] || echo absent`)).toBe('absent\n')
    })

    test('a command that kills its shell is interrupted; the next one has a new shell', async () => {
      const link = linkTo(sshd)
      await expect(link.run('kill -9 $$')).rejects.toMatchObject({ how: 'shell-died' })
      expect(await stdout(link, 'echo on')).toBe('on\n')
    })

    test('a shell that dies with a background process holding its outputs is noticed', async () => {
      const link = linkTo(sshd)
      const run = pidsOf(link.run('sleep 600 & echo $!; kill -9 $$'))
      const error = await run.error
      expect(error).toMatchObject({ how: 'shell-died' })
      for (const pid of run.of(error)) process.kill(pid, 'SIGKILL')
    })

    test('a long command does not hold up the others for ever', async () => {
      const link = linkTo(sshd)
      const long = link.run('sleep 3')
      const start = performance.now()
      expect(await stdout(link, 'echo quick')).toBe('quick\n')
      expect(performance.now() - start).toBeLessThan(2000)
      await long
    })
  })

  describe('MaxSessions', () => {
    test.each([1, 2])('%i: commands queue, stdin and time-outs work', async sessions => {
      const small = await startSshd({ config: [`MaxSessions ${sessions}`] })
      try {
        const link = linkTo(small)
        const outputs = await Promise.all(Array.from({ length: 12 }, (_, n) => stdout(link, `sleep 0.05; echo ${n}`)))
        expect(outputs).toEqual(outputs.map((_, n) => `${n}\n`))
        const echoed = await Promise.all([1, 2, 3].map(n => stdoutOf(link, 'cat', Buffer.from(`in ${n}`))))
        expect(echoed).toEqual(['in 1', 'in 2', 'in 3'])
        const run = pidsOf(link.run('echo $$; exec sleep 600', { timeout: 300 }))
        const error = await run.error
        expect(error).toMatchObject({ how: 'timeout' })
        expect(run.of(error).filter(isAlive)).toEqual([])
        expect(await stdout(link, 'echo on')).toBe('on\n')
      } finally {
        await small.stop()
      }
    })
  })

  describe('a server that dies', () => {
    test('in the middle of a command: interrupted, not repeated; the next use connects again', async () => {
      const first = await startSshd()
      const link = linkTo(first)
      const marker = join(folder, 'once')
      const run = link.run(`echo run >>${marker}; sleep 60; echo run >>${marker}`)
      await expect.poll(() => stdout(linkTo(sshd), `cat ${marker} 2>/dev/null`)).toBe('run\n')
      const waiting = link.run('echo waited', { bare: true })
      waiting.catch(() => {})
      await first.kill()
      await expect(run).rejects.toBeInstanceOf(InterruptedError)
      await expect(run).rejects.toMatchObject({ how: 'lost' })
      expect(['lost', 'resolving', 'tcp', 'failed']).toContain(link.state)
      await expect(link.run('true')).rejects.toThrow(`connection refused at 127.0.0.1:${first.port}`)
      const again = await startSshd({ folder: first.folder, port: first.port })
      await expect
        .poll(() => stdout(link, 'echo back').catch(String), { timeout: 15_000, interval: 300 })
        .toMatch(/back|CHANGED/)
      expect(readFileSync(marker, 'utf8')).toBe('run\n')
      await again.stop()
    })
  })

  describe('files', () => {
    test('small, large and awkward contents arrive exactly', async () => {
      const link = linkTo(sshd)
      const contents = [
        Buffer.alloc(0),
        Buffer.from("it's 100 %\\n \\101 $HOME `x`\n"),
        Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
        Buffer.alloc(2_000_000, 'ab\0'),
      ]
      for (const content of contents) {
        const path = join(folder, `file 'n' ${content.length}`)
        await link.write(path, content)
        expect(readFileSync(path).equals(content)).toBe(true)
        expect((await link.read(path)).equals(content)).toBe(true)
      }
    })
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
        expect(link.changes.flatMap(change => change.notes ?? [])).toContain('through the jump host 127.0.0.1')
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
        await expect(link.connect()).rejects.toThrow(`the jump host cannot reach 127.0.0.1:${sshd.port}`)
      } finally {
        await jump.stop()
      }
    })
  })
})

async function stdoutOf(link: Link, script: string, stdin: Buffer): Promise<string> {
  return (await link.run(script, { stdin })).stdout.toString().trim()
}

/** A run that is to be cut off, with the process ids it prints. */
function pidsOf(run: Promise<unknown>) {
  return {
    error: run.then(
      () => {
        throw new Error('it was not cut off')
      },
      (error: unknown) => error,
    ),
    of: (error: unknown): number[] => {
      if (!(error instanceof InterruptedError) || !error.partial) throw error
      return Buffer.from(error.partial.stdout).toString().trim().split('\n').map(Number)
    },
  }
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
