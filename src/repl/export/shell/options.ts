import { literal, type Word } from './parse-line.js'

/** Which options a command knows, without and with a value: `['r', 'system']`, `['g', 'gid']`. Another makes it unknown. */
export interface OptionSpec {
  readonly flags?: readonly string[]
  readonly values?: readonly string[]
}

/** The arguments of a command, taken apart as getopt_long(3) does. */
export interface Options {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, Word>
  /** What is no option, in order. */
  readonly rest: readonly Word[]
}

/** Takes arguments apart; `undefined` for an option that is not among those known. */
export function readOptions(words: readonly Word[], { flags = [], values = [] }: OptionSpec): Options | undefined {
  const found = { flags: new Set<string>(), values: new Map<string, Word>(), rest: [] as Word[] }
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? []
    const head = typeof word[0] === 'string' ? word[0] : ''
    if (literal(word) === '--') {
      found.rest.push(...words.slice(at + 1))
      return found
    }
    const long = /^--([a-z-]+)(=?)/.exec(head)
    if (long) {
      const [whole, name = '', equals] = long
      if (flags.includes(name) && literal(word) === whole && !equals) found.flags.add(name)
      else if (values.includes(name)) {
        const value = equals ? [head.slice(whole.length), ...word.slice(1)] : words[at + 1]
        if (!value) return undefined
        found.values.set(
          name,
          value.filter(piece => piece !== ''),
        )
        if (!equals) at += 1
      } else return undefined
    } else if (/^-./.test(head)) {
      const used = readLetters(word, words[at + 1], { flags, values }, found)
      if (used === undefined) return undefined
      at += used
    } else found.rest.push(word)
  }
  return found
}

/** `-aG adm`, `-m0644`: gives how many further words were used. */
function readLetters(
  word: Word,
  next: Word | undefined,
  { flags, values }: Required<OptionSpec>,
  found: { readonly flags: Set<string>; readonly values: Map<string, Word> },
): number | undefined {
  const [head = '', ...tail] = word
  const letters = String(head)
  for (let at = 1; at < letters.length; at += 1) {
    const letter = letters[at] ?? ''
    if (values.includes(letter)) {
      const attached = [letters.slice(at + 1), ...tail].filter(piece => piece !== '')
      const value = attached.length > 0 ? attached : next
      if (!value) return undefined
      found.values.set(letter, value)
      return attached.length > 0 ? 0 : 1
    }
    if (!flags.includes(letter)) return undefined
    found.flags.add(letter)
  }
  return tail.length === 0 ? 0 : undefined
}
