import { type Bracket, CLOSERS, type ScanState } from './scan-state.js'

/** What a stretch of source is, for colour and for finding where a statement goes on. */
export type TokenKind =
  | 'blank'
  | 'comment'
  | 'keyword'
  | 'literal'
  | 'identifier'
  | 'property'
  | 'call'
  | 'number'
  | 'string'
  | 'template'
  | 'regex'
  | 'operator'
  | 'open'
  | 'close'
  | 'unknown'

export interface Token {
  readonly kind: TokenKind
  /** Offsets in the line, in code units. */
  readonly start: number
  readonly end: number
  /** For brackets and the delimiters of templates: how many brackets are open around it. A pair has the same number. */
  readonly depth?: number
}

const KEYWORDS = new Set(
  (
    'abstract as async await break case catch class const continue declare default delete do else enum export extends finally for ' +
    'from function get if implements import in infer instanceof interface is keyof let namespace new of override private protected ' +
    'public readonly return satisfies set static super switch this throw try type typeof using var void while with yield'
  ).split(' '),
)
const LITERALS = new Set(['true', 'false', 'null', 'undefined', 'NaN', 'Infinity'])
/** Keywords whose `(…)` wants a statement behind it. */
export const HEADS: ReadonlySet<string> = new Set(['if', 'for', 'while', 'switch', 'with'])
/** Keywords that end an expression: a slash behind them divides. */
const VALUES = new Set(['this', 'super'])

