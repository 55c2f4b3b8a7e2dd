import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { counted, u32 } from '../../src/engine/connect/ssh/ssh-wire.js'
import { linkTo, stdout } from '../fleet/link-to.js'
import { makeKey, type Sshd, type SshdOptions, sshdMissing, startSshd } from '../fleet/sshd.js'

const why = sshdMissing()
if (why) test.skip(`over a real sshd: ${why}`)

describe.skipIf(why)('hosts that only the system’s ssh can serve', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-chosen-'))
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterEach(() => vi.unstubAllEnvs())
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true })
  })
  const chosen = (link: ReturnType<typeof linkTo>) =>
    link.traces[0]?.notes.find(note => note.kind === 'connector') ?? 'served by ssh2'
  const through = (reason: string | RegExp) => ({
    kind: 'connector',
    name: 'openssh',
    why: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  })
  const during = async (options: SshdOptions, work: (server: Sshd) => Promise<void>) => {
    const server = await startSshd(options)
    try {
      await work(server)
    } finally {
      await server.stop()
    }
  }

  test('PKCS11Provider: ssh has it, and lets us in by another key where the provider has none', async () => {
    const sshConfigFile = join(folder, 'pkcs11')
    writeFileSync(sshConfigFile, 'Host *\n  PKCS11Provider /no/such/provider.so\n')
    const link = linkTo(sshd, { sshConfigFile })
    expect(await stdout(link, 'echo in')).toBe('in\n')
    expect(chosen(link)).toEqual(through("ssh_config sets PKCS11Provider for it, which needs OpenSSH's ssh"))
  })

  test('a key in a FIDO token: ssh is asked to have it signed, and its word about the token is told', async () => {
    const { file, line } = tokenKey(folder)
    appendFileSync(join(sshd.folder, 'authorized_keys'), line)
    const link = linkTo(sshd, { identityFile: file })
    await expect(link.connect()).rejects.toThrow(
      /does not let \S+ in \(refused: \S+token \(ED25519-SK SHA256:\S+\); signing failed for ED25519-SK "\S+token": (?:device not found|invalid format|unknown or unsupported key type)\)$/,
    )
    expect(chosen(link)).toEqual(through(`the sk-ssh-ed25519@openssh.com key ${file} needs OpenSSH's ssh`))
  })

  test('GSSAPI alone: ssh is chosen, and the sentence says what is missing', () =>
    during({ config: ['GSSAPIAuthentication yes', 'AuthenticationMethods gssapi-with-mic'] }, async kerberos => {
      const link = linkTo(kerberos)
      await expect(link.connect()).rejects.toThrow(
        /does not let \S+ in \(no key to offer; the server takes a Kerberos ticket \(gssapi-with-mic; get one with kinit, and set GSSAPIAuthentication in ssh_config\) alone\)$/,
      )
      expect(chosen(link)).toEqual(through(/refused: .*; gssapi-with-mic needs OpenSSH's ssh$/))
    }))

  test('GSSAPI beside keys: a ticket is shown once the keys are refused, before anybody is asked for a password', () =>
    during({ config: ['GSSAPIAuthentication yes', 'PasswordAuthentication yes'] }, async both => {
      const identityFile = join(folder, 'stranger')
      makeKey(identityFile)
      vi.stubEnv('KRB5CCNAME', join(folder, 'no-ticket'))
      const without = linkTo(both, { identityFile })
      await expect(without.connect()).rejects.toThrow(/would take a password and none was given/)
      expect(chosen(without)).toBe('served by ssh2')
      const ticket = join(folder, 'ticket')
      writeFileSync(ticket, 'no ticket, but it may be one')
      vi.stubEnv('KRB5CCNAME', `FILE:${ticket}`)
      const link = linkTo(both, { identityFile, numberOfPasswordPrompts: 0 })
      await expect(link.connect()).rejects.toThrow(/does not let/)
      expect(chosen(link)).toEqual(through("gssapi-with-mic needs OpenSSH's ssh"))
      // A key that is taken needs no ticket.
      const known = linkTo(both)
      await known.connect()
      expect(chosen(known)).toBe('served by ssh2')
    }))
})

/** The file of a key whose private half is in a token, as `ssh-keygen -t ed25519-sk` writes it (OpenSSH's PROTOCOL.key and PROTOCOL.u2f). */
function tokenKey(folder: string): { readonly file: string; readonly line: string } {
  const file = join(folder, 'token')
  const type = 'sk-ssh-ed25519@openssh.com'
  const publicKey = [counted(type), counted(Buffer.alloc(32, 7)), counted('ssh:')]
  const [check, flags, handle, reserved] = [u32(1), Buffer.from([1]), counted(Buffer.alloc(64, 9)), counted('')]
  const secret = Buffer.concat([check, check, ...publicKey, flags, handle, reserved, counted('token')])
  const padding = Buffer.from(Array.from({ length: -secret.length & 7 }, (_, n) => n + 1))
  const blob = Buffer.concat(publicKey)
  const none = counted('none')
  const body = [none, none, counted(''), u32(1), counted(blob), counted(Buffer.concat([secret, padding]))]
  const lines = Buffer.concat([Buffer.from('openssh-key-v1\0', 'latin1'), ...body])
    .toString('base64')
    .replace(/.{70}/g, '$&\n')
  writeFileSync(file, `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`, {
    mode: 0o600,
  })
  return { file, line: `${type} ${blob.toString('base64')} token\n` }
}
