import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asking, linkTo } from '../fleet/link-to.js'
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

  describe('we let in and refuse as OpenSSH does', () => {
    const keys = ['real', 'other', 'rsa'] as const
    const lines: readonly (readonly [name: string, line: (key: Record<(typeof keys)[number], string>) => string])[] = [
      ['nothing', () => ''],
      ['the key', ({ real }) => `[127.0.0.1]:PORT ${real}`],
      ['another key of the type', ({ other }) => `[127.0.0.1]:PORT ${other}`],
      ['both', ({ other, real }) => `[127.0.0.1]:PORT ${other}[127.0.0.1]:PORT ${real}`],
      ['a key of another type', ({ rsa }) => `[127.0.0.1]:PORT ${rsa}`],
      ['the key without the port', ({ real }) => `127.0.0.1 ${real}`],
      ['another key without the port', ({ other }) => `127.0.0.1 ${other}`],
      ['the key for another port', ({ real }) => `[127.0.0.1]:1 ${real}`],
      ['a pattern', ({ real }) => `[127.0.0.*]:PORT ${real}`],
      ['a negated pattern', ({ real }) => `[127.0.0.*]:PORT,![127.0.0.1]:PORT ${real}`],
      ['revoked', ({ real }) => `[127.0.0.1]:PORT ${real}@revoked * ${real}`],
      ['another one revoked', ({ real, other }) => `[127.0.0.1]:PORT ${real}@revoked * ${other}`],
      ['an authority only', ({ other }) => `@cert-authority * ${other}`],
    ]
    const modes = ['yes', 'accept-new', 'no'] as const
    test.each(lines.flatMap(([name, line]) => modes.map(mode => ({ name, mode, line }))))(
      '$name, StrictHostKeyChecking $mode',
      async ({ mode, line }) => {
        const [other, rsa] = [join(folder, 'other'), join(folder, 'rsa')]
        if (!existsSync(other)) makeKey(other)
        if (!existsSync(rsa)) makeKey(rsa, 'rsa')
        const real = join(sshd.folder, 'host_ed25519')
        const text = line({ real: publicKey(real), other: publicKey(other), rsa: publicKey(rsa) })
        const knownHostsFile = join(folder, 'compared')
        const fresh = () => writeFileSync(knownHostsFile, text.replaceAll('PORT', String(sshd.port)))
        fresh()
        const options = [
          'BatchMode=yes',
          'GlobalKnownHostsFile=none',
          `UserKnownHostsFile=${knownHostsFile}`,
          `StrictHostKeyChecking=${mode}`,
        ].flatMap(option => ['-o', option])
        const ssh = spawnSync('ssh', [
          '-F',
          'none',
          ...options,
          '-i',
          sshd.key,
          '-p',
          String(sshd.port),
          '127.0.0.1',
          'true',
        ])
        fresh()
        const ours = await linkTo(sshd, { knownHostsFile, strictHostKeyChecking: mode })
          .connect()
          .then(() => 0, String)
        expect(ours === 0).toBe(ssh.status === 0)
      },
    )
  })
})
