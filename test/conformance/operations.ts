import type { Operation } from '../../src/engine/operation.js'
import type { Change } from '../../src/engine/plan/change.js'
import { apk, apt, dnf, files, git, server, systemd } from '../../src/operations/index.js'
import { isObject, type Json, type JsonObject, listIn, objectIn, textsIn } from './cases.js'
import { type Answers, absolute, ofPath, pathAnswers } from './recorded-host.js'

/** How a recorded call of pyinfra's is made to one of our operations. */
export interface OperationAdapter {
  readonly operation: Operation<unknown>
  /** Our arguments for theirs. */
  readonly args: (call: Call, recorded: JsonObject) => unknown
  readonly answers: (recorded: JsonObject) => Answers
  /** What our scripts say, in their words, where decisions alone would be too little to compare. */
  readonly commands?: (ours: readonly string[], theirs: readonly string[]) => readonly [ours: unknown, theirs: unknown]
}

/** pyinfra's arguments by name, the positional ones first. */
export type Call = Readonly<Record<string, Json | undefined>>

interface Row extends OperationAdapter {
  /** Names of the positional arguments. */
  readonly positional: readonly string[]
}

/** One row for each operation of pyinfra's that we have. */
const rows: Readonly<Record<string, Row>> = {
  'files.put': {
    operation: files.put,
    positional: ['src', 'dest'],
    args: ({ src, dest, create_remote_dir, ...call }) => ({
      src,
      dest: path(dest),
      ...given({ createParents: create_remote_dir }),
      ...ownership(call),
    }),
    answers: pathAnswers,
  },
  'files.template': {
    operation: files.template,
    positional: ['src', 'dest'],
    args: ({ src, dest, user, group, mode, create_remote_dir, ...vars }) => ({
      src,
      dest: path(dest),
      ...given({ createParents: create_remote_dir }),
      ...ownership({ user, group, mode }),
      vars,
    }),
    answers: pathAnswers,
  },
  'files.line': {
    operation: files.line,
    positional: ['path', 'line', 'present', 'replace'],
    // their line is a pattern, and replace what a line that matches it becomes
    args: ({ path: at, line, present, replace, flags: _, ...call }) => ({
      path: path(at),
      ...(present === false
        ? { line: new RegExp(String(line)), present }
        : { line: replace ?? line, ...(replace ? { replace: new RegExp(String(line)) } : {}) }),
      ...call,
    }),
    answers: pathAnswers,
  },
  'files.directory': {
    operation: files.directory,
    positional: ['path', 'present'],
    args: ({ path: at, user, group, mode, create_remote_dir, _no_fail_on_link: _, ...call }) => ({
      path: path(at),
      ...given({ createParents: create_remote_dir }),
      ...ownership({ user, group, mode }),
      ...call,
    }),
    answers: pathAnswers,
  },
  'files.file': {
    operation: files.file,
    positional: ['path', 'present'],
    args: ({ path: at, user, group, mode, create_remote_dir, ...call }) => ({
      path: path(at),
      ...given({ createParents: create_remote_dir }),
      ...ownership({ user, group, mode }),
      ...call,
    }),
    answers: pathAnswers,
  },
  'files.link': {
    operation: files.link,
    positional: ['path', 'target', 'present'],
    args: ({ path: at, user, group, create_remote_dir, ...call }) => ({
      path: path(at),
      ...given({ createParents: create_remote_dir }),
      ...ownership({ user, group }),
      ...call,
    }),
    answers: pathAnswers,
  },
  'files.replace': {
    operation: files.replace,
    positional: ['path', 'text', 'replace'],
    // their flags are letters after sed's s///; whether the remote shell expands a pattern is no question here
    args: ({ path: at, text, replace, flags, interpolate_variables: _, ...call }) => ({
      path: path(at),
      pattern: new RegExp(String(text), textsIn(flags).join('')),
      replacement: String(replace),
      ...call,
    }),
    answers: pathAnswers,
  },
  'dnf.packages': {
    operation: dnf.packages,
    positional: ['packages', 'present'],
    args: ({ extra_install_args, extra_uninstall_args, ...call }) => ({
      ...call,
      options: [...textsIn(extra_install_args), ...textsIn(extra_uninstall_args)],
    }),
    answers: dnfAnswers,
    commands: (ours, theirs) => [ours.map(script => script.replace(/^.*; \$m /, 'dnf ')), theirs],
  },
  'apk.packages': {
    operation: apk.packages,
    positional: ['packages', 'present'],
    args: call => call,
    answers: apkAnswers,
    commands: (ours, theirs) => [ours.map(script => script.replace(' --upgrade', '')), theirs],
  },
  'git.repo': {
    operation: git.repo,
    positional: ['src', 'dest', 'branch', 'pull'],
    args: ({ pull, ...call }) => ({ ...call, pull: pull ?? true }),
    answers: gitAnswers,
  },
  'server.group': {
    operation: server.group,
    positional: ['group', 'present'],
    args: call => call,
    answers: recorded => {
      const facts = objectIn(recorded.facts)
      const isBsd = facts['server.Os'] === 'FreeBSD'
      return {
        ...accountAnswers(recorded),
        'server.which': ({ command }) => (command === (isBsd ? 'pw' : 'useradd') ? '/usr/sbin/it' : undefined),
      }
    },
    commands: (ours, theirs) => [
      ours.map(script => script.replace('PATH="$PATH:/usr/sbin:/sbin" ', '').split(' ').sort()),
      // --gid and -g are one option
      theirs.map(script => script.replace('--gid', '-g').split(' ').sort()),
    ],
  },
  'server.sysctl': {
    operation: server.sysctl,
    positional: ['key', 'value'],
    args: call => call,
    answers: ({ facts }) => ({
      'server.sysctl': ({ key }) => {
        const values = Object.values(objectIn(objectIn(facts)['server.Sysctl'])).map(objectIn)
        // pyinfra sets what it cannot read, too
        return String(values.map(value => value[String(key)]).find(Boolean) ?? 'other')
      },
    }),
  },
  'server.hostname': {
    operation: server.hostname,
    positional: ['hostname'],
    args: call => call,
    answers: recorded => {
      const facts = objectIn(recorded.facts)
      return {
        'server.kernel': () => ({ name: facts['server.Os'] ?? 'Linux' }),
        'server.hostname': () => facts['server.Hostname'],
        'files.text': () => undefined,
        'files.file': () => undefined,
      }
    },
  },
  'server.crontab': {
    operation: server.crontab,
    positional: ['command', 'present', 'user'],
    args: ({ cron_name: _, special_time, day_of_week, day_of_month, ...call }) => ({
      ...call,
      ...given({ special: special_time, day: times(day_of_month), weekday: times(day_of_week) }),
    }),
    answers: crontabAnswers,
  },
  'apt.packages': {
    operation: apt.packages,
    positional: ['packages', 'present', 'latest'],
    args: ({ cache_time, no_recommends, allow_downgrades, force, ...call }) => {
      const { extra_install_args, extra_uninstall_args, ...rest } = call
      const options = [...textsIn(extra_install_args), ...textsIn(extra_uninstall_args)].flatMap(text =>
        text.split(' '),
      )
      return {
        ...rest,
        ...given({ cacheTime: cache_time, allowDowngrades: allow_downgrades }),
        ...(no_recommends ? { recommends: false } : {}),
        options: [...(force ? ['--force-yes'] : []), ...options],
      }
    },
    answers: aptAnswers,
    commands: (ours, theirs) => [aptWords(ours), aptWords(theirs)],
  },
  'systemd.service': {
    operation: systemd.service,
    positional: ['service', 'running', 'restarted', 'reloaded'],
    args: ({ daemon_reload, user_mode, user_name, ...call }) => ({
      ...call,
      ...given({ daemonReload: daemon_reload, userMode: user_mode, userName: user_name }),
    }),
    answers: unitAnswers,
    commands: (ours, theirs) => [ours.map(script => script.replace(' -- ', ' ')), theirs],
  },
  'server.shell': {
    operation: server.shell,
    positional: ['commands'],
    args: call => call,
    answers: () => ({}),
    commands: (ours, theirs) => [ours, theirs],
  },
  'server.user': {
    operation: server.user,
    positional: ['user', 'present', 'home', 'shell', 'group', 'groups'],
    args: ({ home, create_home, ...call }) => ({
      ...call,
      ...given({ createHome: create_home, home: typeof home === 'string' ? path(home) : undefined }),
    }),
    answers: accountAnswers,
  },
}

