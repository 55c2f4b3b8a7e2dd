import { graphemesOf } from '../../engine/text/grapheme-width.js'
import { applySgr, CLOSE_STYLE, openStyle, PLAIN, type Style } from '../../engine/text/style.js'
import { NARROW_TEXT } from './agreed.js'

const PRINTABLE_ASCII = /^[ -~]*$/
const SGR = /\x1b\[[\d;:]*m/g
const PIECE = /\x1b\[([\d;:]*)m|[^\x1b]+/g

/** Widths of the texts that need a closer look; a screen shows the same ones again and again. */
const looked = new Map<string, number>()
const MOST_LOOKED = 5_000

/** Columns a line takes on the screen. Colour sequences take none, and part what they stand between: nothing is joined across one. */
export function widthOf(line: string): number {
  if (!line.includes('\x1b')) return plainWidth(line)
  let width = 0
  for (const text of line.split(SGR)) width += plainWidth(text)
  return width
}

function plainWidth(text: string): number {
  if (NARROW_TEXT.test(text)) return text.length
  const known = looked.get(text)
  if (known !== undefined) return known
  if (looked.size >= MOST_LOOKED) looked.clear()
  let width = 0
  for (const grapheme of graphemesOf(text)) width += grapheme.width
  looked.set(text, width)
  return width
}

/**
 * Cuts a line to `width` columns. A wide character that would stick out goes too.
 *
 * @param mark what the end of a cut line is replaced with
 * @example
 * truncate('nginx.conf', 6, '…') // 'nginx…'
 */
export function truncate(line: string, width: number, mark = ''): string {
  if (width <= 0) return ''
  if (widthOf(line) <= width) return line
  const room = width - widthOf(mark)
  if (room < 0) return truncate(mark, width)
  return slice(line, 0, room) + mark
}

/**
 * The columns of a line from `from` up to `to`, coloured as they are in it. A wide character cut in half at the beginning
 * leaves a blank, at the end nothing.
 *
 * @example
 * slice('\x1b[31mabc한', 1, 4) // '\x1b[31mbc\x1b[m'
 */
export function slice(line: string, from: number, to: number): string {
  if (PRINTABLE_ASCII.test(line)) return line.slice(from, to)
  let out = ''
  let column = 0
  let style = PLAIN
  let written = PLAIN
  for (const [piece, parameters] of line.matchAll(PIECE)) {
    if (parameters !== undefined) {
      style = applySgr(style, parameters)
      continue
    }
    for (const { segment, width } of graphemesOf(piece)) {
      const next = column + width
      if (next > to) return out + closing(written)
      if (next > from) {
        if (style !== written) out += closing(written) + openStyle(style)
        written = style
        out += column >= from ? segment : ' '.repeat(next - from)
      }
      column = next
    }
  }
  return out + closing(written)
}

const closing = (style: Style) => (openStyle(style) === '' ? '' : CLOSE_STYLE)

/**
 * Makes a line exactly `width` columns wide: cut off, or filled up with blanks.
 *
 * @param align where the text stands when there is room
 * @param mark what the end of a cut line is replaced with
 * @example
 * pad('12', 4, 'right') // '  12'
 */
export function pad(line: string, width: number, align: 'left' | 'right' | 'centre' = 'left', mark = ''): string {
  const text = truncate(line, width, mark)
  const blank = Math.max(0, width - widthOf(text))
  const before = align === 'left' ? 0 : align === 'right' ? blank : Math.floor(blank / 2)
  return ' '.repeat(before) + text + ' '.repeat(blank - before)
}

/**
 * Breaks a line into rows of at most `width` columns, between graphemes; colours go on in the next row.
 *
 * @returns at least one row
 * @example
 * wrap('\x1b[31mabcd\x1b[m', 3) // ['\x1b[31mabc\x1b[m', '\x1b[31md\x1b[m']
 */
export function wrap(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line]
  const rows: string[] = []
  let row = ''
  let column = 0
  let style = PLAIN
  for (const [piece, parameters] of line.matchAll(PIECE)) {
    if (parameters !== undefined) {
      row += closing(style)
      style = applySgr(style, parameters)
      row += openStyle(style)
      continue
    }
    for (const { segment, width: columns } of graphemesOf(piece)) {
      if (column > 0 && column + columns > width) {
        rows.push(row + closing(style))
        row = openStyle(style)
        column = 0
      }
      row += columns > width ? '' : segment
      column += columns > width ? 0 : columns
    }
  }
  rows.push(row + closing(style))
  return rows
}

/** A grapheme of a line, and how it is coloured. */
export interface StyledCell {
  readonly text: string
  readonly width: number
  readonly style: Style
}

/** The graphemes of a line one by one. */
export function cellsOf(line: string): StyledCell[] {
  const cells: StyledCell[] = []
  let style = PLAIN
  for (const [piece, parameters] of line.matchAll(PIECE)) {
    if (parameters !== undefined) style = applySgr(style, parameters)
    else for (const { segment: text, width } of graphemesOf(piece)) cells.push({ text, width, style })
  }
  return cells
}

/** The line that such graphemes make; it ends uncoloured. */
export function textOf(cells: readonly StyledCell[]): string {
  let out = ''
  let written = PLAIN
  for (const { text, style } of cells) {
    if (style !== written) out += closing(written) + openStyle(style)
    written = style
    out += text
  }
  return out + closing(written)
}
