import type { BaseName } from './base.js'
import { type ServerName, servers } from './ssh-servers.js'

/** What a host of a lab is to be. */
export interface HostKind {
  /** What it stands on. Default `bookworm`. */
  readonly base?: BaseName
  /** Its SSH server. Default `openssh`. */
  readonly server?: ServerName
  /** Whether systemd is PID 1. Default false: a few lines of `sh` that start the server are. */
  readonly systemd?: boolean
  /** The jump host it stands behind, in a private segment: this machine cannot reach it but through that host. */
  readonly behind?: string
}

/** A {@link HostKind} with nothing left open. */
export interface FullKind {
  readonly base: BaseName
  readonly server: ServerName
  readonly systemd: boolean
  readonly behind: string | undefined
}

/**
 * Two jump hosts and two hosts behind them: j1 is reached by this machine, j2 and p1 only from j1, p2 only from j2.
 *
 * @example
 * const lab = await startLab({ hosts: { h1: {}, ...twoHops } })
 */
export const twoHops: Readonly<Record<string, HostKind>> = {
  j1: {},
  j2: { behind: 'j1' },
  p1: { behind: 'j1' },
  p2: { behind: 'j2' },
}

/**
 * The hosts of a lab by name, in order; checked.
 *
 * @param hosts the hosts, or how many plain ones: h1, h2 …
 * @param systemd how many of that number, the first ones, run systemd.
 * @throws {Error} for a host that cannot be, in one sentence.
 */
export function kindsOf(
  hosts: number | Readonly<Record<string, HostKind>>,
  systemd: number,
): ReadonlyMap<string, FullKind> {
  const wanted = typeof hosts === 'number' ? plainHosts(hosts, systemd) : Object.entries(hosts)
  const kinds = new Map<string, FullKind>()
  for (const [name, { base = 'bookworm', server = 'openssh', systemd = false, behind }] of wanted) {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name for a host`)
    if (!servers[server].bases.includes(base)) throw new Error(`${name}: there is no ${server} on ${base}`)
    if (systemd && base === 'busybox') throw new Error(`${name}: there is no systemd on busybox`)
    if (systemd && server !== 'openssh') throw new Error(`${name}: systemd starts OpenSSH, not ${server}`)
    if (behind !== undefined && !kinds.has(behind))
      throw new Error(`${name} stands behind ${behind}, which is not among the hosts before it`)
    kinds.set(name, { base, server, systemd, behind })
  }
  return kinds
}

function plainHosts(count: number, systemd: number): readonly (readonly [string, HostKind])[] {
  return Array.from({ length: count }, (_, index) => [`h${index + 1}`, { systemd: index < systemd }])
}