const TOKEN = new RegExp(
  [
    String.raw`(?<blank>[^\S\n]+)`,
    String.raw`(?<number>0[xX][\da-fA-F_]+n?|0[bB][01_]+n?|0[oO][0-7_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?)`,
    String.raw`(?<word>[#@]?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)`,
    String.raw`(?<close>[)\]}])`,
    String.raw`(?<operator>\.{3}|\?\.(?!\d)|=>|>>>=|[*<>&|?]{2}=|===|!==|\*\*|\+\+|--|&&|\|\||\?\?|[+\-*/%&|^<>=!]=|[-+*%<>=!&|^~?:;,.])`,
  ].join('|'),
  'uy',
)
const REGEX = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const STRING_END: Readonly<Record<'"' | "'", RegExp>> = { '"': /(?:[^"\\]|\\[\s\S])*"/y, "'": /(?:[^'\\]|\\[\s\S])*'/y }
const TEMPLATE_PART = /(?:[^`\\$]|\\[\s\S]?|\$(?!\{))*/y
const COMMENT_END = /[\s\S]*?\*\//y

/**
 * Cuts one line of TypeScript into tokens. It never fails: what is no token is `unknown`.
 *
 * @param state what the lines before leave open
 * @returns the tokens, which together cover the line, what is open at its end, and whether a string is cut off there, which no
 * line behind it mends
 */
export function scanLine(
  line: string,
  state: ScanState,
): { readonly tokens: readonly Token[]; readonly state: ScanState; readonly cutOff: boolean } {
  return new LineScanner(line, state).scan()
}

class LineScanner {
  readonly #line: string
  readonly #tokens: Token[] = []
  readonly #open: Bracket[]
  #inside: ScanState['inside']
  #last: ScanState['last']
  #at = 0

  constructor(line: string, state: ScanState) {
    this.#line = line
    this.#open = [...state.open]
    this.#inside = state.inside
    this.#last = state.last
  }

  scan() {
    while (this.#at < this.#line.length) {
      if (this.#inside === 'comment') this.#comment(this.#at)
      else if (this.#inside !== undefined) this.#string(this.#at, this.#inside)
      else if (this.#open.at(-1)?.text === '`') this.#template()
      else this.#code()
    }
    const goesOn = this.#inside === 'comment' || this.#endsInBackslash()
    const state = { open: this.#open, inside: goesOn ? this.#inside : undefined, last: this.#last }
    return { tokens: this.#tokens, state, cutOff: this.#inside !== undefined && !goesOn }
  }

  /** A string goes on in the next line only behind a backslash. */
  #endsInBackslash(): boolean {
    return /(?<!\\)(?:\\\\)*\\$/.test(this.#line)
  }

  #push(kind: TokenKind, end: number, depth?: number): void {
    this.#tokens.push({ kind, start: this.#at, end, ...(depth === undefined ? {} : { depth }) })
    if (kind !== 'blank' && kind !== 'comment') this.#last = { kind, text: this.#line.slice(this.#at, end) }
    this.#at = end
  }

  #match(pattern: RegExp, from: number): number | undefined {
    pattern.lastIndex = from
    return pattern.test(this.#line) ? pattern.lastIndex : undefined
  }

  #comment(from: number): void {
    const end = this.#match(COMMENT_END, from)
    this.#inside = end === undefined ? 'comment' : undefined
    this.#push('comment', end ?? this.#line.length)
  }

  #string(from: number, quote: '"' | "'"): void {
    const end = this.#match(STRING_END[quote], from)
    this.#inside = end === undefined ? quote : undefined
    this.#push('string', end ?? this.#line.length)
  }

  /** Text of a template up to its end or to `${`, with that delimiter. */
  #template(): void {
    const end = this.#match(TEMPLATE_PART, this.#at) ?? this.#line.length
    if (end > this.#at) this.#push('template', end)
    if (this.#line.startsWith('${', end)) this.#opener('${', end + 2)
    else if (this.#line.startsWith('`', end)) this.#closer('`', end + 1)
  }

  #opener(text: Bracket['text'], end: number): void {
    const after = text === '(' && this.#last?.kind === 'keyword' && !this.#endsDo() ? this.#last.text : undefined
    this.#open.push({ text, ...(after === undefined ? {} : { after }) })
    this.#push(text === '`' ? 'template' : 'open', end, this.#open.length)
  }

  /** Whether the keyword just read is the `while` of `do { … } while`, which wants no statement behind it. */
  #endsDo(): boolean {
    return /\}\s*while\s*$/.test(this.#line.slice(0, this.#at))
  }

  #closer(text: string, end: number): void {
    const opened = this.#open.at(-1)
    const fits = opened !== undefined && CLOSERS[opened.text] === text
    const depth = this.#open.length
    if (fits) this.#open.pop()
    this.#push(text === '`' ? 'template' : fits ? 'close' : 'unknown', end, fits ? depth : undefined)
    if (fits && opened.after !== undefined) this.#last = { kind: 'close', text, after: opened.after }
  }

  #code(): void {
    const first = this.#line[this.#at]
    if (first === '"' || first === "'") this.#string(this.#at + 1, first)
    else if (first === '`') this.#opener('`', this.#at + 1)
    else if (first === '(' || first === '[' || first === '{') this.#opener(first, this.#at + 1)
    else if (this.#line.startsWith('/*', this.#at)) this.#comment(this.#at + 2)
    else if (this.#line.startsWith('//', this.#at)) this.#push('comment', this.#line.length)
    else if (first === '/') this.#slash()
    else this.#lexeme()
  }

  /** A token that needs nothing but its own characters to be told. */
  #lexeme(): void {
    TOKEN.lastIndex = this.#at
    const groups = TOKEN.exec(this.#line)?.groups
    const end = TOKEN.lastIndex
    if (groups?.blank) this.#push('blank', end)
    else if (groups?.number) this.#push('number', end)
    else if (groups?.word) this.#push(this.#wordKind(groups.word, end), end)
    else if (groups?.close) this.#closer(groups.close, end)
    else if (groups?.operator) this.#operator(groups.operator, end)
    else this.#push('unknown', this.#at + String.fromCodePoint(this.#line.codePointAt(this.#at) ?? 0).length)
  }

  /** The `!` right behind a value says that it is there: what comes then can divide it. */
  #operator(text: string, end: number): void {
    const asserts = text === '!' && /\S/.test(this.#line[this.#at - 1] ?? ' ') && this.#endsExpression()
    const value = this.#last
    this.#push('operator', end)
    if (asserts && value) this.#last = { ...value, kind: 'asserted' }
  }

  #slash(): void {
    // one that is not closed yet goes as far as its line, as TypeScript has it
    if (!this.#endsExpression()) this.#push('regex', this.#match(REGEX, this.#at) ?? this.#line.length)
    else this.#push('operator', this.#at + (this.#line.startsWith('/=', this.#at) ? 2 : 1))
  }

  /** Whether what was last read can be divided. */
  #endsExpression(): boolean {
    if (!this.#last) return false
    const { kind, text, after } = this.#last
    if (kind === 'keyword') return VALUES.has(text)
    if (after !== undefined) return !HEADS.has(after)
    if (kind === 'operator') return text === '++' || text === '--'
    return kind !== 'open' && kind !== 'unknown'
  }

  #wordKind(word: string, end: number): TokenKind {
    const member = this.#last?.text === '.' || this.#last?.text === '?.'
    if (!member && KEYWORDS.has(word)) return 'keyword'
    if (!member && LITERALS.has(word)) return 'literal'
    if (/^\s*(?:\(|`)/.test(this.#line.slice(end, end + 8))) return 'call'
    return member ? 'property' : 'identifier'
  }
}
