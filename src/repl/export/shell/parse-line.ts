/** A part of a word: text as it is after quoting, or the number of an interpolated value, from 0. */
export type Piece = string | number

/** One word of a command. */
export type Word = readonly Piece[]

/** A redirection: `>> file`, `2> file`. */
export interface Redirection {
  readonly from: number
  readonly append: boolean
  readonly to: Word
}

/** A command: its words, the variables set for it alone, and where its output goes. */
export interface SimpleCommand {
  readonly kind: 'simple'
  readonly words: readonly Word[]
  readonly variables: readonly string[]
  readonly redirections: readonly Redirection[]
}

/** `( … )`: commands in a subshell. */
export interface Subshell {
  readonly kind: 'subshell'
  readonly list: readonly Pipeline[]
  readonly redirections: readonly Redirection[]
}

export type Stage = SimpleCommand | Subshell

/** Commands of which each reads what the one before it writes. */
export type Pipeline = readonly Stage[]

type Token =
  | { readonly kind: 'word'; readonly pieces: Word; readonly quoted: boolean }
  | { readonly kind: 'operator'; readonly text: string }

/** What begins a compound command, which is more than a list of commands. */
const RESERVED = new Set(['if', 'for', 'while', 'until', 'case', 'function', '{', '!', 'select', 'time'])

/**
 * Reads a shell line as far as it says the same on every host: commands one after the other (`&&`, `;`, line ends), pipelines,
 * subshells, quoting, redirections to files. Whatever a shell would work out (`$x`, `` `…` ``, `*`, `~`), and whatever decides or
 * repeats (`if`, `||`, `&`), makes the answer `undefined`: such a line can only be run.
 *
 * @param strings the text between interpolated values, each of which is a word or a part of one
 * @see {@link https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html} the shell's grammar
 * @example
 * parseLine(["echo 'a b' >>/etc/motd"])
 */
export function parseLine(strings: readonly string[]): readonly Pipeline[] | undefined {
  const tokens = tokensOf(strings)
  if (!tokens) return undefined
  const reader = { tokens, at: 0 }
  const list = readList(reader)
  return list && reader.at === tokens.length ? list : undefined
}

interface Reader {
  readonly tokens: readonly Token[]
  at: number
}

function readList(reader: Reader): readonly Pipeline[] | undefined {
  const list: Pipeline[] = []
  for (;;) {
    while (isOperator(reader, '\n')) reader.at += 1
    const token = reader.tokens[reader.at]
    if (!token || (token.kind === 'operator' && token.text === ')')) return list
    const pipeline = readPipeline(reader)
    if (!pipeline) return undefined
    list.push(pipeline)
    if (isOperator(reader, '&&')) {
      reader.at += 1
      while (isOperator(reader, '\n')) reader.at += 1
      const next = reader.tokens[reader.at]
      if (!next || (next.kind === 'operator' && next.text !== '(')) return undefined
    } else if (isOperator(reader, ';') || isOperator(reader, '\n')) reader.at += 1
    else return list
  }
}

function readPipeline(reader: Reader): Pipeline | undefined {
  const stages: Stage[] = []
  for (;;) {
    const stage = isOperator(reader, '(') ? readSubshell(reader) : readSimple(reader)
    if (!stage) return undefined
    stages.push(stage)
    if (!isOperator(reader, '|')) return stages
    reader.at += 1
  }
}

function readSubshell(reader: Reader): Subshell | undefined {
  reader.at += 1
  const list = readList(reader)
  if (!list || list.length === 0 || !isOperator(reader, ')')) return undefined
  reader.at += 1
  const redirections = readRedirections(reader)
  return redirections && { kind: 'subshell', list, redirections }
}

function readSimple(reader: Reader): SimpleCommand | undefined {
  const words: Word[] = []
  const variables: string[] = []
  const redirections: Redirection[] = []
  for (let token = reader.tokens[reader.at]; token; token = reader.tokens[reader.at]) {
    if (token.kind === 'operator') {
      if (!/^\d*>>?$/.test(token.text)) break
      const found = readRedirections(reader)
      if (!found) return undefined
      redirections.push(...found)
      continue
    }
    const text = literal(token.pieces)
    if (words.length === 0 && !token.quoted && text !== undefined && RESERVED.has(text)) return undefined
    const variable = words.length === 0 ? /^([A-Za-z_]\w*)=/.exec(String(token.pieces[0] ?? ''))?.[1] : undefined
    if (variable === undefined) words.push(token.pieces)
    else variables.push(variable)
    reader.at += 1
  }
  return words.length === 0 ? undefined : { kind: 'simple', words, variables, redirections }
}

