import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'
import { UsageError } from '../../errors.js'
import { matchesWildcard } from '../wildcard.js'

/** Algorithms of one connection, best first. */
export interface Algorithms {
  readonly kex: readonly KexAlgorithm[]
  readonly serverHostKey: readonly ServerHostKeyAlgorithm[]
  readonly cipher: readonly CipherAlgorithm[]
  readonly mac: readonly MacAlgorithm[]
}

/** What ssh2 speaks: what is offered unless said otherwise, and what it offers only when told to. */
interface Spoken<Name extends string> {
  readonly usual: readonly Name[]
  readonly old: readonly Name[]
}

export const KEX: Spoken<KexAlgorithm> = {
  usual: [
    'curve25519-sha256@libssh.org',
    'curve25519-sha256',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group15-sha512',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group17-sha512',
    'diffie-hellman-group18-sha512',
  ],
  old: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
}

export const HOST_KEYS: Spoken<ServerHostKeyAlgorithm> = {
  usual: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
  ],
  old: ['ssh-dss'],
}

/** AES-GCM first: hardware makes it the fastest by far. */
export const CIPHERS: Spoken<CipherAlgorithm> = {
  usual: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  old: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
}

export const MACS: Spoken<MacAlgorithm> = {
  usual: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
  ],
  old: ['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'],
}

/**
 * The algorithms that a list in OpenSSH's syntax stands for (ssh_config(5), Ciphers): names and wildcards separated by commas,
 * `+` in front adds them to the usual ones, `-` takes them away, `^` puts them first. Names that ssh2 does not speak are passed over.
 *
 * @param value the list; `undefined` for the usual ones.
 * @param what host and setting, for the message: `web-1: ciphers`.
 * @throws {UsageError} when nothing is left.
 * @example
 * algorithmList('^aes256-ctr', CIPHERS, 'web-1: ciphers')[0] // 'aes256-ctr'
 */
export function algorithmList<Name extends string>(
  value: string | readonly string[] | undefined,
  spoken: Spoken<Name>,
  what: string,
): readonly Name[] {
  if (value === undefined) return spoken.usual
  const written = typeof value === 'string' ? value : value.join(',')
  const sign = /^[-+^]/.exec(written)?.[0]
  const patterns = written
    .slice(sign ? 1 : 0)
    .split(',')
    .map(each => each.trim())
  const all = [...spoken.usual, ...spoken.old]
  const named = [...new Set(patterns.flatMap(pattern => all.filter(name => matchesWildcard(pattern, name))))]
  const list = assemble(sign, named, spoken.usual)
  if (list.length === 0)
    throw new UsageError(
      `${what} ${JSON.stringify(written)} leaves nothing that muster speaks; it speaks ${all.join(', ')}`,
    )
  return list
}

function assemble<Name>(sign: string | undefined, named: readonly Name[], usual: readonly Name[]): readonly Name[] {
  switch (sign) {
    case '+':
      return [...new Set([...usual, ...named])]
    case '-':
      return usual.filter(name => !named.includes(name))
    case '^':
      return [...new Set([...named, ...usual])]
    default:
      return named
  }
}
