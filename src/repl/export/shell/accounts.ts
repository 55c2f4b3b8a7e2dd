import type { OfferedCall, OfferedValue } from './offered-call.js'
import { type Options, readOptions } from './options.js'
import { literal, type Word } from './parse-line.js'

/** useradd(8), usermod(8) */
export function userCall(program: 'useradd' | 'usermod', args: readonly Word[]): OfferedCall | undefined {
  const isNew = program === 'useradd'
  const read = readOptions(args, {
    flags: isNew ? ['m', 'create-home', 'M', 'no-create-home', 'r', 'system', 'N', 'U'] : ['a', 'append', 'm'],
    values: ['c', 'comment', 'd', 'home-dir', 'home', 'g', 'gid', 'G', 'groups', 's', 'shell', 'u', 'uid'],
  })
  const [user, ...more] = read?.rest ?? []
  if (!read || !user || more.length > 0 || read.flags.has('N') || (!isNew && read.flags.has('m'))) return undefined
  const { flags } = read
  const value = (...names: string[]): Word | undefined => names.map(name => read.values.get(name)).find(Boolean)
  const uid = numberOf(value('u', 'uid'))
  const groups = listOf(value('G', 'groups'))
  if (uid === 'none' || groups === 'none') return undefined
  const text = (name: string, word: Word | undefined): Record<string, OfferedValue> =>
    word ? { [name]: { word } } : {}
  // to be among others is all that useradd says of a user that may be there by now
  const append = isNew || flags.has('a') || flags.has('append')
  return {
    operation: 'server.user',
    args: {
      user: { word: user },
      ...(uid === undefined ? {} : { uid: { number: uid } }),
      ...text('group', value('g', 'gid')),
      ...(groups ? { groups: { words: groups } } : {}),
      ...(append && groups ? { append: true } : {}),
      ...text('home', value('d', 'home-dir', 'home')),
      ...homeOption(isNew, flags),
      ...text('shell', value('s', 'shell')),
      ...text('comment', value('c', 'comment')),
      ...(flags.has('r') || flags.has('system') ? { system: true } : {}),
    },
  }
}

/** useradd makes a home directory where it is told to, or where login.defs(5) says so: what it is not told is not written. */
function homeOption(isNew: boolean, flags: Options['flags']): Record<string, OfferedValue> {
  if (!isNew) return {}
  if (flags.has('m') || flags.has('create-home')) return { createHome: true }
  return flags.has('r') || flags.has('system') ? {} : { createHome: false }
}

/** userdel(8) */
export function userdelCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['r', 'remove'] })
  const [user, ...more] = read?.rest ?? []
  if (!read || !user || more.length > 0) return undefined
  const removeHome = read.flags.size > 0 ? { removeHome: true } : {}
  return { operation: 'server.user', args: { user: { word: user }, present: false, ...removeHome } }
}

/** groupadd(8) */
export function groupaddCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['r', 'system', 'f', 'force'], values: ['g', 'gid'] })
  const [group, ...more] = read?.rest ?? []
  const gid = numberOf(read?.values.get('g') ?? read?.values.get('gid'))
  if (!read || !group || more.length > 0 || gid === 'none') return undefined
  const isSystem = read.flags.has('r') || read.flags.has('system')
  return {
    operation: 'server.group',
    args: {
      group: { word: group },
      ...(gid === undefined ? {} : { gid: { number: gid } }),
      ...(isSystem ? { system: true } : {}),
    },
  }
}

/** groupdel(8) */
export function groupdelCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, {})
  const [group, ...more] = read?.rest ?? []
  return group && more.length === 0
    ? { operation: 'server.group', args: { group: { word: group }, present: false } }
    : undefined
}

function numberOf(word: Word | undefined): number | undefined | 'none' {
  if (!word) return undefined
  const text = literal(word) ?? ''
  return /^\d+$/.test(text) ? Number(text) : 'none'
}

function listOf(word: Word | undefined): readonly Word[] | undefined | 'none' {
  if (!word) return undefined
  const text = literal(word)
  if (text === undefined) return word.length === 1 ? [word] : 'none'
  return text.split(',').map(name => [name])
}
