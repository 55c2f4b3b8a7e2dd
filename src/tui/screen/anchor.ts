import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Text on whose width all terminals agree: Latin, Greek, Cyrillic, punctuation, arrows, box drawing, block elements and the few
 * signs the screen uses, CJK, kana and Hangul; and colour sequences, which have none.
 */
const AGREED =
  /^(?:[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u2193\u2500-\u259f\u25a0-\u25a9\u25b2-\u25b5\u25b8\u25b9\u25bc\u25be\u25bf\u25cb\u25cf\u2713\u2717\u2500-\u257f\u23ce\u2325\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]|\x1b\[[\d;:]*m)*$/

const PIECE = /\x1b\[[\d;:]*m|[^\x1b]+/g

/**
 * Pins text to its columns: behind every grapheme that some terminals draw wider or narrower than others (emoji, joined
 * sequences, combining marks) the cursor is sent to the column it should be in, so that an odd character cannot push its neighbours.
 *
 * @param x column of the text's first cell, from 0
 */
export function anchored(text: string, x: number): string {
  if (AGREED.test(text)) return text
  let column = x
  let out = ''
  for (const [piece] of text.matchAll(PIECE)) {
    if (piece.startsWith('\x1b')) out += piece
    else
      for (const { segment } of graphemes.segment(piece)) {
        column += stringWidth(segment)
        out += AGREED.test(segment) ? segment : `${segment}\x1b[${column + 1}G`
      }
  }
  return out
}
