import type { IUnicodeVersionProvider } from '@xterm/headless'
import stringWidth from 'string-width'

const ZWJ = 0x200d
const VARIATION_EMOJI = 0xfe0f
const SKIN_TONES = { first: 0x1f3fb, last: 0x1f3ff }
const REGIONAL = { first: 0x1f1e6, last: 0x1f1ff }

/** Hangul letters that begin a syllable, and whole ones; letters that go on with it. */
const SYLLABLE = /^[\u1100-\u115f\ua960-\ua97c\uac00-\ud7a3]$/
const GOES_ON = /^[\u1160-\u11ff\ud7b0-\ud7fb]$/
const EMOJI = /^\p{Emoji}$/u

/** What the character before was, as far as it matters to the next. */
const PLAIN = 0
const AFTER_JOINER = 1
const AFTER_FLAG_HALF = 2
const AFTER_EMOJI = 3
const IN_SYLLABLE = 4

const within = (codepoint: number, range: { readonly first: number; readonly last: number }) =>
  codepoint >= range.first && codepoint <= range.last

/** Packs a cell's properties the way xterm.js does: state, width, whether it joins the cell before it. */
const pack = (state: number, width: number, joins: boolean) => (state << 3) | (width << 1) | (joins ? 1 : 0)
const widthOf = (properties: number) => (properties >> 1) & 3
const stateOf = (properties: number) => properties >> 3

function wcwidth(codepoint: number): 0 | 1 | 2 {
  if (codepoint < 0x7f) return codepoint < 0x20 ? 0 : 1
  if (within(codepoint, REGIONAL)) return 2
  const width = stringWidth(String.fromCodePoint(codepoint))
  return width === 0 ? 0 : width === 1 ? 1 : 2
}

function stateAfter(codepoint: number): number {
  if (within(codepoint, REGIONAL)) return AFTER_FLAG_HALF
  const text = String.fromCodePoint(codepoint)
  return EMOJI.test(text) ? AFTER_EMOJI : SYLLABLE.test(text) ? IN_SYLLABLE : PLAIN
}

/**
 * Cell widths as terminals that group graphemes count them (kitty, ghostty, WezTerm; mode 2027): emoji two cells wide,
 * joined sequences, flags and syllables one picture. xterm.js's own table is that of Unicode 6, as on old terminals.
 */
export const graphemeWidths: IUnicodeVersionProvider = {
  version: 'graphemes',
  wcwidth,
  charProperties(codepoint, preceding) {
    const before = widthOf(preceding)
    const state = stateOf(preceding)
    if (preceding !== 0 && before > 0) {
      if (codepoint === ZWJ) return pack(state === AFTER_EMOJI ? AFTER_JOINER : PLAIN, before, true)
      if (codepoint === VARIATION_EMOJI && state === AFTER_EMOJI) return pack(AFTER_EMOJI, 2, true)
      if (state === AFTER_JOINER && EMOJI.test(String.fromCodePoint(codepoint))) return pack(AFTER_EMOJI, 2, true)
      if (within(codepoint, SKIN_TONES)) return pack(AFTER_EMOJI, 2, true)
      if (state === AFTER_FLAG_HALF && within(codepoint, REGIONAL)) return pack(PLAIN, 2, true)
      if (state === IN_SYLLABLE && GOES_ON.test(String.fromCodePoint(codepoint))) return pack(state, before, true)
    }
    const width = wcwidth(codepoint)
    if (width === 0) return before > 0 ? pack(PLAIN, before, true) : pack(PLAIN, 0, false)
    return pack(stateAfter(codepoint), width, false)
  },
}