function readRedirections(reader: Reader): Redirection[] | undefined {
  const found: Redirection[] = []
  for (;;) {
    const token = reader.tokens[reader.at]
    const written = token?.kind === 'operator' ? /^(\d*)(>>?)$/.exec(token.text) : null
    if (!written) return found
    const target = reader.tokens[reader.at + 1]
    if (target?.kind !== 'word') return undefined
    found.push({ from: Number(written[1] || 1), append: written[2] === '>>', to: target.pieces })
    reader.at += 2
  }
}

function isOperator({ tokens, at }: Reader, text: string): boolean {
  const token = tokens[at]
  return token?.kind === 'operator' && token.text === text
}

/** The text of a word without interpolated values. */
export function literal(word: Word): string | undefined {
  return word.every(piece => typeof piece === 'string') ? word.join('') : undefined
}

/** Takes a line apart; `undefined` where a shell would work something out. */
function tokensOf(strings: readonly string[]): readonly Token[] | undefined {
  const tokens: Token[] = []
  let pieces: Piece[] | undefined
  let quoted = false
  const add = (text: string): void => {
    pieces ??= []
    const last = pieces.at(-1)
    if (typeof last === 'string') pieces[pieces.length - 1] = last + text
    else if (text !== '') pieces.push(text)
  }
  const endWord = (): void => {
    if (pieces) tokens.push({ kind: 'word', pieces, quoted })
    pieces = undefined
    quoted = false
  }
  for (const [index, text] of strings.entries()) {
    if (index > 0) {
      pieces ??= []
      pieces.push(index - 1)
    }
    for (let at = 0; at < text.length; ) {
      const rest = text.slice(at)
      const part = partAt(rest, pieces !== undefined)
      if (!part) return undefined
      at += part.length
      if (part.kind === 'text') {
        add(part.text)
        quoted ||= part.quoted
        continue
      }
      endWord()
      if (part.kind === 'operator') tokens.push({ kind: 'operator', text: part.text })
    }
  }
  endWord()
  return tokens
}

type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly length: number }
  | { readonly kind: 'blank'; readonly length: number }
  | { readonly kind: 'operator'; readonly text: string; readonly length: number }

function partAt(rest: string, inWord: boolean): Part | undefined {
  const blank = /^(?:[ \t]|\\\n)+/.exec(rest)
  if (blank && !/^\\\n/.test(rest)) return { kind: 'blank', length: blank[0].length }
  if (/^\\\n/.test(rest)) return { kind: 'text', text: '', quoted: false, length: 2 }
  if (!inWord && rest.startsWith('#')) return { kind: 'blank', length: /^[^\n]*/.exec(rest)?.[0].length ?? 0 }
  // an output joined to another that is thrown away, or kept: `2>&1` says nothing of what is written where
  const joined = /^(?:2>&1)(?=[\s;|)]|$)/.exec(rest)
  if (joined && !inWord) return { kind: 'blank', length: joined[0].length }
  const operator = (inWord ? /^(?:&&|>>|[;\n|()>])/ : /^(?:&&|\d?>>|\d?>|[;\n|()])/).exec(rest)
  if (operator && !/^(?:\|\||;;|\d?>>?[&|(])/.test(rest))
    return { kind: 'operator', text: operator[0], length: operator[0].length }
  const single = /^'([^']*)'/.exec(rest)
  if (single) return { kind: 'text', text: single[1] ?? '', quoted: true, length: single[0].length }
  if (rest.startsWith('"')) return doubleQuoted(rest)
  const escaped = /^\\([^\n])/.exec(rest)
  if (escaped) return { kind: 'text', text: escaped[1] ?? '', quoted: true, length: escaped[0].length }
  if (!inWord && rest.startsWith('~')) return undefined
  const plain = /^[^\s'"\\$`*?[\]{}<>|&;()]+/.exec(rest)
  return plain ? { kind: 'text', text: plain[0], quoted: false, length: plain[0].length } : undefined
}

function doubleQuoted(rest: string): Part | undefined {
  const found = /^"((?:[^"\\$`]|\\[\s\S])*)"/.exec(rest)
  if (!found) return undefined
  const text = (found[1] ?? '').replace(/\\([$`"\\\n])/g, (_, held: string) => (held === '\n' ? '' : held))
  return { kind: 'text', text, quoted: true, length: found[0].length }
}
