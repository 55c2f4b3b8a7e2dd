import { type KnownHost, lookupName, matchesHost } from './known-hosts.js'

/** By what a host is looked up. */
export interface HostName {
  readonly host: string
  readonly port: number
  readonly hostKeyAlias?: string
}

/** What known_hosts says about a key that a server has shown. `entry`: the line that says so. */
export type HostKeyVerdict =
  | { readonly kind: 'ok' | 'changed' | 'revoked'; readonly entry: KnownHost }
  | { readonly kind: 'unknown' }

/** The name that a host's keys are listed under. */
export function listedName({ host, port, hostKeyAlias }: HostName): string {
  return hostKeyAlias ?? lookupName(host, port)
}

/**
 * Judges a server's key by known_hosts, as OpenSSH's `check_host_key` does (sshconnect.c): a revoked key is revoked whatever else is
 * listed; the same key in any file is `ok`; any other key is `changed`, also one of another type. Where nothing is listed for
 * `[host]:port`, a key listed for the host alone is `ok`; that it is revoked there counts only where it is let pass all the same.
 *
 * @param key in SSH wire format.
 * @param strict whether a revoked key is refused (StrictHostKeyChecking anything but `no`).
 */
export function judgeHostKey(
  entries: readonly KnownHost[],
  name: HostName,
  key: Buffer,
  strict: boolean,
): HostKeyVerdict {
  const verdict = judgeByName(entries, listedName(name), key)
  const another = plainName(name)
  if (verdict.kind !== 'unknown' || another === undefined) return verdict
  const alone = judgeByName(entries, another, key)
  return alone.kind === 'changed' || (alone.kind === 'revoked' && strict) ? verdict : alone
}

/** The lines that speak of a host, with or without its port: all that the judgement on its keys depends on. */
export function entriesAbout(entries: readonly KnownHost[], name: HostName): readonly KnownHost[] {
  const names = [listedName(name), plainName(name)].flatMap(each => each?.toLowerCase() ?? [])
  const { byName, rest } = indexOf(entries)
  const plain = names.flatMap(each => byName.get(each) ?? [])
  const other = rest.filter(at => names.some(each => matchesAt(entries, at, each)))
  return [...new Set([...plain, ...other])].sort((a, b) => a - b).flatMap(at => entries[at] ?? [])
}

function matchesAt(entries: readonly KnownHost[], at: number, name: string): boolean {
  const entry = entries[at]
  return entry !== undefined && matchesHost(entry, name)
}

/** Where in a list of entries each name stands as it is, and those that have to be looked at for every name: hashed, or patterns. */
interface Index {
  readonly byName: ReadonlyMap<string, readonly number[]>
  readonly rest: readonly number[]
}

const indexes = new WeakMap<readonly KnownHost[], Index>()

/** Made once for a list: thousands of hosts are looked up among thousands of entries. */
function indexOf(entries: readonly KnownHost[]): Index {
  const made = indexes.get(entries)
  if (made) return made
  const byName = new Map<string, number[]>()
  const rest: number[] = []
  for (const [at, { hosts }] of entries.entries()) {
    if (/[|*?!]/.test(hosts)) rest.push(at)
    else
      for (const name of hosts.toLowerCase().split(',')) {
        const places = byName.get(name)
        if (places) places.push(at)
        else byName.set(name, [at])
      }
  }
  const index = { byName, rest }
  indexes.set(entries, index)
  return index
}

/** Other names under which this very key is known; OpenSSH tells them when it asks about a new one. */
export function otherNames(entries: readonly KnownHost[], name: HostName, key: Buffer): readonly string[] {
  const names = entries
    .filter(entry => entry.marker === undefined && entry.key.equals(key) && !matchesHost(entry, listedName(name)))
    .map(({ hosts, file, line }) => (hosts.startsWith('|') ? `${file}:${line} [hashed name]` : hosts))
  return [...new Set(names)]
}

function judgeByName(entries: readonly KnownHost[], name: string, key: Buffer): HostKeyVerdict {
  const listed = entries.filter(entry => matchesHost(entry, name))
  const same = (entry: KnownHost) => entry.key.equals(key)
  const revoked = listed.find(entry => entry.marker === 'revoked' && same(entry))
  if (revoked) return { kind: 'revoked', entry: revoked }
  const plain = listed.filter(entry => entry.marker === undefined)
  const known = plain.find(same)
  if (known) return { kind: 'ok', entry: known }
  const type = key.toString('latin1', 4, 4 + (key.length < 4 ? 0 : key.readUInt32BE(0)))
  const other = plain.find(entry => entry.keyType === type) ?? plain[0]
  return other ? { kind: 'changed', entry: other } : { kind: 'unknown' }
}

/** The host's name without its port, where that is another one. */
function plainName({ host, port, hostKeyAlias }: HostName): string | undefined {
  return hostKeyAlias === undefined && port !== 22 ? host : undefined
}
