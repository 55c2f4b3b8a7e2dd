import { Version } from './version.js'

export type OsFamily =
  | 'debian'
  | 'rhel'
  | 'alpine'
  | 'arch'
  | 'suse'
  | 'freebsd'
  | 'openbsd'
  | 'netbsd'
  | 'darwin'
  | 'other'

/** What a host runs. */
export interface Os {
  /** `debian`, `ubuntu`, `alpine`, `rocky`, `freebsd`: os-release's ID, or the kernel's name in lower case. */
  readonly id: string
  /** `Debian GNU/Linux` */
  readonly name: string
  /** With its point release where the system tells one: `12.9`, not `12`. `rolling` where there are no releases. */
  readonly version: Version
  /** `bookworm` */
  readonly codename?: string
  readonly family: OsFamily
  /** Systems it descends from, nearest first: `['rhel', 'fedora']`. */
  readonly like: readonly string[]
  /** For people: `Debian GNU/Linux 12 (bookworm)` */
  readonly pretty: string
}

/** What is read from a host to tell its system; each part empty where there is no such file. */
export interface OsSources {
  /** `uname -s`, `uname -r` */
  readonly kernel: string
  readonly kernelRelease: string
  /** os-release(5) */
  readonly osRelease: string
  /** `/etc/debian_version`, the only place with Debian's point release */
  readonly debianVersion: string
  /** `/etc/redhat-release` or its kin: `CentOS Linux release 7.7.1908 (Core)` */
  readonly redhatRelease: string
}

/** Tells the system from what its files say; source: os-release(5). */
export function readOs(sources: OsSources): Os {
  const fields = readOsRelease(sources.osRelease)
  const redhat = /^(?<name>.+?)(?: Linux)? release (?<version>\S+)(?: \((?<codename>[^)]*)\))?/m.exec(
    sources.redhatRelease,
  )?.groups
  const kernelId = sources.kernel.toLowerCase()
  const id =
    fields.ID ?? (redhat?.name ? redhat.name.split(' ')[0]?.toLowerCase() : undefined) ?? (kernelId || 'unknown')
  const like = (fields.ID_LIKE ?? '').split(/\s+/).filter(Boolean)
  const name = fields.NAME ?? redhat?.name ?? sources.kernel
  const version = osVersion(sources, fields, redhat?.version)
  const codename = fields.VERSION_CODENAME ?? /\(([^)]+)\)/.exec(fields.VERSION ?? '')?.[1] ?? redhat?.codename
  return {
    id,
    name,
    version: new Version(version),
    ...(codename ? { codename } : {}),
    family: familyOf([id, ...like, kernelId]),
    like,
    pretty: fields.PRETTY_NAME ?? [name, version].join(' ').trim(),
  }
}

/** The assignments of an os-release file, unquoted; lines that are none are passed over. */
export function readOsRelease(text: string): Readonly<Record<string, string>> {
  const fields = text.split('\n').flatMap(line => {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim())
    return match ? [[match[1] ?? '', unquote(match[2] ?? '')]] : []
  })
  return Object.fromEntries(fields)
}

function unquote(value: string): string {
  const quoted = /^"(.*)"$/s.exec(value)?.[1]
  if (quoted !== undefined) return quoted.replace(/\\(["$`\\])/g, '$1')
  return /^'(.*)'$/s.exec(value)?.[1] ?? value
}

function osVersion(sources: OsSources, fields: Readonly<Record<string, string>>, redhat: string | undefined): string {
  const declared = fields.VERSION_ID ?? ''
  const point = [sources.debianVersion.trim(), redhat ?? ''].find(
    candidate => /^\d/.test(candidate) && candidate.startsWith(`${declared.split('.')[0]}.`),
  )
  if (fields.ID === 'debian' || redhat) return point ?? (declared || sources.debianVersion.trim() || redhat || '')
  if (declared) return declared
  if (fields.BUILD_ID) return fields.BUILD_ID
  return sources.osRelease ? 'rolling' : sources.kernelRelease
}

const FAMILIES: Readonly<Record<string, OsFamily>> = {
  debian: 'debian',
  ubuntu: 'debian',
  rhel: 'rhel',
  fedora: 'rhel',
  centos: 'rhel',
  rocky: 'rhel',
  almalinux: 'rhel',
  ol: 'rhel',
  amzn: 'rhel',
  red: 'rhel',
  alpine: 'alpine',
  arch: 'arch',
  archarm: 'arch',
  manjaro: 'arch',
  suse: 'suse',
  opensuse: 'suse',
  sles: 'suse',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  darwin: 'darwin',
}

function familyOf(ids: readonly string[]): OsFamily {
  for (const id of ids) {
    const family = FAMILIES[id] ?? FAMILIES[id.split('-')[0] ?? '']
    if (family) return family
  }
  return 'other'
}
