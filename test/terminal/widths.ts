import type { IUnicodeVersionProvider } from '@xterm/headless'
import stringWidth from 'string-width'

const ZWJ = 0x200d
const VARIATION_EMOJI = 0xfe0f
const SKIN_TONES = { first: 0x1f3fb, last: 0x1f3ff }
const REGIONAL = { first: 0x1f1e6, last: 0x1f1ff }

/** What the character before was, as far as it matters to the next. */
const PLAIN = 0
const AFTER_JOINER = 1
const AFTER_FLAG_HALF = 2
type State = typeof PLAIN | typeof AFTER_JOINER | typeof AFTER_FLAG_HALF

const within = (codepoint: number, range: { readonly first: number; readonly last: number }) =>
  codepoint >= range.first && codepoint <= range.last

/** Packs a cell's properties the way xterm.js does: state, width, whether it joins the cell before it. */
const pack = (state: State, width: number, joins: boolean) => (state << 3) | (width << 1) | (joins ? 1 : 0)
const widthOf = (properties: number) => (properties >> 1) & 3
const stateOf = (properties: number) => properties >> 3

function wcwidth(codepoint: number): 0 | 1 | 2 {
  if (codepoint < 0x7f) return codepoint < 0x20 ? 0 : 1
  const width = stringWidth(String.fromCodePoint(codepoint))
  return width === 0 ? 0 : width === 1 ? 1 : 2
}

/**
 * Cell widths as terminals that group graphemes count them (kitty, ghostty, WezTerm; mode 2027): emoji two cells wide,
 * joined sequences and flags one picture. xterm.js's own table is that of Unicode 6, as on old terminals.
 */
export const graphemeWidths: IUnicodeVersionProvider = {
  version: 'graphemes',
  wcwidth,
  charProperties(codepoint, preceding) {
    const before = widthOf(preceding)
    const state = stateOf(preceding)
    if (preceding !== 0 && before > 0) {
      if (codepoint === ZWJ) return pack(AFTER_JOINER, before, true)
      if (codepoint === VARIATION_EMOJI) return pack(PLAIN, 2, true)
      if (state === AFTER_JOINER || within(codepoint, SKIN_TONES)) return pack(PLAIN, 2, true)
      if (state === AFTER_FLAG_HALF && within(codepoint, REGIONAL)) return pack(PLAIN, 2, true)
    }
    const width = wcwidth(codepoint)
    if (width === 0) return before > 0 ? pack(PLAIN, before, true) : pack(PLAIN, 0, false)
    return within(codepoint, REGIONAL) ? pack(AFTER_FLAG_HALF, 1, false) : pack(PLAIN, width, false)
  },
}
