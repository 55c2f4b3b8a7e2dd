import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fleet } from '../../src/engine/fleet/api.js'
import * as facts from '../../src/facts/index.js'
import type { Unit } from '../../src/facts/systemd.js'
import { diskFolder } from './disk.js'
import { firstProcessOf } from './inside.js'
import type { Lab } from './lab.js'

/** Things of a host by their names, files and facts, with all that is said of each. */
export type HostState = ReadonlyMap<string, string>

/** Files that tell hosts apart or change by the minute: identity, logs, caches, and what programs note of the past. */
const NOT_FILES = [
  /^\/etc\/(?:ssh\/ssh_host_.*|ssh\/authorized_keys|machine-id|hosts|resolv\.conf|ld\.so\.cache|mtab|\.updated)$/,
  // what passwd(5), group(5) and their like were before
  /^\/etc\/(?:passwd|shadow|group|gshadow|subuid|subgid)-$/,
  /^\/(?:dev|proc|sys|run|tmp|var\/(?:log|tmp|cache))(?:\/|$)/,
  // git's note of when it saw which file, and who did what when; what dnf and rpm know is asked as a fact
  /\/\.git\/(?:index|logs)(?:\/|$)/,
  /^\/var\/lib\/(?:dnf|rpm)(?:\/|$)/,
  /^\/var\/lib\/(?:systemd|dbus|private|dpkg\/(?:status|[^/]*-old)|apt\/(?:lists|extended_states))(?:\/|$)/,
]

/** Facts that tell hosts apart, or that are of the machine below or of the minute. */
const NOT_FACTS: ReadonlySet<string> = new Set([
  ...['server.uptime', 'server.load', 'server.clock', 'apt.listsAge'],
  ...['hardware.memory', 'hardware.disks', 'server.mounts'],
  ...['apt.automatic', 'dnf.userInstalled'], // what came first tells whom a package was installed for
  'systemd.units', // read apart
])

/** What the kernel of a host can be told. */
const SYSCTL = 'net.ipv4.ip_forward'

/** All that is otherwise on a host's disk than on the disk it began with, from the outside: content, mode, owner, target. */
export async function changedFiles(lab: Lab, name: string): Promise<HostState> {
  const host = lab.host(name)
  const whole = `/proc/${await firstProcessOf(lab.id, host)}/root`
  const changed = new Map<string, string>()
  const look = async (folder: string): Promise<void> => {
    const place = (layer: string): string => join(layer, folder)
    const [written, all, before] = await Promise.all(
      [place(join(diskFolder(lab.id, name), 'upper')), place(whole), place(host.baseFolder)].map(namesIn),
    )
    for (const gone of before ?? []) if (all?.includes(gone) === false) note(join(folder, gone), 'removed')
    for (const entry of written ?? []) {
      const path = join(folder, entry)
      if (isPassedOver(path) || all?.includes(entry) === false) continue
      const now = await described(join(whole, path), path)
      if (now !== (await described(join(host.baseFolder, path), path))) note(path, now)
      if (now?.startsWith('directory')) await look(path)
    }
  }
  const note = (path: string, what = 'removed'): void => {
    if (!isPassedOver(path)) changed.set(path, what)
  }
  await look('/')
  return changed
}

const isPassedOver = (path: string): boolean => NOT_FILES.some(pattern => pattern.test(path))

const namesIn = (folder: string): Promise<string[] | undefined> => readdir(folder).catch(() => undefined)

/** `file 644 0:0 c5a2…`; `undefined` where there is nothing. */
async function described(place: string, path: string): Promise<string | undefined> {
  const stats = await lstat(place).catch(() => undefined)
  if (!stats) return undefined
  const rights = `${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid}`
  return `${kindOf(stats)} ${rights}${await contentOf(place, stats, path)}`
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'link'
  return stats.isFile() ? 'file' : 'special'
}

async function contentOf(place: string, stats: Stats, path: string): Promise<string> {
  if (stats.isSymbolicLink()) return ` ${await readlink(place)}`
  if (!stats.isFile()) return ''
  const content = await readFile(place)
  // crontab(1) writes the time into its first lines
  const lasting = path.includes('/crontabs/') ? content.toString().replaceAll(/^# .*\n/gm, '') : content
  return ` ${createHash('sha256').update(lasting).digest('hex').slice(0, 16)}`
}

/** Every fact that can be asked without knowing the host, as muster reads it: by host and name, as JSON. */
export async function factsOf(fleet: Fleet): Promise<ReadonlyMap<string, HostState>> {
  const [units, ...answers] = await Promise.all([
    fleet.facts.systemd.units(),
    ...askable().map(async ([fact, args]) => [fact.name, await fleet.fact(fact, args)] as const),
    fleet.facts.server.sysctl({ key: SYSCTL }).then(answer => [`sysctl ${SYSCTL}`, answer] as const),
  ])
  const told = (host: string): [string, string][] =>
    answers.map(([name, answer]) => [`fact ${name}`, JSON.stringify(answer.get(host)) ?? 'none'])
  return new Map(fleet.names.map(host => [host, new Map([...told(host), ...unitStates(units.get(host))])]))
}

/** Of all units those that a person starts or enables; the others come and go with logins and the minute. */
function unitStates(units: Readonly<Record<string, Unit>> = {}): [string, string][] {
  return Object.entries(units).flatMap(([unit, { active, enabled }]): [string, string][] =>
    enabled === 'enabled' || enabled === 'disabled' ? [[`unit ${unit}`, `${active} ${enabled}`]] : [],
  )
}

function askable() {
  return Object.values(facts)
    .flatMap(domain => Object.values(domain))
    .flatMap(fact => {
      if (typeof fact !== 'object' || fact.kind !== 'fact' || NOT_FACTS.has(fact.name)) return []
      return ANY_ARGS.filter(args => isAsked(() => fact.ask(args)))
        .slice(0, 1)
        .map(args => [fact, args] as const)
    })
}

/** What a fact that needs no arguments can be asked with. */
const ANY_ARGS = [undefined, {}]

function isAsked(ask: () => unknown): boolean {
  try {
    return ask() !== undefined
  } catch {
    return false
  }
}

/** What differs between two states, by name: `file 644 … ≠ none`. */
export function differences(one: HostState, other: HostState): ReadonlyMap<string, string> {
  const names = [...new Set([...one.keys(), ...other.keys()])]
  return new Map(
    names
      .filter(name => one.get(name) !== other.get(name))
      .map(name => [name, `${one.get(name) ?? 'none'} ≠ ${other.get(name) ?? 'none'}`]),
  )
}
