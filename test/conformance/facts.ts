import type { Fact } from '../../src/engine/fact.js'
import type { Account } from '../../src/facts/accounts.js'
import type { Package } from '../../src/facts/apt-output.js'
import type { FileStatus } from '../../src/facts/file-status.js'
import * as facts from '../../src/facts/index.js'
import type { Mount } from '../../src/facts/mount-table.js'
import type { Os } from '../../src/facts/os-release.js'
import { isObject, type Json, type JsonObject, listIn, textsIn } from './cases.js'

/** How a recorded fact of pyinfra's is read by one of ours. */
export interface FactAdapter {
  /** Our fact; the same question for every case of the subject. */
  readonly read: (lines: readonly string[], recorded: JsonObject) => unknown
  /** What pyinfra reads, in our terms. */
  readonly theirs: (fact: Json) => unknown
}

/** One row for each fact of pyinfra's that we have: the recorded output, our reading of it, and their value in our terms. */
export const factAdapters: Readonly<Record<string, FactAdapter>> = {
  'server.Os': row(
    facts.server.kernel,
    ([s]) => `${s} - -\n`,
    ({ name }) => name,
  ),
  'server.OsVersion': row(
    facts.server.kernel,
    ([r]) => `- ${r} -\n`,
    ({ release }) => release.text,
  ),
  'server.Arch': row(
    facts.server.kernel,
    ([m]) => `- - ${m}\n`,
    ({ machine }) => machine,
  ),
  'server.Hostname': row(facts.server.hostname, asPrinted, value => value),
  'server.Which': row(facts.server.which, asPrinted, value => value, { command: 'recorded' }),
  'server.Groups': row(facts.server.groups, asPrinted, value => Object.keys(value)),
  'server.Users': row(facts.server.users, usersOutput, usersMeaning, undefined, usersTheirs),
  'server.Mounts': row(facts.server.mounts, asPrinted, mountsMeaning, undefined, mountsTheirs),
  'server.LinuxName': row(facts.server.os, osOutput, ({ name }) => name),
  'server.LinuxDistribution': row(facts.server.os, osOutput, osMeaning, undefined, osTheirs),
  'hardware.Cpus': row(facts.hardware.cpus, asPrinted, value => value),
  'hardware.Memory': row(facts.hardware.memory, vmstatOutput, ({ total }) => Math.floor(total / 1024 ** 2)),
  'files.File': row(facts.files.file, statOutput, ofType('file'), { path: '/recorded' }),
  'files.Directory': row(facts.files.file, statOutput, ofType('directory'), { path: '/recorded' }),
  'files.Link': row(facts.files.file, statOutput, ofType('link'), { path: '/recorded' }),
  'files.Sha256File': row(facts.files.sha256, asPrinted, value => value, { path: '/recorded' }),
  'apk.ApkPackages': row(facts.apk.packages, asPrinted, value =>
    Object.fromEntries(Object.entries(value ?? {}).map(([name, version]) => [name, [version]])),
  ),
  'rpm.RpmPackages': row(facts.dnf.packages, asPrinted, value => value),
  'deb.DebPackages': row(facts.apt.packages, dpkgOutput, versionsMeaning),
  'systemd.SystemdEnabled': unitsRow(({ enabled }) => enabled === 'enabled'),
  'systemd.SystemdStatus': unitsRow(({ sub }) => sub !== 'dead' && sub !== 'failed'),
}

function row<A, T>(
  fact: Fact<A, T>,
  output: (lines: readonly string[]) => string,
  ours: (value: T) => unknown,
  args?: NoInfer<A>,
  theirs: (fact: Json) => unknown = value => value,
): FactAdapter {
  const question = fact.ask(args)
  return { read: lines => ours(question.parse(printed(output(lines)))), theirs }
}

/** Units of a scope: the scope must lead to the recorded command. */
function unitsRow(state: (unit: facts.systemd.Unit) => boolean): FactAdapter {
  return {
    read(lines, { arg, command }) {
      const [userMode, machine, userName] = listIn(arg)
      const question = facts.systemd.units.ask({
        ...(userMode ? { userMode: true } : {}),
        ...(typeof machine === 'string' ? { machine } : {}),
        ...(typeof userName === 'string' ? { userName } : {}),
      })
      const systemctl = String(command).split(' show ')[0] ?? ''
      if (!question.command.includes(`${systemctl} show `)) return `not asked by ${systemctl}`
      const units = question.parse(printed(`${asPrinted(lines)}\nfiles\n`)) ?? {}
      return Object.fromEntries(Object.entries(units).map(([id, unit]) => [id, state(unit)]))
    },
    theirs: value => value,
  }
}

function printed(text: string) {
  return { bytes: Buffer.from(text), stderr: '', exitCode: 0 }
}

function asPrinted(lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('')
}

