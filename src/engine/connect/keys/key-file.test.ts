import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { featureFor, parseKeyFile, unlockKeyFile } from './key-file.js'
import { notValid, parseUserCertificate } from './user-certificate.js'

describe('parseKeyFile', () => {
  test.each([
    ['', 'unusable'],
    ['hello', 'unusable'],
    ['ssh-ed25519 AAAA', 'unusable'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', 'unusable'],
    ['-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n', 'unusable'],
    ['-----BEGIN PRIVATE KEY-----\n', 'unusable'],
    ['sk-ssh-ed25519@openssh.com AAAA me', 'beyond'],
    ['ssh-rsa-cert-v01@openssh.com AAAA me', 'beyond'],
    ['ssh-xmss@openssh.com AAAA me', 'beyond'],
  ])('%j is %s', (text, kind) => expect(parseKeyFile(text).kind).toBe(kind))

  test('never throws, and its reasons are short and on one line', () => {
    const head = fc.constantFrom(
      'OPENSSH PRIVATE',
      'RSA PRIVATE',
      'EC PRIVATE',
      'DSA PRIVATE',
      'PRIVATE',
      'ENCRYPTED PRIVATE',
    )
    const bytes = fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes))
    const magic = bytes.map(rest => Buffer.concat([Buffer.from('openssh-key-v1\0'), rest]))
    const armoured = fc
      .tuple(head, fc.oneof(bytes, magic), fc.constantFrom('', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n'))
      .map(
        ([name, body, header]) =>
          `-----BEGIN ${name} KEY-----\n${header}${body.toString('base64')}\n-----END ${name} KEY-----\n`,
      )
    fc.assert(
      fc.property(
        fc.oneof(armoured, fc.string({ unit: 'binary' }), bytes.map(String)),
        fc.string(),
        (text, passphrase) => {
          const parsed = parseKeyFile(text)
          if (parsed.kind === 'unusable') expect(parsed.why).toMatch(/^.{1,200}$/)
          unlockKeyFile(text, passphrase)
          parseUserCertificate(text)
        },
      ),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['ssh-rsa', undefined],
  ['ecdsa-sha2-nistp256', undefined],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 'security-key'],
  ['ssh-ed25519-cert-v01@openssh.com', 'user-certificate'],
  ['sk-ssh-ed25519-cert-v01@openssh.com', 'user-certificate'],
  ['ssh-mldsa44-ed25519@openssh.com', 'key-type'],
])('%s needs OpenSSH for: %s', (type, feature) => expect(featureFor(type)).toBe(feature))

const keygen = spawnSync('ssh-keygen', ['-?']).error === undefined
describe.skipIf(!keygen)('what ssh-keygen makes', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-key-files-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const make = (name: string, ...args: readonly string[]) => {
    const key = join(folder, name)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-C', 'ada', '-f', key, ...args])
    return key
  }

  test('an encrypted key shows its public half, and opens by its passphrase alone', () => {
    const text = readFileSync(make('locked', '-N', 'open sesame'), 'utf8')
    const parsed = parseKeyFile(text)
    const listed = readFileSync(join(folder, 'locked.pub'), 'utf8').split(' ')[1]
    expect(parsed.kind === 'locked' && parsed.publicKey?.getPublicSSH().toString('base64')).toBe(listed)
    expect(unlockKeyFile(text, 'wrong')).toBe('wrong')
    const key = unlockKeyFile(text, 'open sesame')
    expect(key !== 'wrong' && 'type' in key && key.isPrivateKey()).toBe(true)
  })

  test('damaged anywhere, it is still a sentence', () => {
    const text = readFileSync(make('damaged', '-N', ''), 'utf8')
    fc.assert(
      fc.property(
        fc.nat({ max: text.length - 1 }),
        fc.nat({ max: 40 }),
        fc.string({ maxLength: 3 }),
        (at, length, instead) => {
          parseKeyFile(text.slice(0, at) + instead + text.slice(at + length))
        },
      ),
    )
  })

  test('the times of a certificate', () => {
    const authority = make('authority', '-N', '')
    const key = make('certified', '-N', '')
    const sign = (validity: readonly string[]) => {
      execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'ada@work', '-n', 'root', ...validity, `${key}.pub`], {
        env: { ...process.env, TZ: 'UTC' },
      })
      return parseUserCertificate(readFileSync(`${key}-cert.pub`, 'utf8'))
    }
    const limited = sign(['-V', '20260101000000:20260201120000'])
    expect(limited).toEqual({
      type: 'ssh-ed25519-cert-v01@openssh.com',
      id: 'ada@work',
      validFrom: new Date('2026-01-01T00:00:00Z'),
      validTo: new Date('2026-02-01T12:00:00Z'),
    })
    const at = (time: string) => limited && notValid(limited, new Date(time))
    expect([at('2025-12-31T23:00:00Z'), at('2026-01-15T00:00:00Z'), at('2026-02-01T12:00:00Z')]).toEqual([
      'is valid only from 2026-01-01 00:00:00 UTC',
      undefined,
      'expired on 2026-02-01 12:00:00 UTC',
    ])
    const forever = sign([])
    expect(forever && [forever.validTo, notValid(forever, new Date())]).toEqual([undefined, undefined])
    expect(sign(['-h'])).toBeUndefined()
  })
})
