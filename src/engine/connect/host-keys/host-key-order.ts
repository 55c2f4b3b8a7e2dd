import { type KnownHost, matchesHost } from './known-hosts.js'

/**
 * The host key algorithms to ask a server for, those of keys that are known first, so that a server with several keys shows one that
 * can be checked (`order_hostkeyalgs` in OpenSSH's sshconnect2.c). Where a key of the best type is known, the list stays as it is. A type
 * whose first key is revoked counts as not known (`check_hostkeys_by_key_or_type` in its hostfile.c).
 *
 * @param name as the host is listed.
 * @example
 * orderHostKeys(['ssh-ed25519', 'rsa-sha2-512'], rsaKeyOfWeb1, 'web-1') // ['rsa-sha2-512', 'ssh-ed25519']
 */
export function orderHostKeys<Algorithm extends string>(
  algorithms: readonly Algorithm[],
  entries: readonly KnownHost[],
  name: string,
): readonly Algorithm[] {
  const listed = entries.filter(entry => matchesHost(entry, name))
  const plain = listed.filter(({ marker }) => marker === undefined)
  const revoked = listed.filter(({ marker }) => marker === 'revoked')
  const firsts = plain.filter((entry, at) => plain.findIndex(({ keyType }) => keyType === entry.keyType) === at)
  const known = firsts.filter(({ key }) => !revoked.some(each => each.key.equals(key)))
  const types = new Set(known.map(({ keyType }) => keyType))
  const isKnown = (algorithm: Algorithm) => types.has(keyTypeFor(algorithm))
  const [best] = algorithms
  if (best === undefined || isKnown(best)) return algorithms
  return [...algorithms.filter(isKnown), ...algorithms.filter(algorithm => !isKnown(algorithm))]
}

/** RSA keys sign under several names (RFC 8332). */
function keyTypeFor(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm
}
