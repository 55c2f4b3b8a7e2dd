import type { OfferedCall } from './offered-call.js'
import { readOptions } from './options.js'
import { literal, type Pipeline, type Word } from './parse-line.js'
import { lineOf, writtenText } from './text.js'

/** sysctl(8) `-w` */
export function sysctlCalls(args: readonly Word[]): OfferedCall[] | undefined {
  const read = readOptions(args, { flags: ['w', 'q', 'write', 'quiet'] })
  if (!read || read.rest.length === 0) return undefined
  const calls = read.rest.map((word): OfferedCall | undefined => {
    const [head, ...tail] = word
    const [, key, value = ''] = /^([\w./-]+)=([\s\S]*)$/.exec(String(head ?? '')) ?? []
    const given = [value, ...tail].filter(piece => piece !== '')
    if (key === undefined || given.length === 0) return undefined
    return { operation: 'server.sysctl', args: { key: { word: [key] }, value: { word: given } } }
  })
  return calls.every(call => call !== undefined) ? calls : undefined
}

/** hostnamectl(1) `set-hostname`, and `hostname` of its later versions. */
export function hostnamectlCall([verb, name, ...more]: readonly Word[]): OfferedCall | undefined {
  const action = verb && literal(verb)
  if (!name || more.length > 0 || (action !== 'set-hostname' && action !== 'hostname')) return undefined
  return { operation: 'server.hostname', args: { hostname: { word: name } } }
}

/** timedatectl(1) `set-timezone` */
export function timedatectlCall([verb, zone, ...more]: readonly Word[]): OfferedCall | undefined {
  if (!zone || more.length > 0 || (verb && literal(verb)) !== 'set-timezone') return undefined
  return { operation: 'server.timezone', args: { timezone: { word: zone } } }
}

/** git(1) `clone` into a directory that is named. */
export function gitCall([verb, ...args]: readonly Word[]): OfferedCall | undefined {
  if ((verb && literal(verb)) !== 'clone') return undefined
  const read = readOptions(args, { flags: ['q', 'quiet'], values: ['b', 'branch'] })
  const [src, dest, ...more] = read?.rest ?? []
  const branch = read?.values.get('b') ?? read?.values.get('branch')
  if (!src || typeof dest?.[0] !== 'string' || !dest[0].startsWith('/') || more.length > 0) return undefined
  return {
    operation: 'git.repo',
    args: { src: { word: src }, dest: { word: dest }, ...(branch ? { branch: { word: branch } } : {}) },
  }
}

/** `(crontab -l; echo '0 3 * * * backup') | crontab -`: one line more in a crontab(5). */
export function crontabCall(pipeline: Pipeline): OfferedCall | undefined {
  const [from, to, ...more] = pipeline
  if (from?.kind !== 'subshell' || to?.kind !== 'simple' || more.length > 0) return undefined
  const [list, text, ...others] = from.list
  const [lister] = list ?? []
  const [writer] = text ?? []
  if (others.length > 0 || list?.length !== 1 || text?.length !== 1) return undefined
  if (lister?.kind !== 'simple' || writer?.kind !== 'simple' || writer.redirections.length > 0) return undefined
  const user = userOf(lister.words, 'l')
  const target = userOf(to.words, '-')
  if (!user || !target || JSON.stringify(user) !== JSON.stringify(target)) return undefined
  const written = writtenText(writer.words)
  const line = written && lineOf(written)
  const entry = line && entryOf(line)
  return (
    entry && { operation: 'server.crontab', args: { ...entry, ...(user.name ? { user: { word: user.name } } : {}) } }
  )
}

const TIMES = ['minute', 'hour', 'day', 'month', 'weekday'] as const
const SPECIAL = /^(@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly))[ \t]+/
const FIVE = /^([\w*/,-]+)[ \t]+([\w*/,-]+)[ \t]+([\w*/,-]+)[ \t]+([\w*/,-]+)[ \t]+([\w*/,-]+)[ \t]+/

/** The times and the command of a line of crontab(5). */
function entryOf([head, ...tail]: Word): OfferedCall['args'] | undefined {
  const text = String(head ?? '')
  const special = SPECIAL.exec(text)
  const five = FIVE.exec(text)
  const [whole = ''] = special ?? five ?? []
  const command = [text.slice(whole.length), ...tail].filter(piece => piece !== '')
  if (whole === '' || command.length === 0) return undefined
  const times = five
    ? TIMES.flatMap((name, at) => (five[at + 1] === '*' ? [] : [[name, { word: [five[at + 1] ?? ''] }] as const]))
    : []
  return {
    command: { word: command },
    ...(special ? { special: { word: [special[1] ?? ''] } } : Object.fromEntries(times)),
  }
}

/** Whose crontab `crontab [-u user] -l`, or `crontab [-u user] -`, is about. */
function userOf([program, ...args]: readonly Word[], what: 'l' | '-'): { readonly name?: Word } | undefined {
  if ((program && literal(program)) !== 'crontab') return undefined
  const isInput = (word: Word): boolean => literal(word) === '-'
  const read = readOptions(
    args.filter(word => !isInput(word)),
    { flags: what === 'l' ? ['l'] : [], values: ['u'] },
  )
  if (!read || read.rest.length > 0 || args.some(isInput) !== (what === '-')) return undefined
  if (what === 'l' && !read.flags.has('l')) return undefined
  const name = read.values.get('u')
  return name ? { name } : {}
}
