import { groupaddCall, groupdelCall, userCall, userdelCall } from './accounts.js'
import { heredocCalls } from './heredoc.js'
import type { OfferedCall, RecognisedCall } from './offered-call.js'
import { readOptions } from './options.js'
import { apkCall, aptCall, dnfCall } from './packages.js'
import { literal, type Pipeline, parseLine, type SimpleCommand, type Word } from './parse-line.js'
import { chmodCalls, chownCalls, cpCall, lnCall, mkdirCalls, rmCalls, touchCalls } from './paths.js'
import { sedCall } from './sed.js'
import { serviceCall, systemctlCalls } from './services.js'
import { crontabCall, gitCall, hostnamectlCall, sysctlCalls, timedatectlCall } from './system.js'
import { echoCall, teeCall } from './text.js'

/** What a shell line is. */
export type Recognised =
  /** These operations, one after the other, bring about the same. */
  | { readonly kind: 'operations'; readonly calls: readonly RecognisedCall[] }
  /** It only looks. */
  | { readonly kind: 'reads' }
  /** It can only be run. */
  | { readonly kind: 'unknown' }

type Recogniser = (args: readonly Word[]) => OfferedCall | readonly OfferedCall[] | undefined

const PROGRAMS: Readonly<Record<string, Recogniser>> = {
  apt: aptCall,
  'apt-get': aptCall,
  dnf: dnfCall,
  yum: dnfCall,
  apk: apkCall,
  systemctl: systemctlCalls,
  service: serviceCall,
  useradd: args => userCall('useradd', args),
  usermod: args => userCall('usermod', args),
  userdel: userdelCall,
  groupadd: groupaddCall,
  groupdel: groupdelCall,
  mkdir: mkdirCalls,
  chmod: chmodCalls,
  chown: args => chownCalls('chown', args),
  chgrp: args => chownCalls('chgrp', args),
  ln: lnCall,
  cp: cpCall,
  rm: rmCalls,
  touch: touchCalls,
  sed: sedCall,
  sysctl: sysctlCalls,
  hostnamectl: hostnamectlCall,
  timedatectl: timedatectlCall,
  git: gitCall,
}

/** Programs that change nothing whatever their arguments are. */
const LOOKING = new Set([
  ...[
    'cat',
    'ls',
    'echo',
    'printf',
    'head',
    'tail',
    'grep',
    'egrep',
    'wc',
    'cut',
    'sort',
    'uniq',
    'stat',
    'file',
    'readlink',
  ],
  ...[
    'id',
    'whoami',
    'who',
    'w',
    'groups',
    'uname',
    'uptime',
    'df',
    'du',
    'free',
    'ps',
    'pgrep',
    'lsblk',
    'nproc',
    'getent',
  ],
  ...[
    'basename',
    'dirname',
    'cmp',
    'diff',
    'tr',
    'nl',
    'tac',
    'strings',
    'zcat',
    'lscpu',
    'lsmod',
    'findmnt',
    'arch',
    'locale',
    'env',
    'sleep',
    'ping',
    'last',
    'type',
    'true',
    'false',
    'exit',
    'test',
    '[',
    'pwd',
    'which',
    'printenv',
    'sha256sum',
    'md5sum',
    'ss',
    'lsof',
    'dpkg-query',
    'find',
    'apt-cache',
  ],
])

/** Programs that change nothing when they are asked this. */
const LOOKING_WITH: Readonly<Record<string, RegExp>> = {
  systemctl: /^(?:status|is-active|is-enabled|is-failed|show|cat|list-units|list-timers|list-unit-files)$/,
  git: /^(?:status|log|show|diff|rev-parse|ls-remote)$/,
  apt: /^(?:list|show|search|policy)$/,
  dpkg: /^(?:-l|-L|-S|-s|--list|--status)$/,
  sysctl: /^(?:-n|-a|[\w.]+)$/,
  crontab: /^-l$/,
  hostnamectl: /^status$/,
  timedatectl: /^(?:status|show|list-timezones)$/,
  ip: /^(?:-br|addr|a|link|route|r)$/,
  command: /^-[vV]$/,
  rpm: /^-q[ailf]*$/,
  apk: /^(?:info|list|search)$/,
  dnf: /^(?:list|info|search|repolist)$/,
}

/**
 * Tells which operations say what a shell line does. All of it must be known, or none is.
 *
 * @param strings the text between interpolated values
 * @example
 * recognise(['apt-get install -y ', ' && systemctl restart ntp'])
 */
export function recognise(strings: readonly string[]): Recognised {
  const [only, ...more] = strings
  const heredoc = only !== undefined && more.length === 0 ? heredocCalls(only) : undefined
  if (heredoc) return { kind: 'operations', calls: heredoc }
  const list = parseLine(strings)
  if (!list || list.length === 0) return { kind: 'unknown' }
  const calls: RecognisedCall[] = []
  for (const pipeline of list) {
    if (pipeline.every(stage => stage.kind === 'simple' && isLooking(stage))) continue
    const found = callsOf(pipeline)
    if (!found) return { kind: 'unknown' }
    calls.push(...found)
  }
  return calls.length > 0 ? { kind: 'operations', calls } : { kind: 'reads' }
}