export const operationAdapters: Readonly<Record<string, OperationAdapter>> = rows

/** The recorded arguments by their names. */
export function callIn(subject: string, { args, kwargs }: JsonObject): Call {
  const names = rows[subject]?.positional ?? []
  const positional = listIn(args).map((value, i): [string, Json] => [names[i] ?? `argument ${i + 1}`, value])
  return { ...Object.fromEntries(positional), ...objectIn(kwargs) }
}

/** The scripts of changes, in order; a written file has none. */
export function scriptsOf(changes: readonly Change[]): string[] {
  return changes.flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'run' ? [step.script] : [])))
}

function path(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? absolute(value) : value
}

/** Only what is given, for our arguments know no null. */
function given(values: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value == null ? [] : [[name, value]])))
}

/** Their mode may be a number whose decimal digits are the octal ones. */
function ownership({ user, group, mode }: Call): Record<string, Json> {
  return given({ owner: user, group, mode: typeof mode === 'number' ? String(mode).padStart(3, '0') : mode })
}

function times(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? value.join(',') : value
}

function dnfAnswers({ facts }: JsonObject): Answers {
  const recorded = objectIn(facts)
  const installed = objectIn(recorded['rpm.RpmPackages'])
  const provides = objectIn(recorded['rpm.RpmPackageProvides'])
  return {
    'dnf.packages': () => installed,
    'dnf.userInstalled': () => undefined,
    'dnf.provided': ({ names }) => textsIn(names).filter(name => name in installed || provides[`name=${name}`]),
    'dnf.simulation': ({ action, packages }) => alone(action === 'install', textsIn(packages)),
  }
}

