import { z } from 'zod'
import { fact } from '../engine/fact.js'
import { quote } from '../engine/shell/quote.js'
import { type Account, type Group, readAccounts, readGroups, SECTION } from './accounts.js'
import { type Mount, readMounts } from './mount-table.js'
import { type Os, readOs } from './os-release.js'
import { sysctlKey } from './sysctl-key.js'
import { Version } from './version.js'

/**
 * The operating system: id, version, family.
 *
 * @example
 * const os = await host.facts.server.os()
 * if (os.family === 'debian' && os.version.gte('12')) …
 */
export const os = fact({
  name: 'server.os',
  summary: 'The operating system: id, name, version, codename, family.',
  command: () => `show() { while IFS= read -r line || [ -n "$line" ]; do printf '%s\\n' "$line"; done <"$1"; }
if [ -r /proc/sys/kernel/ostype ]; then show /proc/sys/kernel/ostype && show /proc/sys/kernel/osrelease
else uname -s && uname -r; fi
echo ${SECTION}
for f in /etc/os-release /usr/lib/os-release /var/run/os-release; do
  if [ -r "$f" ]; then show "$f"; break; fi
done
echo
echo ${SECTION}
if [ -r /etc/debian_version ]; then show /etc/debian_version; fi
echo ${SECTION}
for f in /etc/redhat-release /etc/centos-release /etc/system-release; do
  if [ -r "$f" ]; then show "$f"; break; fi
done`,
  parse: (stdout): Os => {
    const [uname = '', osRelease = '', debianVersion = '', redhatRelease = ''] = sections(stdout)
    const [kernel = '', kernelRelease = ''] = uname.split('\n')
    return readOs({ kernel, kernelRelease, osRelease: osRelease.trim(), debianVersion, redhatRelease })
  },
})

/** The host's own name, as `uname -n` says it. */
export const hostname = fact({
  name: 'server.hostname',
  summary: 'The name the host has for itself.',
  command: () =>
    `if [ -r /proc/sys/kernel/hostname ]; then ${readLine('/proc/sys/kernel/hostname')}; else uname -n; fi`,
  parse: stdout => stdout.trimEnd(),
  reads: () => ['hostname'],
})

/** The running kernel. */
export interface Kernel {
  /** `Linux`, `FreeBSD` */
  readonly name: string
  /** `6.1.0-18-amd64` */
  readonly release: Version
  /** Hardware name: `x86_64`, `aarch64`. */
  readonly machine: string
}

/** The running kernel: name, release, hardware name; see uname(1). */
export const kernel = fact({
  name: 'server.kernel',
  summary: 'The running kernel: name, release, hardware name.',
  command: () => 'uname -srm',
  parse: (stdout): Kernel => {
    const [name = '', release = '', machine = ''] = stdout.trimEnd().split(' ')
    if (!machine) throw new Error('expected three words from uname')
    return { name, release: new Version(release), machine }
  },
  immutable: true,
})

/** Seconds since the host was booted. */
export const uptime = fact({
  name: 'server.uptime',
  summary: 'Seconds since the host was booted.',
  command: () => `if [ -r /proc/uptime ]; then ${readLine('/proc/uptime')}
else sysctl -n kern.boottime && date +%s; fi`,
  parse: stdout => {
    const boot = /sec = (\d+)/.exec(stdout)?.[1]
    const seconds = boot ? Number(stdout.trimEnd().split('\n').at(-1)) - Number(boot) : Number.parseFloat(stdout)
    if (!Number.isFinite(seconds)) throw new Error('expected seconds')
    return seconds
  },
})

/** How many processes ran or waited to run, averaged over one, five and fifteen minutes; see uptime(1). */
export const load = fact({
  name: 'server.load',
  summary: 'Load averages over one, five and fifteen minutes.',
  command: () => `if [ -r /proc/loadavg ]; then ${readLine('/proc/loadavg')}; else uptime; fi`,
  parse: (stdout): { readonly one: number; readonly five: number; readonly fifteen: number } => {
    // FreeBSD: `load averages: 0.52, 0.58, 0.59`; a comma is the decimal sign in some languages, a blank parts them there
    const text = /averages?:(.*)/.exec(stdout)?.[1] ?? stdout
    const [one = Number.NaN, five = Number.NaN, fifteen = Number.NaN] = [...text.matchAll(/\d+[.,]\d+/g)].map(
      ([number]) => Number(number.replace(',', '.')),
    )
    if (Number.isNaN(fifteen)) throw new Error('expected three averages')
    return { one, five, fifteen }
  },
})

/** What the host takes the time for, in seconds since 1970; to the millisecond where its date(1) can say that. */
export const clock = fact({
  name: 'server.clock',
  summary: 'The clock of the host, in seconds since 1970.',
  // date(1) of GNU and BusyBox knows %N; others print the letter
  command: () => 'date +%s.%N',
  parse: stdout => {
    const [, seconds, rest = ''] = /^(\d+)(?:\.(\d*))?/.exec(stdout) ?? []
    if (seconds === undefined) throw new Error('expected seconds')
    return Number(`${seconds}.${rest.slice(0, 3)}`)
  },
})

const PASSWD = 'getent passwd 2>/dev/null || cat /etc/passwd'
const GROUP = 'getent group 2>/dev/null || cat /etc/group'

/** `sh` text that prints the line of one name; a name of digits is no number here, as it would be to getent. */
function lineOf(database: 'passwd' | 'group', name: string): string {
  return `n=${quote(name)}
{ getent ${database} "$n" 2>/dev/null || cat /etc/${database}; } | while IFS= read -r line; do
  case $line in "$n":*) printf '%s\\n' "$line"; break;; esac
done`
}

