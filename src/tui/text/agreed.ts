/**
 * Characters that every terminal draws one column wide: Latin, Greek, Cyrillic, punctuation, box drawing, blocks, and the signs
 * the screen uses. The soft hyphen and combining marks are not among them.
 */
const NARROW =
  ' -~\\u00a0-\\u00ac\\u00ae-\\u02ff\\u0370-\\u0377\\u0384-\\u038a\\u0391-\\u03a1\\u03a3-\\u0482\\u048a-\\u052f\\u2010-\\u2027\\u2030-\\u205e\\u2190-\\u2193\\u2325\\u2400-\\u2421\\u2500-\\u25a9\\u25b2-\\u25b5\\u25b8\\u25b9\\u25bc\\u25be\\u25bf\\u25c2\\u25c6\\u25c7\\u25ca\\u25cb\\u25cf\\u2713\\u2717'

/** Characters that every terminal draws two columns wide: kana, Chinese characters, Hangul syllables. */
const WIDE = '\\u3041-\\u3096\\u30a1-\\u30fa\\u4e00-\\u9fff\\uac00-\\ud7a3'

/** Text of narrow characters only: its width is its length. */
export const NARROW_TEXT = new RegExp(`^[${NARROW}]*$`)

/** Text, with colour sequences, on whose width all terminals agree. */
export const AGREED_TEXT = new RegExp(`^(?:[${NARROW}${WIDE}]|\\x1b\\[[\\d;:]*m)*$`)