/** pyinfra asks no package manager what it would do: nothing depends on anything here. */
function alone(comes: boolean, names: readonly string[]) {
  const steps = names.map(name => (comes ? { name: name.replace(/=.*/, ''), after: '1' } : { name, before: '1' }))
  return { possible: true, steps }
}

function apkAnswers({ facts }: JsonObject): Answers {
  const installed = objectIn(objectIn(facts)['apk.ApkPackages'])
  const versions = Object.fromEntries(Object.entries(installed).map(([name, held]) => [name, textsIn(held)[0] ?? '1']))
  return {
    'apk.packages': () => versions,
    'apk.world': () => Object.fromEntries(Object.entries(versions).map(([name, held]) => [name, `${name}=${held}`])),
    'apk.simulation': ({ action, packages }) => alone(action === 'add', textsIn(packages)),
  }
}

function gitAnswers(recorded: JsonObject): Answers {
  const facts = objectIn(recorded.facts)
  const [branch] = Object.values(objectIn(facts['git.GitBranch']))
  return {
    ...pathAnswers(recorded),
    'server.which': () => '/usr/bin/git',
    'git.repository': () => (typeof branch === 'string' ? { branch, commit: 'c', origin: 'myrepo' } : undefined),
  }
}

function crontabAnswers({ facts }: JsonObject): Answers {
  const [entries] = Object.values(objectIn(objectIn(facts)['server.Crontab']))
  const lines = Object.entries(objectIn(entries)).map(([command, entry]) => {
    const { minute, hour, day_of_month, month, day_of_week } = objectIn(entry)
    return `${[minute, hour, day_of_month, month, day_of_week].map(value => value ?? '*').join(' ')} ${command}\n`
  })
  return { 'server.crontab': () => lines.join('') }
}

