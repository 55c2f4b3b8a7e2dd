import { UsageError } from '../errors.js'
import { Secret } from '../secret.js'
import { quote } from '../shell/quote.js'

/** Text that is put into a command as it is. Made by {@link raw}. */
export class Raw {
  constructor(readonly text: string) {}
}

/** Opts out of quoting: ``$`ls ${raw('*.conf')}` `` */
export function raw(text: string): Raw {
  return new Raw(text)
}

/**
 * The text of a command template, with every interpolated value quoted as one word, and arrays as several.
 *
 * @throws {UsageError} when it is called with something else than a template, for a value that cannot stand in a command, and for an empty one that is part of a path: `rm -r /srv/${name}`
 *   must not become `rm -r /srv/`.
 */
export function commandText(strings: TemplateStringsArray, values: readonly unknown[]): string {
  if (!Array.isArray(strings) || !('raw' in strings))
    throw new UsageError(
      'A command goes behind $ in backticks, $`uptime`, and options in front of it, fleet.with({ sudo: true }).$`uptime`; nothing was sent.',
    )
  refuseEmptyInPath(strings, values)
  return strings.reduce((text, string, i) => text + (i === 0 ? '' : word(values[i - 1])) + string, '').trim()
}

function refuseEmptyInPath(strings: TemplateStringsArray, values: readonly unknown[]): void {
  for (const [i, value] of values.entries()) {
    const before = /[^\s'"]*$/.exec(strings[i] ?? '')?.[0] ?? ''
    const after = /^[^\s'"]*/.exec(strings[i + 1] ?? '')?.[0] ?? ''
    if (!isEmpty(value) || !(before.endsWith('/') || after.startsWith('/'))) continue
    throw new UsageError(
      `The value in “${before}\${…}${after}” is empty, which makes it another path; nothing was sent. Where that is meant, write raw('').`,
    )
  }
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.every(isEmpty))
}

function word(value: unknown): string {
  if (value instanceof Raw) return value.text
  if (Array.isArray(value)) return value.map(word).join(' ')
  if (value instanceof Secret)
    throw new UsageError(
      `A secret (${value.label}) cannot stand in a command, where every user of the host could read it; pass it by { stdin }.`,
    )
  if (value === undefined || value === null)
    throw new UsageError(`A value in the command is ${value}; nothing was sent.`)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return quote(String(value))
  if (typeof value === 'object' && Object.getPrototypeOf(value) !== Object.prototype) return quote(String(value))
  throw new UsageError(
    'An object cannot stand in a command; nothing was sent. Interpolate a string, a number or an array of them.',
  )
}