function callsOf(pipeline: Pipeline): readonly RecognisedCall[] | undefined {
  const [first, second, ...more] = pipeline
  if (more.length > 0 || !first) return undefined
  if (!second) return first.kind === 'simple' ? simpleCalls(first) : undefined
  if (second.kind !== 'simple') return undefined
  const { command, sudo } = withoutSudo(second)
  if (!command || !goesNowhere(command)) return undefined
  const as = (call: OfferedCall | undefined): RecognisedCall[] | undefined => call && [{ ...call, ...sudo }]
  if (nameOf(command) === 'tee' && first.kind === 'simple') return as(teeCall(first, command.words.slice(1)))
  return sudo ? undefined : as(crontabCall([first, command]))
}

function simpleCalls(whole: SimpleCommand): readonly RecognisedCall[] | undefined {
  const { command, sudo } = withoutSudo(whole)
  const name = command && nameOf(command)
  if (!command || name === undefined || command.variables.some(variable => !HARMLESS.has(variable))) return undefined
  if (name === 'echo' || name === 'printf') {
    // the output of sudo echo goes where the person who asked may write
    const call = sudo ? undefined : echoCall(command)
    return call && [call]
  }
  if (!goesNowhere(command)) return undefined
  const recognised = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name]?.(command.words.slice(1)) : undefined
  return recognised && [recognised].flat().map(call => ({ ...call, ...sudo }))
}

/** Variables that say how a program talks, not what it does. */
const HARMLESS = new Set(['DEBIAN_FRONTEND', 'LC_ALL', 'LANG', 'LANGUAGE', 'NEEDRESTART_MODE'])

function withoutSudo(command: SimpleCommand): { command?: SimpleCommand; sudo?: { readonly sudo: true | string } } {
  if (nameOf(command) !== 'sudo') return { command }
  const [, ...args] = command.words
  // its own options end before the command, whose options are not its own
  const takesValue = literal(args[0] ?? []) === '-u'
  const own = takesValue ? args.slice(0, 2) : literal(args[0] ?? []) === '-n' ? args.slice(0, 1) : []
  const read = readOptions(own, { flags: ['n'], values: ['u'] })
  const user = read?.values.get('u')
  const name = user && literal(user)
  const words = args.slice(own.length)
  if (!read || (user && name === undefined) || words.length === 0) return {}
  const variables = words.findIndex(word => !/^[A-Za-z_]\w*=/.test(String(word[0] ?? '')))
  return {
    command: {
      ...command,
      words: words.slice(Math.max(0, variables)),
      variables: [
        ...command.variables,
        ...words.slice(0, Math.max(0, variables)).map(word => String(word[0]).split('=')[0] ?? ''),
      ],
    },
    sudo: { sudo: name === undefined || name === 'root' ? true : name },
  }
}

function nameOf({ words: [program] }: SimpleCommand): string | undefined {
  const text = program && literal(program)
  return text?.replace(/^(?:\/usr)?\/s?bin\//, '')
}

/** Its output is shown, or thrown away. */
function goesNowhere({ redirections }: SimpleCommand): boolean {
  return redirections.every(({ to }) => literal(to) === '/dev/null')
}

function isLooking(whole: SimpleCommand): boolean {
  const { command } = withoutSudo(whole)
  const name = command && nameOf(command)
  if (!command || name === undefined || !goesNowhere(command)) return false
  if (LOOKING.has(name)) return !mayWrite(name, command.words)
  const alone = Object.hasOwn(LOOKING_ALONE, name) ? LOOKING_ALONE[name] : undefined
  if (alone && command.words.slice(1).every(word => alone.test(String(word[0] ?? '')))) return true
  // git(1) is told where to look before it is told what to do
  const [, first, , third] = command.words
  const told = name === 'git' && first && literal(first) === '-C' ? third : first
  const asked = told && literal(told)
  if (!Object.hasOwn(LOOKING_WITH, name) || asked === undefined || mayWrite(name, command.words)) return false
  return LOOKING_WITH[name]?.test(asked) ?? false
}

/** Programs that look when they are given nothing, or only what says how to show it. */
const LOOKING_ALONE: Readonly<Record<string, RegExp>> = {
  date: /^(?:\+|-u|-R|-Is?|--iso-8601|--rfc|--utc)/,
  hostname: /^-[fisIA]$/,
  mount: /^-l$/,
  dmesg: /^-[HTkx]+$/,
  journalctl: /^(?:-[nuebxpktr]|--(?:unit|lines|since|until|boot|no-pager|priority|grep)\b|[^-])/,
}

/** Words of programs that else only look: sort(1) and uniq(1) can be told to write a file, env(1) and find(1) to run a program … */
const WRITING_WORDS: Readonly<Record<string, RegExp>> = {
  find: /^-(?:delete|exec(?:dir)?|ok(?:dir)?|fprint\w*|fls)$/,
  ip: /^(?:add|append|change|del|delete|flush|replace|set)$/,
  sort: /^-(?:o|-output)/,
  ss: /^-(?:\w*K|-kill)/,
  sysctl: /=|^-(?:w|p|-system|-write|-load)/,
}

function mayWrite(name: string, [, ...words]: readonly Word[]): boolean {
  if (name === 'uniq') return words.length > 1
  if (name === 'env') return words.length > 0
  const writing = Object.hasOwn(WRITING_WORDS, name) ? WRITING_WORDS[name] : undefined
  // a word that is not known whole may be any
  return writing !== undefined && words.some(word => writing.test(literal(word) ?? String(word[0] ?? '')))
}
