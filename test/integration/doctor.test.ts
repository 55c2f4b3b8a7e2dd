import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectSettings } from '../../src/engine/connect/connector.js'
import { createLink } from '../../src/engine/connect/index.js'
import { type Examination, examine } from '../../src/engine/doctor/examine.js'
import { isWell, reportLines } from '../../src/engine/doctor/report.js'
import { closing, listener, unusedPort } from '../fleet/link-to.js'
import { makeKey, publicKey, type Sshd, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`the doctor over a real sshd: ${why}`)

/** How a server is reached that is not the first one. */
const reached = ({ port, key, knownHosts }: Sshd) => ({ port, identityFile: key, knownHostsFile: knownHosts })

describe.skipIf(why)('the doctor on a mixed fleet', () => {
  let sshd: Sshd
  let folder = ''
  let changed = ''
  let stranger = ''
  let silent: Awaited<ReturnType<typeof listener>>
  let rude: Awaited<ReturnType<typeof listener>>
  let http: Awaited<ReturnType<typeof listener>>
  const found = new Map<string, Examination>()
  const strict: Sshd[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-doctor-'))
    const configs = [
      [],
      ['PasswordAuthentication yes', 'AuthenticationMethods password'],
      ['MaxAuthTries 1'],
      ['MaxSessions 0'],
      ['ForceCommand echo only backups here'],
      ['AllowTcpForwarding no'],
    ]
    const [first, passwords, fewTries, noSessions, forced, noForwards] = await Promise.all(
      configs.map(config => startSshd({ config })),
    )
    if (!first || !passwords || !fewTries || !noSessions || !forced || !noForwards) throw new Error('no servers')
    sshd = first
    strict.push(passwords, fewTries, noSessions, forced, noForwards)
    stranger = join(folder, 'stranger')
    makeKey(stranger)
    changed = join(folder, 'known hosts')
    writeFileSync(changed, `# a line before\n[127.0.0.1]:${sshd.port} ${publicKey(stranger)}`)
    const revoked = join(folder, 'revoked')
    writeFileSync(revoked, `# a line before\n@revoked * ${publicKey(join(sshd.folder, 'host_ed25519'))}`)
    const locked = join(folder, 'locked')
    makeKey(locked, 'ed25519', 'sesame')
    appendFileSync(join(sshd.folder, 'authorized_keys'), publicKey(locked))
    const expired = join(folder, 'expired')
    makeKey(expired)
    const validity = '20200101:20200102'
    execFileSync('ssh-keygen', ['-q', '-s', stranger, '-I', 'ada', '-n', sshd.user, '-V', validity, `${expired}.pub`])
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => join(folder, `many-${name}`))
    for (const key of many) makeKey(key)
    http = await listener(socket => void socket.end('HTTP/1.1 400 Bad Request\r\n'))
    silent = await listener(() => {})
    rude = await listener(socket => void socket.end('Exceeded MaxStartups\r\n'))
    const fleet: Record<string, ConnectSettings> = {
      'ok-1': {},
      'ok-2': {},
      'ok-3': {},
      refused: { port: await unusedPort() },
      'wrong-key': { identityFile: stranger },
      'changed-key': { knownHostsFile: changed },
      'unknown-key': { knownHostsFile: join(folder, 'none') },
      nameless: { address: 'no-such-host.invalid' },
      silent: { port: silent.port, connectTimeout: 1 },
      full: { port: rude.port },
      'wrong-password': { ...reached(passwords), password: 'not this' },
      passphrase: { identityFile: locked },
      'revoked-key': { knownHostsFile: revoked },
      expired: { identityFile: expired },
      'many-keys': { ...reached(fewTries), identityFile: many },
      'no-sessions': reached(noSessions),
      forced: reached(forced),
      http: { port: http.port },
      'behind-closed': {
        proxyJump: `127.0.0.1:${noForwards.port}`,
        identityFile: [noForwards.key, sshd.key],
        knownHostsFile: noForwards.knownHosts,
      },
      proxied: { proxyCommand: 'echo no way out >&2; exit 3' },
    }
    await Promise.all(
      Object.entries(fleet).map(async ([name, settings]) => {
        const connect = {
          address: '127.0.0.1',
          port: sshd.port,
          identityFile: sshd.key,
          knownHostsFile: sshd.knownHosts,
          strictHostKeyChecking: 'yes',
          sshConfigFile: false,
          agent: false,
          ...settings,
        } as const
        found.set(name, await examine(closing(createLink({ name, settings: connect })), connect))
      }),
    )
  }, 60_000)
  afterAll(async () => {
    silent?.close()
    rude?.close()
    http?.close()
    await Promise.all([sshd, ...strict].map(each => each?.stop()))
    rmSync(folder, { recursive: true, force: true })
  })

  const of = (name: string): Examination => {
    const examination = found.get(name)
    if (!examination) throw new Error(`${name} was not examined`)
    return examination
  }

  test('a host that is well: every phase, the server, the algorithms, the key, a round trip, its shell', () => {
    const { trace, vitals, standing, findings } = of('ok-1')
    expect(trace?.phases.map(({ phase }) => phase)).toEqual(['resolving', 'tcp', 'kex', 'auth', 'shell'])
    expect(vitals).toMatchObject({ sh: expect.stringMatching(/sh$|busybox/), clockOffset: expect.closeTo(0, -1) })
    expect(vitals?.latency).toBeGreaterThan(0)
    expect([standing.state, findings]).toEqual(['ready', []])
    const report = reportLines([of('ok-1')]).map(({ text }) => text)
    expect(report.join('\n')).toMatch(/resolving [\d.]+ · tcp [\d.]+ · kex [\d.]+ · auth [\d.]+ · shell [\d.]+ ms/)
    expect(report.join('\n')).toContain(`127.0.0.1:${sshd.port}`)
    expect(report.join('\n')).toContain('SSH-2.0-OpenSSH_')
    expect(report.join('\n')).toContain('aes128-gcm@openssh.com')
    expect(report.at(-1)).toBe('1 of 1 host ready')
  })

  test.each([
    ['refused', 'connection refused', 'nothing listens on that port'],
    ['wrong-key', 'does not let', 'ssh-copy-id -p'],
    ['unknown-key', 'is not known', 'ssh-keyscan -p'],
    ['nameless', 'cannot resolve the name no-such-host.invalid', 'Check the spelling|name server itself'],
    ['silent', 'waiting for the key exchange', 'takes connections there and says nothing'],
    ['full', 'Exceeded MaxStartups', 'raise MaxStartups'],
    ['wrong-password', 'wrong password', 'Try the password by hand'],
    ['passphrase', 'is encrypted and nobody gave its passphrase', 'ssh-add'],
    ['revoked-key', 'revoked:2)', 'Do not connect'],
    ['expired', 'expired on 2020-01-0', 'ssh-keygen -Lf'],
    ['many-keys', 'after too many keys', 'MaxAuthTries'],
    ['no-sessions', 'opens no more sessions', 'Raise MaxSessions'],
    ['forced', 'it says: only backups here', 'drop ForceCommand'],
    ['http', 'it says: HTTP/1.1 400 Bad Request', 'Another service answers'],
    ['behind-closed', 'the jump host 127.0.0.1 does not forward', 'AllowTcpForwarding'],
    ['proxied', 'no way out', 'Run the ProxyCommand by hand'],
  ])('%s: %s, and what to do', (name, problem, advice) => {
    const { findings, vitals, standing } = of(name)
    expect(vitals).toBeUndefined()
    expect(standing.state).toBe('failed')
    expect(findings).toEqual([
      { problem: expect.stringContaining(problem), advice: expect.stringMatching(new RegExp(advice)) },
    ])
  })

  test.each([
    ['wrong-key', /^ {2}key +\S+stranger ssh-ed25519 SHA256:\S+ → refused\n {2}takes +publickey$/m],
    ['wrong-password', /^ {2}method +password → refused$/m],
    ['changed-key', /^ {2}host key +ssh-ed25519 SHA256:\S+ refused \(.*known hosts:2\)$/m],
    ['ok-1', /^ {2}host key +ssh-ed25519 SHA256:\S+ known by \S+known_hosts:1$/m],
    ['many-keys', /^ {2}server +SSH-2\.0-OpenSSH\S+.* \(5 times\)\n {2}host key .* \(5 times\)\n {2}algorithms /m],
    ['behind-closed', /^ {2}through +127\.0\.0\.1 {2}resolving [\d.]+ · tcp [\d.]+ · kex \d+ · auth \d+ ms/m],
    ['full', /^ {2}turned away +Exceeded MaxStartups; tried again after/m],
  ])('%s: what happened on the way', (name, row) => {
    const text = reportLines([of(name)], 300).map(line => line.text)
    expect(text.join('\n')).toMatch(row)
  })

  test('a changed host key: the very line to run takes the old key away', async () => {
    const [finding] = of('changed-key').findings
    expect(finding?.problem).toContain('has CHANGED')
    const line = /`(ssh-keygen -f .*? -R .*?)`/.exec(finding?.advice ?? '')?.[1] ?? 'false'
    execFileSync('/bin/sh', ['-c', line], { stdio: 'ignore' })
    expect(readFileSync(changed, 'utf8')).toBe('# a line before\n')
  })

  test('the report: those that are ill first, those that are alike once, nothing wider than asked', () => {
    const lines = reportLines([...found.values()], 80)
    const text = lines.map(line => line.text)
    expect(Math.max(...text.map(line => line.length))).toBeLessThanOrEqual(80)
    expect(text.filter(line => /^[✗○●] /.test(line)).at(-1)).toBe('● ok-[1-3] (3)  ready')
    expect(text.filter(line => /^ {2}ok-\d/.test(line))).toHaveLength(3)
    expect(text.at(-1)).toBe('3 of 20 hosts ready')
    expect([...found.values()].filter(isWell)).toHaveLength(3)
  })

  test('forty hosts with the same illness are one paragraph', async () => {
    const port = await unusedPort()
    const settings = { address: '127.0.0.1', port, sshConfigFile: false, agent: false } as const
    const many = await Promise.all(
      Array.from({ length: 40 }, (_, n) => examine(closing(createLink({ name: `down-${n + 1}`, settings })), settings)),
    )
    const text = reportLines(many).map(line => line.text)
    expect(text[0]).toBe('✗ down-[1-40] (40)  failed')
    expect(text.filter(line => line.includes('connection refused at'))).toHaveLength(1)
    expect(text.length).toBeLessThan(50)
    expect(text.at(-1)).toBe('0 of 40 hosts ready')
  })
})
