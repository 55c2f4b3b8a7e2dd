import { graphemes, graphemeWidth } from '../../engine/text/grapheme-width.js'
import { widthOf } from '../text/width.js'

/** One grapheme of a line as it is shown. */
export interface Glyph {
  readonly text: string
  readonly width: number
  /** Offsets in the line, in code units. */
  readonly start: number
  readonly end: number
}

const TAB = '  '

/** What most lines are: each character is a grapheme, one column wide. */
const PRINTABLE_ASCII = /^[ -~]*$/

/** How a grapheme is shown: a tab as blanks, a control character as its picture, one without a width on a dotted circle. */
function picture(grapheme: string): string {
  if (grapheme === '\t') return TAB
  const code = grapheme.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  if (code >= 0x80 && code < 0xa0) return '\ufffd'
  return graphemeWidth(grapheme) > 0 ? grapheme : `\u25cc${/^\p{M}/u.test(grapheme) ? grapheme : ''}`
}

/** The glyphs of a line without line breaks. */
export function glyphsOf(line: string): Glyph[] {
  if (PRINTABLE_ASCII.test(line)) return Array.from(line, (text, at) => ({ text, width: 1, start: at, end: at + 1 }))
  return Array.from(graphemes().segment(line), ({ segment, index }) => {
    const text = picture(segment)
    return { text, width: widthOf(text), start: index, end: index + segment.length }
  })
}

/** Columns the beginning of a line takes, up to an offset. */
export function columnAt(line: string, offset: number): number {
  return glyphsOf(line.slice(0, offset)).reduce((sum, { width }) => sum + width, 0)
}

/** The offset of the grapheme at a column; the end of the line right of it. */
export function offsetAt(line: string, column: number): number {
  let at = 0
  for (const { width, start } of glyphsOf(line)) {
    if (at + width > column) return start
    at += width
  }
  return line.length
}
