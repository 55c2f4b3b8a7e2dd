import { graphemes, graphemesOf } from './grapheme-width.js'
import { applySgr, CLOSE_STYLE, openStyle, PLAIN, type Style } from './style.js'

export interface SanitiseOptions {
  /** Keep colours; default yes. */
  readonly colour?: boolean
  /** Columns from one tab stop to the next; default 8. */
  readonly tabWidth?: number
  /** Most columns of a line; what is beyond is replaced by a count of it. Default 4,000. */
  readonly maxColumns?: number
}

/** Code units of a line that are looked at for each column kept: room for colours and marks, an end to a line of megabytes. */
const UNITS_PER_COLUMN = 16

const PRINTABLE_ASCII = /^[ -~]*$/

/** Control sequences in 7-bit and 8-bit form (ECMA-48 §5): CSI; terminated strings such as OSC; other escapes; what is left of them. */
const CONTROL =
  /(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~])|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]?|[\x00-\x08\x0a-\x1f\x7f-\x9f]/g

/**
 * Characters that reorder, hide or break text without being seen: bidirectional marks, overrides and isolates, zero-width
 * spaces, fillers, tags, line and paragraph separators. Joiners and variation selectors stay: emoji and scripts need them.
 */
const UNSEEN = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]|\p{Surrogate}/gu

/** More marks on one character than any script needs: they would be drawn over the rows above and below. */
const HEAP_OF_MARKS = /(\p{M}{8})\p{M}+/gu

/** Hangul vowels and finals: terminals with old tables join them to whatever stands before. */
const JAMO = /^[\u1160-\u11ff\ud7b0-\ud7ff]/

/** Whether text would change a character that happens to be drawn before it. */
function joinsBackward(text: string): boolean {
  if (text === '' || text.charCodeAt(0) < 0x300) return false
  return (
    JAMO.test(text) ||
    graphemes()
      .segment(`|${text.slice(0, 16)}`)
      .containing(0)?.segment !== '|'
  )
}

/**
 * Makes text from a host fit to be shown: whatever it holds, shown from column 0 of a row it stays on its rows, moves no cursor,
 * changes no setting of the terminal and hides nothing. Colours are kept, and end with their line.
 *
 * @param text what the host sent; bytes are read as UTF-8, invalid ones become U+FFFD
 * @returns lines joined by `\n`, without tabs or any control character but the SGR sequences of its colours
 * @example
 * sanitise('\x1b]0;title\x07\x1b[31mred\x1b[2J\tx') // '\x1b[31mred     x\x1b[m'
 */
export function sanitise(text: string | Uint8Array, options: SanitiseOptions = {}): string {
  return sanitiseLines(text, options).join('\n')
}

/** The same as {@link sanitise}, line by line. A line end at the very end of the text ends the last line and begins no other. */
export function sanitiseLines(text: string | Uint8Array, options: SanitiseOptions = {}): string[] {
  const decoded = typeof text === 'string' ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(text)
  const lines = decoded.split('\n')
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  let style = PLAIN
  return lines.map(line => {
    const result = sanitiseLine(line, style, options)
    style = result.style
    return result.line
  })
}

/** One line; `style` is what the lines before left in force. */
function sanitiseLine(
  raw: string,
  style: Style,
  { colour = true, tabWidth = 8, maxColumns = 4_000 }: SanitiseOptions,
): { readonly line: string; readonly style: Style } {
  if (raw.length <= maxColumns && style === PLAIN && PRINTABLE_ASCII.test(raw)) return { line: raw, style }
  const budget = maxColumns * UNITS_PER_COLUMN
  const looked = afterCarriageReturn(raw.length > budget ? raw.slice(0, budget) : raw).replace(/[^\x08]\x08/g, '')
  const row = new Row(maxColumns, tabWidth)
  let current = colour ? style : PLAIN
  let at = 0
  for (const match of looked.matchAll(CONTROL)) {
    row.add(looked.slice(at, match.index), current)
    at = match.index + match[0].length
    if (colour && match[2] === 'm' && /^[\d;:]*$/.test(match[1] ?? '')) current = applySgr(current, match[1] ?? '')
  }
  row.add(looked.slice(at), current)
  const left = row.left + Math.max(0, raw.length - budget)
  return { line: row.finish(left), style: current }
}

/** What a carriage return leaves visible: the last thing written from the start of the line, as progress displays do. */
function afterCarriageReturn(line: string): string {
  if (!line.includes('\r')) return line
  return line.split('\r').findLast(part => part !== '') ?? ''
}

/** A line being put together, up to a number of columns. */
class Row {
  readonly #maxColumns: number
  readonly #tabWidth: number
  #text = ''
  #column = 0
  #style: Style = PLAIN
  /** Characters that found no room. */
  left = 0

  constructor(maxColumns: number, tabWidth: number) {
    this.#maxColumns = maxColumns
    this.#tabWidth = tabWidth
  }

  add(raw: string, style: Style): void {
    for (const [index, part] of raw.split('\t').entries()) {
      if (index > 0) this.#put(' '.repeat(this.#tabWidth - (this.#column % this.#tabWidth)), style)
      const text = part
        .replace(UNSEEN, unit => (/\p{Surrogate}/u.test(unit) ? '\ufffd' : ''))
        .replace(HEAP_OF_MARKS, '$1')
      this.#put(this.#column === 0 && joinsBackward(text) ? ` ${text}` : text, style)
    }
  }

  #put(text: string, style: Style): void {
    if (this.left > 0) {
      this.left += text.length
      return
    }
    const room = this.#maxColumns - this.#column
    const { fitting, width } = cutToColumns(text, room)
    if (fitting !== '') this.#append(fitting, width, style)
    this.left = text.length - fitting.length
  }

  #append(text: string, width: number, style: Style): void {
    if (style !== this.#style) {
      this.#text += (openStyle(this.#style) === '' ? '' : CLOSE_STYLE) + openStyle(style)
      this.#style = style
    }
    this.#text += text
    this.#column += width
  }

  finish(left: number): string {
    const text = openStyle(this.#style) === '' ? this.#text : this.#text + CLOSE_STYLE
    return left > 0 ? `${text}… ${left.toLocaleString('en')} more characters` : text
  }
}

/** As much of the beginning of `text` as has room in so many columns. */
function cutToColumns(text: string, room: number): { readonly fitting: string; readonly width: number } {
  if (PRINTABLE_ASCII.test(text)) {
    const fitting = text.slice(0, room)
    return { fitting, width: fitting.length }
  }
  let columns = 0
  for (const { index, width } of graphemesOf(text)) {
    if (columns + width > room) return { fitting: text.slice(0, index), width: columns }
    columns += width
  }
  return { fitting: text, width: columns }
}