/** `passwd line|group|groups|last login|password`: brought into the passwd and group lines that our command prints. */
function usersOutput(lines: readonly string[]): string {
  const accounts = lines.map(line => line.split('|'))
  const groups = new Map<string, { gid: string; members: string[] }>()
  for (const [entry = '', group = '', all = ''] of accounts) {
    const [name = '', , , gid = ''] = entry.split(':')
    if (!groups.has(group)) groups.set(group, { gid, members: [] })
    for (const other of all.split(' ').filter(Boolean)) {
      const known = groups.get(other) ?? { gid: String(90_000 + groups.size), members: [] }
      groups.set(other, { ...known, members: [...known.members, name] })
    }
  }
  const passwd = accounts.map(([entry = '']) => entry)
  const group = [...groups].map(([name, { gid, members }]) => `${name}:x:${gid}:${members.join(',')}`)
  return asPrinted([...passwd, '--', ...group])
}

function usersMeaning(users: Readonly<Record<string, Account>>): unknown {
  return users
}

function usersTheirs(fact: Json): unknown {
  const accounts = Object.entries(isObject(fact) ? fact : {}).map(([name, account]) => {
    const { uid, gid, group, groups, home, shell, comment } = isObject(account) ? account : {}
    const text = { home: home ?? '', shell: shell ?? '', comment: comment ?? '' }
    return [name, { uid, gid, group, groups: textsIn(groups).sort(), ...text }]
  })
  return Object.fromEntries(accounts)
}

function mountsMeaning(mounts: Readonly<Record<string, Mount>>): unknown {
  return mounts
}

/** An empty option, which pyinfra reads from `()`, is none. */
function mountsTheirs(fact: Json): unknown {
  const mounts = Object.entries(isObject(fact) ? fact : {}).map(([point, mount]) => {
    const { options, ...rest } = isObject(mount) ? mount : {}
    return [point, { ...rest, options: textsIn(options).filter(Boolean) }]
  })
  return Object.fromEntries(mounts)
}

/** All of /etc/*-release one after the other: os-release's lines to their place, the others to that of redhat-release. */
function osOutput(lines: readonly string[]): string {
  const assignments = lines.filter(line => line.includes('='))
  const sentences = lines.filter(line => / release /.test(line))
  return asPrinted(['Linux', '6.1', '--', ...assignments, '', '--', '--', ...sentences])
}

function osMeaning(os: Os): unknown {
  return { name: os.name, major: os.version.major ?? null, minor: os.version.minor ?? null }
}

function osTheirs(fact: Json): unknown {
  const { name, major, minor } = isObject(fact) ? fact : {}
  return { name, major, minor }
}

/** `vmstat -s` counts in kilobytes, as /proc/meminfo does. */
function vmstatOutput(lines: readonly string[]): string {
  const value = (label: string) => lines.find(line => line.endsWith(label))?.split(' ')[0] ?? '0'
  return `MemTotal: ${value('total memory')} kB\nMemFree: ${value('free memory')} kB\n`
}

/** `stat` by the same fields; the name, quoted in several ways by its versions, is where we print only a link's target. */
function statOutput(lines: readonly string[]): string {
  const [line = ''] = lines
  const [, status = line, name = ''] = /^(.* size=\d+) (.*)$/.exec(line) ?? []
  const target = / -> [`'"]?(.*?)['"]?$/.exec(name)?.[1] ?? ''
  return lines.length === 0 ? 'absent\n' : `${status}\n${target}`
}

function ofType(type: FileStatus['type']): (status: FileStatus | undefined) => unknown {
  return status => {
    if (!status) return null
    if (status.type !== type) return false
    const { accessed, modified, changed } = status.times ?? {}
    const iso = (date: Date | undefined) => date?.toISOString().slice(0, 19)
    return {
      user: status.owner,
      group: status.group,
      mode: Number(status.mode),
      atime: iso(accessed),
      mtime: iso(modified),
      ctime: iso(changed),
      ...(status.type === 'file' ? { size: status.size } : {}),
      ...(status.type === 'link' ? { link_target: status.target, size: Buffer.byteLength(status.target) } : {}),
    }
  }
}

/** `dpkg -l`: brought into the fields that our dpkg-query prints. */
function dpkgOutput(lines: readonly string[]): string {
  const rows = lines.map(line => {
    const [state = '', name, version, architecture] = line.split(/\s+/)
    const want = { h: 'hold', i: 'install', r: 'deinstall', p: 'purge' }[state[0] ?? '']
    return `${want} ok ${state[1] === 'i' ? 'installed' : 'config-files'}|${name}|${version}|${architecture}`
  })
  return asPrinted(['amd64', ...rows])
}

function versionsMeaning(packages: Readonly<Record<string, Package>> | undefined): unknown {
  return Object.fromEntries(Object.entries(packages ?? {}).map(([name, { version }]) => [name, [version]]))
}
