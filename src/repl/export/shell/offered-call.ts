import { literal, type Word } from './parse-line.js'

/** An argument of an operation, as a shell line gives it. */
export type OfferedValue =
  | boolean
  | { readonly word: Word }
  | { readonly number: number }
  | { readonly words: readonly Word[] }
  | { readonly pattern: string; readonly flags: string }

/** An operation that says what a command does. */
export interface OfferedCall {
  /** `apt.packages` */
  readonly operation: string
  readonly args: Readonly<Record<string, OfferedValue>>
}

/**
 * A call as TypeScript: `apt.packages({ packages: ['ntp'] })`.
 *
 * @param holes the source of each interpolated value
 */
export function callText({ operation, args }: OfferedCall, holes: readonly string[], options: string): string {
  const fields = Object.entries(args).map(([name, value]) => {
    const text = valueText(value, holes)
    return text === name ? name : `${name}: ${text}`
  })
  return `${operation}({ ${fields.join(', ')} }${options})`
}

function valueText(value: OfferedValue, holes: readonly string[]): string {
  if (typeof value === 'boolean') return String(value)
  if ('number' in value) return String(value.number)
  if ('word' in value) return wordText(value.word, holes)
  if ('pattern' in value) return `/${value.pattern.replaceAll(/(?<!\\)((?:\\\\)*)\//g, '$1\\/')}/${value.flags}`
  // an interpolated list is several words
  const items = value.words.map(word =>
    word.length === 1 && typeof word[0] === 'number' ? `...[${holes[word[0]] ?? ''}].flat()` : wordText(word, holes),
  )
  return `[${items.join(', ')}]`
}

function wordText(word: Word, holes: readonly string[]): string {
  const text = literal(word)
  if (text !== undefined) return stringText(text)
  const [only] = word
  if (word.length === 1 && typeof only === 'number') return holes[only] ?? ''
  const escaped = (piece: string): string =>
    JSON.stringify(piece.replaceAll(/`|\$(?=\{)/g, '\\$&'))
      .slice(1, -1)
      .replaceAll('\\"', '"')
      .replaceAll(/\\\\(?=`|\$\{)/g, '\\')
  return `\`${word.map(piece => (typeof piece === 'string' ? escaped(piece) : `\${${holes[piece] ?? ''}}`)).join('')}\``
}

/** A string literal: in single quotes, unless it holds some itself. */
export function stringText(text: string): string {
  if (text.includes("'") && !text.includes('"')) return JSON.stringify(text)
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** An operation that says what a part of a shell line does, and who does it there. */
export interface RecognisedCall extends OfferedCall {
  /** Under sudo: as root (`true`) or as this user. */
  readonly sudo?: true | string
}
