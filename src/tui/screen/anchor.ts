import { graphemesOf } from '../../engine/text/grapheme-width.js'
import { AGREED_TEXT } from '../text/agreed.js'

const PIECE = /\x1b\[[\d;:]*m|[^\x1b]+/g

/**
 * Pins text to its columns: behind every grapheme that some terminals draw wider or narrower than others (emoji, joined
 * sequences, combining marks) the cursor is sent to the column it should be in, so that an odd character cannot push its neighbours.
 *
 * @param x column of the text's first cell, from 0
 */
export function anchored(text: string, x: number): string {
  if (AGREED_TEXT.test(text)) return text
  let column = x
  let out = ''
  for (const [piece] of text.matchAll(PIECE)) {
    if (piece.startsWith('\x1b')) out += piece
    else
      for (const { segment, width } of graphemesOf(piece)) {
        column += width
        out += AGREED_TEXT.test(segment) ? segment : `${segment}\x1b[${column + 1}G`
      }
  }
  return out
}
