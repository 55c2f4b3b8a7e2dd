import { UsageError } from '../../engine/errors.js'
import { suggest } from '../../engine/nodeset/pattern.js'
import { BINDINGS, type Binding, type BoundAction, type Context } from './bindings.js'
import { faultOfKey, typesText } from './key-name.js'

/** Keys that the person has set, by {@link nameOf} of what they do: `'hosts.attach': 'a f3'`, a sequence with commas: `ctrl-x,a`. */
export type KeySettings = Readonly<Record<string, string>>

/** Where letters are typed, so that a letter does nothing else. */
const TYPING: ReadonlySet<Context> = new Set(['prompt', 'editor', 'completion', 'finder', 'filter', 'search'])

/** What a key does, as settings name it: `cells.run-again`. */
export const nameOf = ({ context, action }: Pick<Binding, 'context' | 'action'>): string =>
  `${context}.${action.replaceAll(' ', '-')}`

/** The keys of the screen, with those that the person has set in the place of others. */
export function boundKeys(set: KeySettings): readonly Binding<BoundAction>[] {
  return BINDINGS.map(binding => {
    const own = set[nameOf(binding)]
    return own === undefined ? binding : { ...binding, keys: sequencesOf(own) }
  })
}

/**
 * Key settings with one more, or one less.
 *
 * @param keys blanks between keys that do the same, commas within a sequence; `default` for what it was at first
 * @throws {UsageError} when there is no such thing to bind, no such key, or it has something else to do there
 * @example
 * withKeys({}, 'hosts.attach', 'a f3') // { 'hosts.attach': 'a f3' }
 */
export function withKeys(set: KeySettings, name: string, keys: string): KeySettings {
  const binding = BINDINGS.find(each => nameOf(each) === name)
  if (!binding) throw new UsageError(`There is nothing called ${name} to bind${suggest(name, BINDINGS.map(nameOf))}`)
  const { [name]: _, ...others } = set
  const wanted = keys.trim().split(/\s+/)
  const next = wanted[0] === 'default' ? others : { ...others, [name]: wanted.join(' ') }
  const own = boundKeys(next).find(each => nameOf(each) === name)?.keys ?? []
  for (const sequence of own) check(sequence, binding, next)
  return next
}

function check(sequence: string, binding: Binding, set: KeySettings): void {
  const [first = '', ...rest] = sequence.split(' ')
  for (const key of [first, ...rest]) {
    const fault = faultOfKey(key)
    if (fault) throw new UsageError(fault)
  }
  const name = nameOf(binding)
  if (TYPING.has(binding.context) && typesText(first))
    throw new UsageError(`${first} is typed there: give ${name} a key with ctrl- or alt-, or one like f7.`)
  for (const other of boundKeys(set)) {
    if (other.context !== binding.context || nameOf(other) === name) continue
    const taken = other.keys.find(each => each === sequence || within(each, sequence) || within(sequence, each))
    if (taken === undefined) continue
    const how = taken === sequence ? 'has that key' : `has ${taken.replaceAll(' ', ',')}, which begins alike`
    throw new UsageError(
      `${name} cannot be ${sequence.replaceAll(' ', ',')}: ${nameOf(other)} ${how}; set it to another first.`,
    )
  }
}

const within = (long: string, short: string): boolean => long.startsWith(`${short} `)

const sequencesOf = (keys: string): readonly string[] => keys.split(' ').map(key => key.replace(/(?<=.),(?=.)/g, ' '))

/** Keys and what they do, a line each: all, those of one place (`hosts`), or one. @throws {UsageError} when there is no such thing */
export function keysText(set: KeySettings, name = ''): string {
  const shown = boundKeys(set).filter(each => name === '' || each.context === name || nameOf(each) === name)
  if (shown.length === 0)
    throw new UsageError(
      `There is nothing called ${name} to bind${suggest(name, [...BINDINGS.map(nameOf), ...BINDINGS.map(({ context }) => context)])}`,
    )
  return shown
    .map(each => {
      const keys = each.keys.map(key => key.replaceAll(' ', ',')).join(' ')
      return `${nameOf(each).padEnd(28)} ${keys.padEnd(24)} ${each.help}`
    })
    .join('\n')
}
