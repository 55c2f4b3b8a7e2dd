import type { OfferedCall } from './offered-call.js'
import { readOptions } from './options.js'
import { literal, type Word } from './parse-line.js'

/** sed(1) `-i` with one `s` or `d` command on one file. */
export function sedCall(args: readonly Word[]): OfferedCall | undefined {
  const read = readOptions(args, { flags: ['i', 'in-place', 'E', 'r', 'regexp-extended'], values: ['e', 'expression'] })
  if (!read || !(read.flags.has('i') || read.flags.has('in-place'))) return undefined
  const given = read.values.get('e') ?? read.values.get('expression')
  const [script, path, ...more] = given ? [given, ...read.rest] : read.rest
  const text = script && literal(script)
  const isAbsolute = typeof path?.[0] === 'string' && path[0].startsWith('/')
  if (text === undefined || !path || !isAbsolute || more.length > 0) return undefined
  const extended = ['E', 'r', 'regexp-extended'].some(flag => read.flags.has(flag))
  return deletion(text, path, extended) ?? substitution(text, path, extended)
}

function deletion(script: string, path: Word, extended: boolean): OfferedCall | undefined {
  const found = /^\/((?:[^/\\]|\\.)+)\/(I?)d$/.exec(script)
  const pattern = found && jsPattern(found[1]?.replaceAll('\\/', '/') ?? '', extended)
  if (pattern === undefined || pattern === null) return undefined
  return {
    operation: 'files.line',
    args: { path: { word: path }, line: { pattern, flags: found?.[2] ? 'i' : '' }, present: false },
  }
}

function substitution(script: string, path: Word, extended: boolean): OfferedCall | undefined {
  const delimiter = /^s([^\w\\\s])/.exec(script)?.[1]
  if (delimiter === undefined) return undefined
  const parts = splitAt(script.slice(2), delimiter)
  const [match = '', replacement = '', flags = ''] = parts
  if (parts.length !== 3 || !/^[gIi]*$/.test(flags)) return undefined
  const pattern = jsPattern(match, extended)
  const text = jsReplacement(replacement)
  if (pattern === undefined || text === undefined || match === '' || grows(pattern, text)) return undefined
  return {
    operation: 'files.replace',
    args: {
      path: { word: path },
      pattern: { pattern, flags: `${flags.includes('g') ? 'g' : ''}${/i/i.test(flags) ? 'i' : ''}` },
      replacement: { word: [text] },
    },
  }
}

/** What it leaves would be replaced again, by something else: each run makes another text. */
function grows(pattern: string, replacement: string): boolean {
  return !replacement.includes('$') && replacement.replace(new RegExp(pattern), replacement) !== replacement
}

/** Parts between delimiters; one with a backslash before it is the character itself. */
function splitAt(text: string, delimiter: string): string[] {
  const parts = ['']
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    const last = parts.length - 1
    if (letter === '\\' && text[at + 1] === delimiter) {
      parts[last] += delimiter
      at += 1
    } else if (letter === '\\') {
      parts[last] += letter + (text[at + 1] ?? '')
      at += 1
    } else if (letter === delimiter) parts.push('')
    else parts[last] += letter
  }
  return parts
}

const CLASSES: Readonly<Record<string, string>> = {
  space: '\\s',
  blank: ' \\t',
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9A-Fa-f',
}

/**
 * A regular expression of sed's as one of JavaScript's that matches the same; `undefined` where there is none.
 *
 * @see {@link https://www.gnu.org/software/sed/manual/sed.html#BRE-vs-ERE} basic and extended syntax
 */
export function jsPattern(sed: string, extended: boolean): string | undefined {
  let written = ''
  for (let at = 0; at < sed.length; ) {
    const rest = sed.slice(at)
    const part = bracket(rest) ?? (rest.startsWith('[') ? undefined : atom(rest, extended, at === 0))
    if (!part) return undefined
    written += part.text
    at += part.length
  }
  try {
    new RegExp(written)
    return written
  } catch {
    return undefined
  }
}

interface Converted {
  readonly text: string
  readonly length: number
}

function bracket(rest: string): Converted | undefined {
  const found = /^\[(\^?)(\]?(?:\[:[a-z]+:\]|[^\]])*)\]/.exec(rest)
  if (!found) return undefined
  const [whole, not = '', inside = ''] = found
  if (/\[[.=]/.test(inside)) return undefined
  const parts = inside.split(/(\[:[a-z]+:\])/)
  const texts = parts.map(part => {
    const name = /^\[:([a-z]+):\]$/.exec(part)?.[1]
    return name === undefined ? part.replaceAll(/[\\[\]^]/g, '\\$&') : CLASSES[name]
  })
  return texts.includes(undefined) ? undefined : { text: `[${not}${texts.join('')}]`, length: whole.length }
}

/** What means something with a backslash in basic, without one in extended expressions. */
const OPERATORS = '(){}|+?'

function atom(rest: string, extended: boolean, isFirst: boolean): Converted | undefined {
  const letter = rest[0] ?? ''
  if (letter === '\\') {
    const next = rest[1]
    if (next === undefined) return undefined
    if (OPERATORS.includes(next)) return { text: extended ? `\\${next}` : next, length: 2 }
    if (/[sSwWbB1-9]/.test(next) || /[.*^$[\]\\/]/.test(next)) return { text: `\\${next}`, length: 2 }
    if (next === 't') return { text: '\\t', length: 2 }
    return /[^\w\s]/.test(next) ? { text: next, length: 2 } : undefined
  }
  if (OPERATORS.includes(letter)) return { text: extended ? letter : `\\${letter}`, length: 1 }
  // a star at the beginning stands for itself in basic expressions
  if (letter === '*' && isFirst) return extended ? undefined : { text: '\\*', length: 1 }
  // anchors in the middle stand for themselves in basic expressions only
  if (letter === '^' && !isFirst) return undefined
  if (letter === '$' && rest.length > 1) return undefined
  return letter === '\n' || letter === ']' ? undefined : { text: letter, length: 1 }
}

/** The replacement of an `s` command, as String.prototype.replace has it. */
export function jsReplacement(sed: string): string | undefined {
  let written = ''
  for (let at = 0; at < sed.length; at += 1) {
    const letter = sed[at] ?? ''
    if (letter === '&') written += '$&'
    else if (letter === '$') written += '$$'
    else if (letter === '\n') return undefined
    else if (letter !== '\\') written += letter
    else {
      at += 1
      const next = sed[at] ?? ''
      if (/[1-9]/.test(next)) written += `$${next}`
      else if (/[&\\/|#@,:"' .$[\]*^]/.test(next)) written += next === '$' ? '$$' : next
      else if (next === 't') written += '\t'
      else return undefined
    }
  }
  return written
}
