import { createPrivateKey, type KeyObject } from 'node:crypto'
import ssh2, { type ParsedKey } from 'ssh2'
import type { OpenSshFeature } from '../needs-openssh.js'
import { counted, WireReader } from '../ssh/ssh-wire.js'

const { parseKey } = ssh2.utils

/** What stands in a file that is meant to hold a key. */
export type KeyFile =
  | { readonly kind: 'private'; readonly key: ParsedKey }
  | { readonly kind: 'public'; readonly key: ParsedKey }
  /** Encrypted; OpenSSH's own format has the public half in clear. */
  | { readonly kind: 'locked'; readonly publicKey?: ParsedKey }
  /** A key that OpenSSH can use and ssh2 cannot. */
  | { readonly kind: 'beyond'; readonly type: string; readonly feature: OpenSshFeature }
  | { readonly kind: 'unusable'; readonly why: string }

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/
const PEM = /-----BEGIN (?:(?:RSA|EC|DSA|ENCRYPTED) )?PRIVATE KEY-----/
const MAGIC = 'openssh-key-v1\0'
/** Passphrases are stretched by this function alone (PROTOCOL.key of OpenSSH). */
const KDF = 'bcrypt'

/** Reads a key in any of the formats ssh-keygen and openssl write: OpenSSH's, PEM, PKCS#8; also public keys. Never throws. */
export function parseKeyFile(text: string): KeyFile {
  try {
    if (OPENSSH.test(text)) return parseOpenSsh(text)
    if (PEM.test(text)) {
      if (/-----BEGIN ENCRYPTED|^Proc-Type: *4, *ENCRYPTED/m.test(text)) return { kind: 'locked' }
      return plain(fromPem(text))
    }
    const type = /^\s*([a-z0-9@.-]+)[ \t]+[A-Za-z0-9+/]/.exec(text)?.[1]
    const feature = type === undefined ? undefined : featureFor(type)
    if (type !== undefined && feature) return { kind: 'beyond', type, feature }
    return plain(parseKey(text))
  } catch (error) {
    return { kind: 'unusable', why: because(error) }
  }
}

/** @returns the key, `wrong` for a wrong passphrase, or a reason why no passphrase will do. Never throws. */
export function unlockKeyFile(text: string, passphrase: string): ParsedKey | 'wrong' | { readonly why: string } {
  try {
    const key = OPENSSH.test(text) ? parseKey(text, passphrase) : fromPem(text, passphrase)
    if (!(key instanceof Error)) return key
    return /unsupported/i.test(key.message) ? { why: because(key) } : 'wrong'
  } catch (error) {
    const message = because(error)
    return /unsupported|unknown cipher|not supported/i.test(message) ? { why: message } : 'wrong'
  }
}

/**
 * What OpenSSH is needed for to use a key of this type.
 * @param type as the key names itself: `sk-ssh-ed25519@openssh.com`.
 */
export function featureFor(type: string): OpenSshFeature | undefined {
  if (/-cert-v\d\d@openssh\.com$/.test(type)) return 'user-certificate'
  if (/^(?:webauthn-)?sk-/.test(type)) return 'security-key'
  return /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3})$/.test(type) || !/@|^(?:ssh|ecdsa)-/.test(type)
    ? undefined
    : 'key-type'
}

function parseOpenSsh(text: string): KeyFile {
  const bytes = Buffer.from(OPENSSH.exec(text)?.[1] ?? '', 'base64')
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('it is damaged')
  const reader = new WireReader(bytes.subarray(MAGIC.length))
  const cipher = reader.text()
  const kdf = reader.text()
  reader.counted()
  reader.u32()
  const publicKey = reader.counted()
  const type = new WireReader(publicKey).text()
  const feature = featureFor(type)
  if (feature) return { kind: 'beyond', type, feature }
  if (cipher === 'none') return plain(parseKey(text))
  if (kdf !== KDF) throw new Error(`it is encrypted in a way not known here (${kdf})`)
  const parsed = parseKey(text)
  if (parsed instanceof Error && /unsupported cipher/i.test(parsed.message))
    throw new Error(`it is encrypted with the cipher ${cipher}, which is not known here`)
  const half = parseKey(publicKey)
  return half instanceof Error ? { kind: 'locked' } : { kind: 'locked', publicKey: half }
}

function plain(key: ParsedKey | Error): KeyFile {
  if (key instanceof Error) throw key
  return key.isPrivateKey() ? { kind: 'private', key } : { kind: 'public', key }
}

/** OpenSSL reads what ssh2 does not: PKCS#8, and PEM under any cipher. */
function fromPem(text: string, passphrase?: string): ParsedKey | Error {
  const key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) })
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return parseKey(key.export({ type: 'pkcs1', format: 'pem' }))
    case 'ec':
      return parseKey(key.export({ type: 'sec1', format: 'pem' }))
    case 'ed25519':
      return parseKey(asOpenSsh(key))
    default:
      return new Error(`unsupported: SSH has no use for keys of the type ${key.asymmetricKeyType}`)
  }
}

/** An Ed25519 key in OpenSSH's format, the only one that ssh2 reads of them (PROTOCOL.key). */
function asOpenSsh(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' })
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
  const type = counted('ssh-ed25519')
  const check = Buffer.alloc(8)
  const secret = [check, type, counted(point), counted(Buffer.concat([seed, point])), counted('')]
  const length = secret.reduce((sum, part) => sum + part.length, 0)
  const padding = Buffer.from(Array.from({ length: (8 - (length % 8)) % 8 }, (_, index) => index + 1))
  const one = Buffer.from([0, 0, 0, 1])
  const body = Buffer.concat([
    Buffer.from(MAGIC),
    counted('none'),
    counted('none'),
    counted(''),
    one,
    counted(Buffer.concat([type, counted(point)])),
    counted(Buffer.concat([...secret, padding])),
  ])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** OpenSSL's messages begin with numbers that help nobody. */
function because(error: unknown): string {
  if (error instanceof RangeError) return 'it is damaged'
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^error:[0-9A-F]+:(.*?)::/i, '')
}
