import { WireReader } from '../ssh/ssh-wire.js'

/** Names of signature algorithms under which an RSA key may be listed. */
const RSA = new Set(['ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512'])
/** Length of a point on the curve, uncompressed, bytes. */
const POINTS: Readonly<Record<string, number>> = { nistp256: 65, nistp384: 97, nistp521: 133 }
/** OpenSSH takes no smaller RSA key, bits. */
const SMALLEST_RSA = 1024

/** A public key as it is listed in known_hosts. */
export interface HostKey {
  readonly type: string
  /** In SSH wire format. */
  readonly blob: Buffer
}

/** Reads `type base64 comment` as OpenSSH does (`sshkey_read` in its sshkey.c); `undefined` for what it would pass over. */
export function parseHostKey(text: string): HostKey | undefined {
  const [, type, base64] = /^([^ \t]+)[ \t]+([^ \t]+)/.exec(text) ?? []
  const blob = base64 === undefined ? undefined : decode(base64)
  if (type === undefined || !blob) return undefined
  const own = ownType(blob)
  return own !== undefined && (own === type || (own === 'ssh-rsa' && RSA.has(type))) ? { type: own, blob } : undefined
}

/** The type that the bytes of a whole and sound key name. */
function ownType(blob: Buffer): string | undefined {
  try {
    const reader = new WireReader(blob)
    const type = reader.counted().toString('latin1')
    return isSound(type, reader) && reader.done ? type : undefined
  } catch {
    return undefined
  }
}

function isSound(type: string, reader: WireReader): boolean {
  switch (type) {
    case 'ssh-ed25519':
      return reader.counted().length === 32
    case 'sk-ssh-ed25519@openssh.com':
      return reader.counted().length === 32 && reader.counted().length >= 0
    case 'ssh-rsa':
      return isPositive(reader.counted()) && isPositive(reader.counted(), SMALLEST_RSA)
    case 'ssh-dss':
      return [1, 2, 3, 4].every(() => isPositive(reader.counted()))
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return isPoint(type.slice('ecdsa-sha2-'.length), reader)
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return isPoint('nistp256', reader) && reader.counted().length >= 0
    default:
      return false
  }
}

function isPoint(curve: string, reader: WireReader): boolean {
  if (reader.text() !== curve) return false
  const point = reader.counted()
  return point.length === POINTS[curve] && point[0] === 4
}

/** A number of RFC 4251 that is above 0 and has at least so many bits. */
function isPositive(bytes: Buffer, bits = 1): boolean {
  const first = bytes.findIndex(byte => byte !== 0)
  if (first < 0 || first > 1 || (first === 0 && Number(bytes[0]) >= 0x80)) return false
  return 8 * (bytes.length - first - 1) + (32 - Math.clz32(Number(bytes[first]))) >= bits
}

/** Base64 as the C library takes it: blanks (also the CR of a line from Windows) anywhere, and nothing else amiss. */
function decode(text: string): Buffer | undefined {
  const written = text.replace(/[\s\v]/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(written) || written.length % 4 !== 0) return undefined
  const bytes = Buffer.from(written, 'base64')
  return bytes.toString('base64') === written ? bytes : undefined
}
