import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/engine/connect/ask.js'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { Credentials, createLink } from '../../src/engine/connect/index.js'
import { asking, closing, linkTo, listener, stdout, unusedPort } from '../fleet/link-to.js'
import { describeOnLab } from '../fleet/shared.js'
import { makeKey, publicKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

/** How a private sshd is reached by the system's ssh. */
const linkSettings = (sshd: Sshd) => ({
  connector: 'openssh',
  address: '127.0.0.1',
  port: sshd.port,
  identityFile: sshd.key,
  knownHostsFile: sshd.knownHosts,
  sshConfigFile: false as const,
  agent: false as const,
})

/** A link through the system's ssh, as {@link linkTo} makes one through ssh2. */
const openSshTo = (sshd: Sshd, settings: ConnectSettings = {}, asker?: Asker) =>
  linkTo(sshd, { connector: 'openssh', ...settings }, asker)

describe.skipIf(why)('the system’s ssh to a real sshd', () => {
  let sshd: Sshd
  let folder = ''
  const { TMPDIR } = process.env
  beforeAll(async () => {
    sshd = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'muster-ssh-'))
    // Where masters have their sockets: those of other tests are not to be taken for ours.
    process.env.TMPDIR = folder
  })
  afterAll(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    await sshd?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const file = (name: string, text = '') => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const where = () => `127.0.0.1:${sshd.port}`
  const fingerprintOf = (key: string) =>
    execFileSync('ssh-keygen', ['-l', '-f', `${key}.pub`], { encoding: 'utf8' }).split(' ')[1]
  const hostFingerprint = () => fingerprintOf(join(sshd.folder, 'host_ed25519'))

  describe('coming up', () => {
    test('is told phase by phase, with what was learnt on the way', async () => {
      const link = openSshTo(sshd)
      await link.connect()
      expect(link.changes.map(change => change.state)).toEqual(['resolving', 'tcp', 'kex', 'auth', 'shell', 'ready'])
      expect(link.traces[0]?.notes).toMatchObject([
        { kind: 'address', address: where() },
        { kind: 'server', version: expect.stringMatching(/^SSH-2\.0-OpenSSH/) },
        { kind: 'algorithms', kex: expect.any(String), hostKey: 'ssh-ed25519', cipher: expect.any(String) },
        { kind: 'host-key', type: 'ssh-ed25519', fingerprint: hostFingerprint(), trust: 'known', line: 1 },
        { kind: 'methods', left: ['publickey'] },
        { kind: 'key', origin: sshd.key, type: 'ED25519', fingerprint: fingerprintOf(sshd.key), answer: 'accepted' },
      ])
    })

    test('nobody listens there', async () => {
      const port = await unusedPort()
      await expect(openSshTo(sshd, { port }).connect()).rejects.toThrow(
        `web-1: connection refused at 127.0.0.1:${port}`,
      )
    })

    test('a name that does not resolve', async () => {
      await expect(openSshTo(sshd, { address: 'no-such-host.invalid' }).connect()).rejects.toThrow(
        /^web-1: cannot resolve the name no-such-host\.invalid/,
      )
    })

    test('a server that accepts and says nothing, one that hangs up, one that talks of something else', async () => {
      const silent = await listener(() => {})
      await expect(openSshTo(sshd, { port: silent.port, connectTimeout: 1 }).connect()).rejects.toThrow(
        new RegExp(
          `^web-1: 127\\.0\\.0\\.1(:${silent.port})? (timed out after 1 s|accepted the connection and said nothing)`,
        ),
      )
      silent.close()
      const rude = await listener(socket => socket.destroy())
      await expect(openSshTo(sshd, { port: rude.port }).connect()).rejects.toThrow(
        `web-1: 127.0.0.1:${rude.port} accepted and then closed the connection without a word of SSH`,
      )
      rude.close()
    })

    test('no cipher in common', async () => {
      const odd = await startSshd({ config: ['Ciphers aes256-cbc'] })
      try {
        await expect(openSshTo(odd, { ciphers: ['aes128-gcm@openssh.com'] }).connect()).rejects.toThrow(
          /shares no algorithm with us \(no matching cipher found\. Their offer: aes256-cbc/,
        )
        expect(await stdout(openSshTo(odd, { ciphers: '+aes256-cbc' }), 'echo in')).toBe('in\n')
      } finally {
        await odd.stop()
      }
    })

    test('a key exchange that ssh2 does not have is left to ssh', async () => {
      const modern = await startSshd({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] })
      try {
        const link = linkTo(modern)
        expect(await stdout(link, 'echo in')).toBe('in\n')
        expect(link.traces[0]?.notes.find(note => note.kind === 'connector')).toMatchObject({
          name: 'openssh',
          why: expect.stringMatching(/shares no algorithm with ssh2 \(.*no matching key exchange algorithm/),
        })
      } finally {
        await modern.stop()
      }
    })

    test('giving up while connecting leaves no ssh behind', async () => {
      const silent = await listener(() => {})
      await expect.poll(masters).toEqual([])
      const cancel = new AbortController()
      const link = openSshTo(sshd, { port: silent.port })
      const connecting = expect(link.connect(cancel.signal)).rejects.toThrow('cancelled while connecting')
      await expect.poll(() => masters().length).toBe(1)
      cancel.abort()
      await connecting
      await link.close()
      await expect.poll(masters).toEqual([])
      silent.close()
    })

    test('a mistake in ssh_config is named with its line', async () => {
      const sshConfigFile = file('mistaken', 'Host *\n  NoSuchThing yes\n')
      await expect(openSshTo(sshd, { sshConfigFile }).connect()).rejects.toThrow(/mistaken:? line 2|mistaken:2/)
    })

    test('aliases and everything else of ssh_config are ssh’s own', async () => {
      const sshConfigFile = file(
        'config',
        `Host web-*\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  IdentityFile ${sshd.key}\n  UserKnownHostsFile ${sshd.knownHosts}\n`,
      )
      const link = closing(
        createLink({ name: 'web-7', settings: { connector: 'openssh', sshConfigFile, agent: false } }, {}),
      )
      expect(await stdout(link, 'echo in')).toBe('in\n')
    })

    test('no ssh on this machine is one sentence', async () => {
      const path = process.env.PATH
      const { OpenSshConnector } = await import('../../src/engine/connect/openssh/openssh.js')
      process.env.PATH = folder
      try {
        const link = createLink(
          { name: 'web-1', settings: { connector: 'openssh' } },
          { connectors: [new OpenSshConnector()] },
        )
        await expect(closing(link).connect()).rejects.toThrow(
          'web-1: the openssh connector needs the program ssh, which is not installed here: install the OpenSSH client',
        )
      } finally {
        process.env.PATH = path
      }
    })
  })

  describe('host keys', () => {
    test('unknown: refused, asked about, or taken, as the setting says', async () => {
      const knownHostsFile = file('empty')
      await expect(openSshTo(sshd, { knownHostsFile }).connect()).rejects.toThrow(
        `web-1: the host key of ${where()} is not known (ssh-ed25519 ${hostFingerprint()}) and strictHostKeyChecking is yes`,
      )
      const settings = { knownHostsFile, strictHostKeyChecking: 'ask' } as const
      await expect(openSshTo(sshd, settings).connect()).rejects.toThrow(
        /is not known \(ssh-ed25519 \S+\) and nobody is there to ask/,
      )
      await expect(openSshTo(sshd, settings, asking({ hostKey: false })).connect()).rejects.toThrow(/and was declined$/)
      const yes = asking({ hostKey: true })
      await openSshTo(sshd, settings, yes).connect()
      expect(yes.asked).toMatchObject([
        { kind: 'hostkey', host: 'web-1', keyType: 'ED25519', fingerprint: hostFingerprint() },
      ])
      await openSshTo(sshd, { knownHostsFile }).connect()
      const fresh = file('fresh')
      await openSshTo(sshd, { knownHostsFile: fresh, strictHostKeyChecking: 'accept-new' }).connect()
      expect(readFileSync(fresh, 'utf8')).toContain(`[127.0.0.1]:${sshd.port} ssh-ed25519`)
    })

    test('changed: both fingerprints, file and line', async () => {
      const impostor = join(folder, 'impostor')
      makeKey(impostor)
      const knownHostsFile = file('changed', `\n[127.0.0.1]:${sshd.port} ${publicKey(impostor)}`)
      const link = openSshTo(sshd, { knownHostsFile, strictHostKeyChecking: 'ask' }, asking({ hostKey: true }))
      await expect(link.connect()).rejects.toThrow(
        `the host key of ${where()} has CHANGED: known is ssh-ed25519 ${fingerprintOf(impostor)} (${knownHostsFile}:2), shown was ssh-ed25519 ${hostFingerprint()}`,
      )
      expect(link.traces[0]?.notes).toContainEqual({
        kind: 'host-key',
        type: 'ssh-ed25519',
        fingerprint: hostFingerprint(),
        trust: 'refused',
      })
    })

    test('revoked', async () => {
      const knownHostsFile = file('revoked', `@revoked * ${publicKey(join(sshd.folder, 'host_ed25519'))}`)
      await expect(openSshTo(sshd, { knownHostsFile }).connect()).rejects.toThrow(
        `the host key of ${where()} is revoked (ssh-ed25519 ${hostFingerprint()})`,
      )
    })
  })

  describe('certificates', () => {
    let ca = ''
    beforeAll(() => {
      ca = join(folder, 'ca')
      makeKey(ca)
    })
    /** A key of its own with a certificate for the tests' user. */
    const certified = (name: string, ...options: string[]) => {
      const key = join(folder, name)
      makeKey(key)
      execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', name, '-n', sshd.user, ...options, `${key}.pub`])
      return key
    }

    test('a user certificate lets in; an expired one is said to be', async () => {
      const trusting = await startSshd({ config: [`TrustedUserCAKeys ${ca}.pub`] })
      try {
        expect(await stdout(openSshTo(trusting, { identityFile: certified('member') }), 'echo in')).toBe('in\n')
        const identityFile = certified('past', '-V', '20200101000000Z:20200201000000Z')
        await expect(openSshTo(trusting, { identityFile }).connect()).rejects.toThrow(
          /does not let \S+ in \(refused: .*past\S* \(ED25519-CERT SHA256:\S+\), which expired on 2020-02-01 00:00:00 UTC/,
        )
        const later = certified('future', '-V', '20990101000000Z:20990201000000Z')
        await expect(openSshTo(trusting, { identityFile: later }).connect()).rejects.toThrow(
          /which is valid only from 2099-01-01 00:00:00 UTC/,
        )
      } finally {
        await trusting.stop()
      }
    })

    test('a user certificate is chosen for by muster itself, and the trace says why', async () => {
      const trusting = await startSshd({ config: [`TrustedUserCAKeys ${ca}.pub`] })
      try {
        const key = certified('chosen')
        const link = linkTo(trusting, { identityFile: key })
        expect(await stdout(link, 'echo in')).toBe('in\n')
        expect(link.traces[0]?.notes.find(note => note.kind === 'connector')).toEqual({
          kind: 'connector',
          name: 'openssh',
          why: expect.stringContaining(`${key}-cert.pub`),
        })
      } finally {
        await trusting.stop()
      }
    })

    test('a host certificate proves the host; muster chooses ssh for it by itself, and says why', async () => {
      const hostKey = join(folder, 'host')
      makeKey(hostKey)
      const certify = (...options: string[]) =>
        execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'host', '-h', ...options, `${hostKey}.pub`])
      certify('-n', '127.0.0.1')
      const config = [`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`]
      const proven = await startSshd({ config })
      try {
        const knownHostsFile = file('authority', `@cert-authority [127.0.0.1]:${proven.port} ${publicKey(ca)}`)
        const link = linkTo(proven, { knownHostsFile })
        expect(await stdout(link, 'echo in')).toBe('in\n')
        const why = `the host key of 127.0.0.1:${proven.port} is vouched for by the certificate authority in ${knownHostsFile}:1, and ssh2 checks no certificates`
        expect(link.traces[0]?.notes).toContainEqual({ kind: 'connector', name: 'openssh', why })
        await proven.kill()
        certify('-n', 'another.example')
        const wrong = await startSshd({ config, folder: proven.folder, port: proven.port })
        try {
          await expect(linkTo(wrong, { knownHostsFile }).connect()).rejects.toThrow(
            /^web-1: the host certificate of .* is not valid: name is not a listed principal/,
          )
        } finally {
          await wrong.kill()
        }
      } finally {
        await proven.stop()
      }
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
      const settings = { ...linkSettings(sshd), identityFile: key }
      const many = [1, 2, 3].map(n => createLink({ name: `web-${n}`, settings }, { asker: ask, credentials }))
      many.forEach(closing)
      expect(await Promise.all(many.map(link => stdout(link, 'echo in')))).toEqual(['in\n', 'in\n', 'in\n'])
      expect(ask.asked).toMatchObject([
        { key: `passphrase:${key}`, prompt: `passphrase of ${key}`, retry: false },
        { key: `passphrase:${key}`, retry: true },
      ])
    })

    test('wrong to the end, and nobody to ask: one sentence each', async () => {
      const key = encrypt('unasked')
      await expect(openSshTo(sshd, { identityFile: key }).connect()).rejects.toThrow(
        `does not let ${sshd.user} in (refused: ${key} (ED25519 ${fingerprintOf(sshd.key)}); nobody gave the passphrase of ${key})`,
      )
      const wrong = asking({ secrets: ['a', 'b', 'c'] })
      await expect(openSshTo(sshd, { identityFile: key }, wrong).connect()).rejects.toThrow(
        `; wrong passphrase of ${key})`,
      )
      expect(wrong.asked.length).toBe(3)
    })
  })

  test('questions reach nobody through an ssh older than 8.4, and it is said', async () => {
    const old = join(folder, 'old')
    mkdirSync(old)
    const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim()
    writeFileSync(join(old, 'ssh'), `#!/bin/sh\n[ "$1" = -V ] && { echo OpenSSH_8.2p1 >&2; exit; }\nexec ${ssh} "$@"\n`)
    chmodSync(join(old, 'ssh'), 0o700)
    const { OpenSshConnector } = await import('../../src/engine/connect/openssh/openssh.js')
    const path = process.env.PATH
    process.env.PATH = `${old}:${path}`
    try {
      const ask = asking({ hostKey: true })
      const link = createLink(
        {
          name: 'web-1',
          settings: {
            connector: 'openssh',
            address: '127.0.0.1',
            port: sshd.port,
            knownHostsFile: file('none'),
            sshConfigFile: false,
          },
        },
        { connectors: [new OpenSshConnector()], asker: ask },
      )
      await expect(closing(link).connect()).rejects.toThrow(/is not known .* and this ssh asks nothing: OpenSSH 8\.2p1/)
      expect(ask.asked).toEqual([])
    } finally {
      process.env.PATH = path
    }
  })

  test('commands use the agent of this machine where that was asked for', async () => {
    const socket = join(folder, 'agent.sock')
    const pid = Number(execFileSync('ssh-agent', ['-a', socket], { encoding: 'utf8' }).match(/PID=(\d+)/)?.[1])
    try {
      execFileSync('ssh-add', ['-q', sshd.key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
      const link = openSshTo(sshd, { agent: socket, forwardAgent: true })
      expect(await stdout(link, 'ssh-add -l')).toContain(fingerprintOf(sshd.key))
      expect(await stdout(openSshTo(sshd, { agent: socket }), 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n')
      const strict = await startSshd({ config: ['AllowAgentForwarding no'] })
      try {
        const refused = openSshTo(strict, { agent: socket, forwardAgent: true })
        expect(await stdout(refused, 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n')
      } finally {
        await strict.stop()
      }
    } finally {
      process.kill(pid)
    }
  })

  describe('jump hosts', () => {
    test('by ssh’s own -J, with the keys and rules of the host behind', async () => {
      const jump = await startSshd({ config: ['AllowTcpForwarding yes'] })
      try {
        const knownHostsFile = file(
          'both',
          readFileSync(jump.knownHosts, 'utf8') + readFileSync(sshd.knownHosts, 'utf8'),
        )
        const settings = {
          proxyJump: `${jump.user}@127.0.0.1:${jump.port}`,
          identityFile: [sshd.key, jump.key],
          knownHostsFile,
        }
        const link = openSshTo(sshd, settings)
        expect(await stdout(link, 'echo $SSH_CONNECTION')).toMatch(new RegExp(` 127\\.0\\.0\\.1 ${sshd.port}\n$`))
        expect(link.changes.map(change => change.state)).toEqual(['resolving', 'tcp', 'kex', 'auth', 'shell', 'ready'])
        const blind = openSshTo(sshd, { ...settings, knownHostsFile: sshd.knownHosts })
        await expect(blind.connect()).rejects.toThrow(/^web-1: at the jump host: the host key of .* is not known/)
      } finally {
        await jump.stop()
      }
    })
  })

  describe('the master', () => {
    test('a killed server is noticed at once, and told', async () => {
      const doomed = await startSshd()
      try {
        const link = openSshTo(doomed)
        const running = link.run('echo begun; sleep 60', { onOutput: () => void doomed.kill() })
        await expect(running).rejects.toMatchObject({ how: 'lost', reason: 'the server closed the connection' })
        expect(link.state).toBe('lost')
      } finally {
        await doomed.stop()
      }
    })

    test('a server that has stopped answering is lost', async () => {
      const frozen = await startSshd()
      try {
        const link = openSshTo(frozen, { serverAliveInterval: 1, serverAliveCountMax: 1 })
        const pid = Number(await stdout(link, 'echo $PPID'))
        const running = link.run('sleep 60')
        process.kill(pid, 'SIGSTOP')
        await expect(running).rejects.toMatchObject({ how: 'lost', reason: 'the host stopped answering' })
        process.kill(pid, 'SIGKILL')
      } finally {
        await frozen.stop()
      }
    })

    test('one session is enough for a shell', async () => {
      const narrow = await startSshd({ config: ['MaxSessions 1'] })
      try {
        const link = openSshTo(narrow)
        const answers = await Promise.all([1, 2, 3, 4].map(n => stdout(link, `sleep 0.3; echo ${n}`)))
        expect(answers).toEqual(['1\n', '2\n', '3\n', '4\n'])
        await expect(link.run('sleep 60', { timeout: 300 })).rejects.toMatchObject({ how: 'timeout' })
        expect(await stdout(link, 'echo on')).toBe('on\n')
      } finally {
        await narrow.stop()
      }
    })

    test('is gone soon after a muster that was killed', async () => {
      await expect.poll(masters).toEqual([])
      const settings = linkSettings(sshd)
      const source = new URL('../../src/engine/connect/index.ts', import.meta.url)
      const program = `
        const { createLink } = await import(${JSON.stringify(source.href)})
        const link = createLink({ name: 'web-1', settings: ${JSON.stringify(settings)} })
        const onOutput = (stream, chunk) => process.stdout.write(chunk)
        await link.run('echo begun; sleep 5', { onOutput })`
      const muster = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
      await once(muster.stdout, 'data')
      expect(masters().length).toBe(1)
      muster.kill('SIGKILL')
      await expect.poll(masters, { timeout: 30_000, interval: 500 }).toEqual([])
    })

    test('closing the link ends it and leaves nothing behind', async () => {
      await expect.poll(masters).toEqual([])
      const files = folders()
      const link = openSshTo(sshd)
      await link.connect()
      expect(masters().length).toBe(1)
      await link.close()
      expect(folders()).toEqual(files)
      await expect.poll(masters).toEqual([])
    })
  })
})

describeOnLab('passwords through the system’s ssh', lab => {
  const to = (settings: ConnectSettings, asker: Asker = asking()) =>
    closing(
      createLink(
        { name: 'h1', settings: { connector: 'openssh', sshConfigFile: lab.sshConfig, agent: false, ...settings } },
        { asker, credentials: new Credentials(asker) },
      ),
    )
  const settings = { user: 'deploy', preferredAuthentications: 'password' }

  test('given, asked for again when wrong, and refused in the end', async () => {
    expect(await stdout(to({ ...settings, password: lab.deployPassword }), 'id -un')).toBe('deploy\n')
    const ask = asking({ secrets: ['wrong', lab.deployPassword] })
    expect(await stdout(to(settings, ask), 'id -un')).toBe('deploy\n')
    expect(ask.asked).toMatchObject([
      { key: 'password:deploy', prompt: 'password of deploy', hosts: ['h1'], retry: false },
      { key: 'password:deploy', retry: true },
    ])
    await expect(to(settings).connect()).rejects.toThrow(
      /does not let deploy in \(no key to offer; nobody gave the password of deploy\)/,
    )
    const wrong = to({ ...settings, password: 'wrong', connectTimeout: 60 }, asking({ secrets: ['a', 'b', 'c'] }))
    await expect(wrong.connect()).rejects.toThrow(
      /does not let deploy in \(no key to offer; wrong password of deploy\)/,
    )
  })

  test('of a jump host is asked for, by its address; the one of the inventory is the host’s own', async () => {
    const jump = lab.hosts.find(({ name }) => name === 'h2')?.address
    const ask = asking({ secrets: ['wrong', lab.deployPassword] })
    const through = { ...settings, proxyJump: `deploy@${jump}`, connectTimeout: 60 }
    const link = to({ ...through, password: lab.deployPassword }, ask)
    expect(await stdout(link, 'id -un; hostname; echo $SSH_CONNECTION')).toMatch(
      new RegExp(`^deploy\nh1\n${jump} `.replaceAll('.', '\\.')),
    )
    expect(ask.asked).toMatchObject([
      { key: 'password:deploy', hosts: ['h1'], retry: false },
      { key: 'password:deploy', retry: true },
    ])
    await expect(to(through).connect()).rejects.toThrow(
      /^h1: at the jump host: \S+ does not let deploy in \(no key to offer; nobody gave the password of deploy\)/,
    )
  })

  test('never stand in an argument, an environment or a file', async () => {
    const password = lab.deployPassword
    let seen = 'nothing'
    const link = to({ ...settings, password })
    const connecting = link.connect()
    const everything = () =>
      execFileSync(
        'sh',
        [
          '-c',
          'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; find /tmp/muster-* -maxdepth 1 -type f -exec cat {} + 2>/dev/null; :',
        ],
        {
          encoding: 'latin1',
          maxBuffer: 1 << 28,
        },
      )
    for (let n = 0; n < 5; n += 1) seen += everything()
    await connecting
    seen += everything()
    expect(seen).not.toContain(password)
  })
})

/** Process ids of the `ssh` masters that have their sockets in our folder for temporary files. */
function masters(): string[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter(line => /\d ssh\b.*\/(config|ctl)\b/.test(line) && line.includes(join(tmpdir(), 'muster-')))
    .map(line => line.trim().split(' ')[0] ?? '')
}

function folders(): string[] {
  return readdirSync(tmpdir()).filter(name => existsSync(join(tmpdir(), name, 'askpass')))
}
