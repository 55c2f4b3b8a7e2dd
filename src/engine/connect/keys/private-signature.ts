import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { ParsedKey } from 'ssh2'
import type { Hash } from './offer-agent.js'

/** Keys as OpenSSL has them. ssh2 reads the PEM text anew for every signature, which takes ten times as long as signing. */
const ready = new WeakMap<ParsedKey, KeyObject>()

/** The hash that goes with the type of a key (RFC 5656 6.2.1); an Ed25519 key has its own. */
const HASHES: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'ssh-rsa': 'sha1',
  'ssh-dss': 'sha1',
}

/**
 * Signs with a private key, as `ParsedKey.sign` of ssh2 does.
 * @param hash of an RSA signature, where the server takes another than SHA-1.
 * @throws {Error} when there is no private half, or OpenSSL cannot use it.
 */
export function privateSignature(key: ParsedKey, data: Buffer, hash: Hash): Buffer {
  let own = ready.get(key)
  if (!own) {
    own = createPrivateKey(key.getPrivatePEM())
    ready.set(key, own)
  }
  return sign(hash ?? HASHES[key.type] ?? null, data, own)
}
