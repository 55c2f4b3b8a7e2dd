import { createHash, createHmac } from 'node:crypto'

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly file: string
  readonly line: number
  readonly marker?: 'cert-authority' | 'revoked'
  /** Host patterns, or one `|1|salt|hash`. */
  readonly patterns: readonly string[]
  readonly keyType: string
  /** The key's bytes in base64, as written. */
  readonly key: string
}

/** What known_hosts says about a key that a server has shown. */
export type HostKeyVerdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'changed'
      readonly file: string
      readonly line: number
      readonly oldType: string
      readonly oldFingerprint: string
      readonly newFingerprint: string
    }
  | { readonly kind: 'revoked'; readonly file: string; readonly line: number }

/** Parses a known_hosts file; lines that are no entry are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index): KnownHost[] => {
    const fields = raw.trim().split(/[ \t]+/)
    if (raw.trim() === '' || fields[0]?.startsWith('#')) return []
    const mark = fields[0]?.startsWith('@') ? fields.shift() : undefined
    const marker = mark === '@cert-authority' ? 'cert-authority' : mark === '@revoked' ? 'revoked' : undefined
    const [patterns, keyType, key] = fields
    if ((mark && !marker) || !patterns || !keyType || !key || !/^[A-Za-z0-9+/]+=*$/.test(key)) return []
    return [{ file, line: index + 1, ...(marker ? { marker } : {}), patterns: patterns.split(','), keyType, key }]
  })
}

/**
 * Whether an entry speaks of a host. Wildcards `*` and `?`, `!negation` (which wins), hashed names.
 * @param name as {@link lookupName} gives it.
 */
export function matchesHost(entry: KnownHost, name: string): boolean {
  const host = name.toLowerCase()
  let matched = false
  for (const pattern of entry.patterns) {
    if (pattern.startsWith('|')) {
      if (matchesHash(pattern, host)) matched = true
    } else if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), host)) return false
    } else if (matchesPattern(pattern, host)) matched = true
  }
  return matched
}

/** The name a host is listed under: `host`, or `[host]:port` when the port is not 22. */
export function lookupName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
}

/**
 * Judges a server's key by known_hosts, as OpenSSH's `check_host_key` does: revoked beats all; the same key in any file is `ok`;
 * another key of the same type is `changed`; so is a server that shows a type not listed while other types are.
 *
 * @param names the host's lookup names, the first one first; a key listed under any of them is known.
 * @param key the server's public key in SSH wire format.
 */
export function judgeHostKey(entries: readonly KnownHost[], names: readonly string[], key: Buffer): HostKeyVerdict {
  const shown = key.toString('base64')
  const about = entries.filter(entry => names.some(name => matchesHost(entry, name)))
  const revoked = about.find(entry => entry.marker === 'revoked' && sameKey(entry, shown))
  if (revoked) return { kind: 'revoked', file: revoked.file, line: revoked.line }
  const plain = about.filter(entry => entry.marker === undefined)
  if (plain.some(entry => sameKey(entry, shown))) return { kind: 'ok' }
  const other = plain.find(entry => entry.keyType === keyTypeOf(key)) ?? plain[0]
  if (other) {
    return {
      kind: 'changed',
      file: other.file,
      line: other.line,
      oldType: other.keyType,
      oldFingerprint: fingerprint(Buffer.from(other.key, 'base64')),
      newFingerprint: fingerprint(key),
    }
  }
  return { kind: 'unknown' }
}

/** `SHA256:…`, as OpenSSH prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The type that a public key in SSH wire format names itself: `ssh-ed25519`. */
export function keyTypeOf(key: Buffer): string {
  return key.length < 4 ? '' : key.toString('latin1', 4, 4 + key.readUInt32BE(0))
}

/** The host key algorithms under which a key of a known type can be shown, so that they are asked for first. */
export function preferredAlgorithms(entries: readonly KnownHost[], names: readonly string[]): string[] {
  const types = entries
    .filter(entry => entry.marker === undefined && names.some(name => matchesHost(entry, name)))
    .map(entry => entry.keyType)
  return [...new Set(types)].flatMap(type =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type],
  )
}

/**
 * The line that makes a host known.
 * @param hashed hide the name, as `HashKnownHosts yes` does; `salt` are its 20 random bytes.
 */
export function knownHostsLine(name: string, key: Buffer, hashed?: { readonly salt: Buffer }): string {
  const listed = hashed ? hashName(name.toLowerCase(), hashed.salt) : name.toLowerCase()
  return `${listed} ${keyTypeOf(key)} ${key.toString('base64')}\n`
}

function hashName(host: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(host).digest('base64')}`
}

function matchesHash(pattern: string, host: string): boolean {
  const [, version, salt] = pattern.split('|')
  return version === '1' && salt !== undefined && hashName(host, Buffer.from(salt, 'base64')) === pattern
}

function matchesPattern(pattern: string, host: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(host)
}

function sameKey(entry: KnownHost, shown: string): boolean {
  return Buffer.from(entry.key, 'base64').toString('base64') === shown
}
