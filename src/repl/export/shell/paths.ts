import type { OfferedCall, OfferedValue } from './offered-call.js'
import { readOptions } from './options.js'
import { literal, type Word } from './parse-line.js'

/** A path that is the same wherever the command runs. */
function isAbsolute(word: Word | undefined): word is Word {
  return typeof word?.[0] === 'string' && word[0].startsWith('/')
}

function modeOf(word: Word | undefined): string | undefined {
  const mode = word && literal(word)
  return mode !== undefined && /^[0-7]{3,4}$/.test(mode) ? mode.padStart(4, '0') : undefined
}

/** mkdir(1) */
export function mkdirCalls(args: readonly Word[]): OfferedCall[] | undefined {
  const read = readOptions(args, { flags: ['p', 'parents', 'v'], values: ['m', 'mode'] })
  if (!read || read.rest.length === 0 || !read.rest.every(isAbsolute)) return undefined
  const given = read.values.get('m') ?? read.values.get('mode')
  const mode = modeOf(given)
  if (given && mode === undefined) return undefined
  return read.rest.map(path => ({
    operation: 'files.directory',
    args: { path: { word: path }, ...(mode === undefined ? {} : { mode: { word: [mode] } }) },
  }))
}

/** chmod(1), with octal or symbolic bits. */
export function chmodCalls(args: readonly Word[]): OfferedCall[] | undefined {
  // `-x` takes a right away; it is no option
  const read = readOptions(
    args.map(word => (/^-[rwxXst]+$/.test(literal(word) ?? '') ? [`a${literal(word)}`] : word)),
    { flags: ['R', 'recursive', 'v'] },
  )
  const [bits, ...paths] = read?.rest ?? []
  const text = (bits && literal(bits)) ?? ''
  const isSymbolic = /^[ugoa]*[-+=][rwxXst]*(?:,[ugoa]*[-+=][rwxXst]*)*$/.test(text)
  const mode = modeOf(bits) ?? (isSymbolic ? text : undefined)
  if (!read || mode === undefined || paths.length === 0 || !paths.every(isAbsolute)) return undefined
  const recursive = recursiveOf(read.flags)
  if (isSymbolic && recursive.recursive) return undefined
  return paths.map(path => attributesCall(path, { mode: { word: [mode] }, ...recursive }))
}

/** chown(1), chgrp(1) */
export function chownCalls(program: 'chown' | 'chgrp', args: readonly Word[]): OfferedCall[] | undefined {
  const read = readOptions(args, { flags: ['R', 'recursive', 'v'] })
  const [whom, ...paths] = read?.rest ?? []
  if (!read || !whom || paths.length === 0 || !paths.every(isAbsolute)) return undefined
  const text = literal(whom)
  const [owner, group] = program === 'chgrp' ? [undefined, text] : (text?.split(':') ?? [])
  if (text === undefined && whom.length > 1) return undefined
  // `root:` stands for the login group of root; numbers are no names
  if (text !== undefined && (group === '' || /^\d/.test(owner ?? '') || /^\d/.test(group ?? ''))) return undefined
  const named: Record<string, OfferedValue> =
    text === undefined
      ? { [program === 'chgrp' ? 'group' : 'owner']: { word: whom } }
      : { ...(owner ? { owner: { word: [owner] } } : {}), ...(group ? { group: { word: [group] } } : {}) }
  return paths.map(path => attributesCall(path, { ...named, ...recursiveOf(read.flags) }))
}

function recursiveOf(flags: ReadonlySet<string>): { readonly recursive?: true } {
  return flags.has('R') || flags.has('recursive') ? { recursive: true } : {}
}

/** What stands at the path may be a file or a directory: a shell line does not say. */
function attributesCall(path: Word, args: Readonly<Record<string, OfferedValue>>): OfferedCall {
  return { operation: 'files.attributes', args: { path: { word: path }, ...args } }
}

/** ln(1) with `-s` and the name of the link. */
export function lnCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['s', 'symbolic', 'f', 'force', 'n', 'no-dereference', 'T', 'v'] })
  const [target, path, ...more] = read?.rest ?? []
  const isSymbolic = read && (read.flags.has('s') || read.flags.has('symbolic'))
  if (!target || !isAbsolute(path) || more.length > 0 || isDirectory(path)) return undefined
  if (!isSymbolic && !isAbsolute(target)) return undefined
  return {
    operation: 'files.link',
    args: { path: { word: path }, target: { word: target }, ...(isSymbolic ? {} : { symbolic: false }) },
  }
}

/** cp(1) of one file to a name of its own. */
export function cpCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['p', 'f', 'v', 'T'] })
  const [src, dest, ...more] = read?.rest ?? []
  if (!read || !isAbsolute(src) || !isAbsolute(dest) || more.length > 0 || isDirectory(dest)) return undefined
  const preserve = read.flags.has('p') ? { preserve: true } : {}
  return { operation: 'files.copy', args: { src: { word: src }, dest: { word: dest }, ...preserve } }
}

/** rm(1): of a whole tree with `-r`, else of files and links. */
export function rmCalls(args: readonly Word[]): OfferedCall[] | undefined {
  const read = readOptions(args, { flags: ['f', 'force', 'r', 'R', 'recursive', 'v'] })
  if (!read || read.rest.length === 0 || !read.rest.every(isAbsolute)) return undefined
  const isTree = ['r', 'R', 'recursive'].some(flag => read.flags.has(flag))
  return read.rest.map(path => ({
    operation: isTree ? 'files.directory' : 'files.file',
    args: { path: { word: path }, present: false },
  }))
}

/** rmdir(1) removes what is empty, which files.directory would not ask about: it stays. touch(1) makes an empty file. */
export function touchCalls(args: readonly Word[]): OfferedCall[] | undefined {
  const read = readOptions(args, {})
  if (!read || read.rest.length === 0 || !read.rest.every(isAbsolute)) return undefined
  return read.rest.map(path => ({ operation: 'files.file', args: { path: { word: path } } }))
}

function isDirectory(path: Word): boolean {
  const last = path.at(-1)
  return typeof last === 'string' && last.endsWith('/')
}
