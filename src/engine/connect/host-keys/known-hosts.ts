import { createHash, createHmac } from 'node:crypto'
import { matchesPatterns } from '../wildcard.js'
import { parseHostKey } from './host-key.js'

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly file: string
  readonly line: number
  readonly marker?: 'cert-authority' | 'revoked'
  /** Host patterns, separated by commas, or one `|1|salt|hash`. */
  readonly hosts: string
  /** The type that the key itself names. */
  readonly keyType: string
  /** In SSH wire format. */
  readonly key: Buffer
}

/**
 * Parses a known_hosts file line by line as OpenSSH does (`hostkeys_foreach_file` in its hostfile.c), which passes over what is no
 * entry. Never throws.
 *
 * @param file its name, for messages.
 */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((raw, index): KnownHost[] => {
    const entry = parseLine(raw)
    return entry ? [{ file, line: index + 1, ...entry }] : []
  })
}

function parseLine(raw: string): Omit<KnownHost, 'file' | 'line'> | undefined {
  // What is behind a NUL is not there for a program in C.
  const line = (raw.split('\0')[0] ?? '').replace(/^[ \t]+/, '')
  if (line === '' || line.startsWith('#')) return undefined
  const marked = takeMarker(line)
  if (!marked) return undefined
  const { marker, rest } = marked
  const [, hosts, written] = /^([^ \t]*)[ \t]+([^ \t#].*)$/s.exec(rest) ?? []
  if (hosts === undefined || written === undefined || (hosts.startsWith('|') && !saltOf(hosts))) return undefined
  const key = parseHostKey(written)
  return key && { ...(marker ? { marker } : {}), hosts, keyType: key.type, key: key.blob }
}

/** OpenSSH looks for a blank to end the marker, and for a tab only where there is no blank in the line. */
function takeMarker(
  line: string,
): { readonly marker?: 'cert-authority' | 'revoked'; readonly rest: string } | undefined {
  if (!line.startsWith('@')) return { rest: line }
  const blank = line.indexOf(' ')
  const end = blank < 0 ? line.indexOf('\t') : blank
  const marker = end < 0 ? '' : line.slice(1, end)
  const rest = line.slice(end).replace(/^[ \t]+/, '')
  if (rest.startsWith('@') || (marker !== 'cert-authority' && marker !== 'revoked')) return undefined
  return { marker, rest }
}

/**
 * Whether an entry speaks of a host. Wildcards `*` and `?`, `!negation` (which wins), hashed names.
 * @param name as {@link lookupName} gives it.
 */
export function matchesHost({ hosts }: KnownHost, name: string): boolean {
  const host = name.toLowerCase()
  const salt = saltOf(hosts)
  if (salt) return hashName(host, salt) === hosts
  return !hosts.startsWith('|') && matchesPatterns(hosts.toLowerCase().split(','), host)
}

/** The name a host is listed under: `host`, or `[host]:port` when the port is not 22. */
export function lookupName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
}

/** `SHA256:…`, as OpenSSH prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The type that a public key in SSH wire format names itself: `ssh-ed25519`. */
export function keyTypeOf(key: Buffer): string {
  return key.length < 4 ? '' : key.toString('latin1', 4, 4 + key.readUInt32BE(0))
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

/** The salt of a hashed name: as long as a SHA-1 sum. */
function saltOf(hosts: string): Buffer | undefined {
  const written = /^\|1\|([^|]+)\|/.exec(hosts)?.[1]
  const salt = written === undefined ? undefined : Buffer.from(written, 'base64')
  return salt?.length === 20 ? salt : undefined
}