function aptAnswers({ facts }: JsonObject): Answers {
  const recorded = objectIn(facts)
  const versions = Object.entries(objectIn(recorded['deb.DebPackages'])).map(([name, held]) => [name, textsIn(held)[0]])
  const installed = new Map(versions.map(([name, version]) => [String(name), version ?? '']))
  const stamp = ofPath(recorded, 'files.File', '/var/lib/apt/periodic/update-success-stamp')
  const then = seconds(objectIn(stamp).mtime)
  return {
    'apt.packages': () =>
      Object.fromEntries(
        [...installed].map(([name, version]) => [name, { version, architecture: 'amd64', held: false }]),
      ),
    // pyinfra does not ask for versions: any that is asked for is to be had, and there is always a newer one
    'apt.candidates': args =>
      Object.fromEntries(textsIn(args.packages).map(name => [name, { candidate: 'newer', versions: anyVersion }])),
    'apt.automatic': () => [],
    'apt.simulation': args => ({ possible: true, steps: simulated(args) }),
    'apt.listsAge': () => (Number.isFinite(then) ? seconds(recorded['server.Date']) - then : undefined),
  }
}

const anyVersion: readonly string[] = Object.assign([], { includes: () => true })

function simulated({ action, packages }: JsonObject): unknown[] {
  if (action === 'upgrade') return [{ name: 'anything', before: 'older', after: 'newer' }]
  return textsIn(packages).map(text => {
    const [name, version] = text.split('=')
    return action === 'install' ? { name, after: version ?? 'newer' } : { name, before: '' }
  })
}

function seconds(recorded: Json | undefined): number {
  return Date.parse(String(recorded).replace(/^datetime:/, '')) / 1000
}

/** The apt-get command words and the packages of all runs together: what is left without options common to every run. */
function aptWords(scripts: readonly string[]): unknown {
  const words = scripts.flatMap(script =>
    (script.split('apt-get ')[1] ?? '')
      .replace(/ ?-o \S+/g, '')
      .split(' ')
      .map(word => word.replaceAll("'", ''))
      .filter(word => word !== '' && word !== '-y'),
  )
  return [...new Set(words)].sort()
}

function unitAnswers({ facts }: JsonObject): Answers {
  const recorded = objectIn(facts)
  const states = (fact: string) => Object.assign({}, ...Object.values(objectIn(recorded[fact])).filter(isObject))
  const [status, enabled] = [states('systemd.SystemdStatus'), states('systemd.SystemdEnabled')]
  return {
    'systemd.unit': ({ unit }) => {
      const id = String(unit)
      return {
        id,
        load: id in status || id in enabled ? 'loaded' : 'not-found',
        active: status[id] ? 'active' : 'inactive',
        sub: status[id] ? 'running' : 'dead',
        enabled: enabled[id] ? 'enabled' : 'disabled',
        description: '',
        stale: false,
      }
    },
  }
}

function accountAnswers(recorded: JsonObject): Answers {
  const facts = objectIn(recorded.facts)
  const groups = facts['server.Groups']
  return {
    ...pathAnswers(recorded),
    'server.which': ({ command }) => (command === 'useradd' ? '/usr/sbin/useradd' : undefined),
    'server.account': ({ user }) => {
      const account = objectIn(facts['server.Users'])[String(user)]
      if (!isObject(account)) return undefined
      const text = (name: string) => (typeof account[name] === 'string' ? account[name] : '')
      return {
        uid: account.uid ?? 1000,
        gid: account.gid ?? 1000,
        group: text('group') || String(user),
        groups: textsIn(account.groups).sort(),
        home: text('home'),
        shell: text('shell'),
        comment: text('comment'),
      }
    },
    'server.group': ({ group }) => (textsIn(groups).includes(String(group)) ? { gid: 1000, members: [] } : undefined),
  }
}