/**
 * All user accounts by name, with the names of their groups.
 *
 * @example
 * const users = await host.facts.server.users()
 * users.deploy?.shell // '/bin/bash'
 */
export const users = fact({
  name: 'server.users',
  summary: 'All user accounts by name: uid, groups, home, shell.',
  command: () => `${PASSWD}\necho ${SECTION}\n${GROUP}`,
  parse: stdout => readAccounts(stdout),
  reads: () => ['user:*', 'group:*'],
})

/** One user account, or `undefined` where there is none of that name. */
export const account = fact({
  name: 'server.account',
  summary: 'One user account, if it exists.',
  args: z.strictObject({ user: z.string().min(1).meta({ names: 'user' }).describe('Login name.') }),
  command: ({ user }) => `${lineOf('passwd', user)}\necho ${SECTION}\n${GROUP}`,
  parse: (stdout, { user }): Account | undefined => {
    const accounts = readAccounts(stdout)
    return Object.hasOwn(accounts, user) ? accounts[user] : undefined
  },
  reads: ({ user }) => [`user:${user}`],
})

/** All groups by name: gid and members. */
export const groups = fact({
  name: 'server.groups',
  summary: 'All groups by name: gid and members.',
  command: () => GROUP,
  parse: (stdout): Readonly<Record<string, Group>> => readGroups(stdout),
  reads: () => ['group:*'],
})

/** One group, or `undefined` where there is none of that name. */
export const group = fact({
  name: 'server.group',
  summary: 'One group, if it exists: gid and members.',
  args: z.strictObject({ group: z.string().min(1).meta({ names: 'group' }).describe('Group name.') }),
  command: ({ group: name }) => lineOf('group', name),
  parse: (stdout, { group: name }): Group | undefined => {
    const found = readGroups(stdout)
    return Object.hasOwn(found, name) ? found[name] : undefined
  },
  reads: ({ group: name }) => [`group:${name}`],
})

/** Who commands run as. */
export interface Identity {
  readonly user: string
  readonly uid: number
  /** Primary group. */
  readonly group: string
}

/** The user that commands run as here: the login user, or who sudo, su or doas made of it. */
export const identity = fact({
  name: 'server.identity',
  summary: 'The user that commands run as, with its primary group.',
  command: () => '{ id -un 2>/dev/null || id -u; } && id -u && { id -gn 2>/dev/null || id -g; }',
  parse: (stdout): Identity => {
    const [user = '', uid = '', group = ''] = stdout.split('\n')
    if (!group) throw new Error('expected three lines from id')
    return { user, uid: Number(uid), group }
  },
})

/** Where a command is found on the `PATH`, or `undefined`. */
export const which = fact({
  name: 'server.which',
  summary: 'The path of a command, if it is installed.',
  args: z.strictObject({ command: z.string().min(1).describe('Name of the command: useradd.') }),
  command: ({ command }) => `command -v ${quote(command)} || true`,
  parse: stdout => stdout.trimEnd() || undefined,
  reads: () => ['packages'],
})

/** Mounted file systems by mount point. */
export const mounts = fact({
  name: 'server.mounts',
  summary: 'Mounted file systems by mount point: device, type, options.',
  command: () => 'if [ -r /proc/mounts ]; then cat /proc/mounts; else mount; fi',
  parse: (stdout): Readonly<Record<string, Mount>> => readMounts(stdout),
  reads: () => ['mounts'],
})

/** The value of a kernel parameter, blanks between its numbers as one; `undefined` where the kernel has none of that name. */
export const sysctl = fact({
  name: 'server.sysctl',
  summary: 'The value of a kernel parameter.',
  args: z.strictObject({ key: sysctlKey.describe('Name of the parameter: net.ipv4.ip_forward.') }),
  command: ({ key }) => `k=${quote(key)}
sysctl -n "$k" 2>/dev/null || cat "/proc/sys/$(printf '%s' "$k" | tr . /)" 2>/dev/null || true`,
  parse: stdout => stdout.trim().replace(/[ \t]+/g, ' ') || undefined,
  reads: ({ key }) => [`sysctl:${key}`],
})

/** The time zone of the host: `Europe/Berlin`; `undefined` where none is set, which is UTC. */
export const timezone = fact({
  name: 'server.timezone',
  summary: 'The time zone of the host.',
  command: () => `p=$(readlink -f /etc/localtime 2>/dev/null) || p=
case $p in
  */zoneinfo/*) printf '%s\\n' "\${p#*/zoneinfo/}" ;;
  *) if [ -r /etc/timezone ]; then cat /etc/timezone; fi ;;
esac`,
  parse: stdout => stdout.trim() || undefined,
  reads: () => ['file:/etc/localtime', 'file:/etc/timezone'],
})

/** A user's crontab(5) as text: empty where there is none, `undefined` on hosts without crontab(1). */
export const crontab = fact({
  name: 'server.crontab',
  summary: "A user's crontab, as text.",
  args: z.strictObject({
    user: z.string().min(1).meta({ names: 'user' }).optional().describe('Whose. Default: that of the user that asks.'),
  }),
  command: ({ user }) => `crontab -l${user === undefined ? '' : ` -u ${quote(user)}`} 2>/dev/null || true`,
  parse: (stdout): string | undefined => stdout,
  requires: 'crontab',
  missing: undefined,
  reads: ({ user }) => [`crontab:${user ?? ''}`],
})

/** `sh` text that prints the first line of a file without starting a program: on a busy host that is most of what a fact costs. */
function readLine(file: string): string {
  return `IFS= read -r line <${file} && printf '%s\\n' "$line"`
}

function sections(text: string): string[] {
  return text.split(`${SECTION}\n`)
}
