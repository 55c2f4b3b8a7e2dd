/** One line of an ssh_config that says something. */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string
  /** Arguments without their quotes and escapes, up to a comment. */
  readonly words: readonly string[]
  /** Everything behind the keyword, as it stands. */
  readonly rest: string
  readonly file: string
  readonly line: number
  /** Why it cannot be read, in ssh's words. */
  readonly problem?: string
}

const SPACE = ' \t\r\n'

/** Splits an ssh_config into its lines, without judging keywords (readconf.c, process_config_line_depth). */
export function configLines(text: string, file: string): ConfigLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const found = keywordOf(raw.replace(/[ \t\r\n\f]+$/, ''))
    if (found === undefined) return []
    const { keyword, rest } = found
    const at = { keyword, rest, file, line: index + 1 }
    if (rest === '') return [{ ...at, words: [], problem: `no argument after keyword "${keyword}"` }]
    const words = splitWords(rest)
    return [words === undefined ? { ...at, words: [], problem: 'invalid quotes' } : { ...at, words }]
  })
}

/**
 * Splits arguments as OpenSSH does (misc.c, argv_split): by spaces, with both kinds of quotes, with backslashes in front of
 * quotes, backslashes and spaces, up to a `#` that begins a word.
 * @returns nothing when a quote is left open.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1
      continue
    }
    if (text[at] === '#') break
    let word = ''
    let quote = ''
    for (; at < text.length; at += 1) {
      const char = text.charAt(at)
      const next = text.charAt(at + 1)
      if (char === '\\' && next !== '' && (`'"\\`.includes(next) || (quote === '' && next === ' '))) {
        word += next
        at += 1
      } else if (quote === '' && (char === ' ' || char === '\t')) break
      else if (quote === '' && (char === '"' || char === "'")) quote = char
      else if (char === quote) quote = ''
      else word += char
    }
    if (quote !== '') return undefined
    words.push(word)
  }
  return words
}

function keywordOf(line: string): { keyword: string; rest: string } | undefined {
  let found = untilDelimiter(line)
  if (found?.token === '' && found.rest !== undefined) found = untilDelimiter(found.rest)
  if (found === undefined || found.token === '' || found.token.startsWith('#')) return undefined
  return { keyword: found.token.toLowerCase(), rest: trimStart(found.rest ?? '') }
}

/** misc.c, strdelim: a word ends at a space or at one `=`, which may stand between spaces; one in quotes ends with them. */
function untilDelimiter(text: string): { token: string; rest: string | undefined } | undefined {
  const end = text.search(/[ \t\r\n"=]/)
  if (end < 0) return { token: text, rest: undefined }
  if (text[end] === '"') {
    const open = text.slice(0, end) + text.slice(end + 1)
    const close = open.indexOf('"', end)
    return close < 0 ? undefined : { token: open.slice(0, close), rest: trimStart(open.slice(close + 1)) }
  }
  const rest = trimStart(text.slice(end + 1))
  return {
    token: text.slice(0, end),
    rest: text[end] !== '=' && rest.startsWith('=') ? trimStart(rest.slice(1)) : rest,
  }
}

function trimStart(text: string): string {
  let at = 0
  while (at < text.length && SPACE.includes(text.charAt(at))) at += 1
  return text.slice(at)
}
