import stringWidth from 'string-width'

let segmenter: Intl.Segmenter | undefined
let picture: RegExp | undefined

/**
 * Cuts text into what a reader takes for characters. It and {@link pictures} read tables of Unicode when they are made, 60 ms of
 * processor time; most commands print nothing but ASCII.
 */
export const graphemes = (): Intl.Segmenter =>
  (segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' }))

/** What is one picture, two columns wide, on terminals that have it. */
// biome-ignore lint/complexity/useRegexLiterals: a literal may have the flag v, which Node 20 knows, from ES2024 on only
const pictures = (): RegExp => (picture ??= new RegExp('^\\p{RGI_Emoji}$', 'v'))
/** Hangul vowels and finals, which have their place in the syllable that another letter began. */
const IN_SYLLABLE = /^[\u1160-\u11ff\ud7b0-\ud7fb]$/
/**
 * Latin, Greek, Cyrillic, punctuation, currencies, arrows, technical and mathematical signs, boxes and shapes: each a character by
 * itself, one column wide. What is of these alone is told without Unicode's tables.
 */
const PLAIN =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2100-\u218b\u2190-\u2319\u231c-\u2328\u232b-\u23e8\u2400-\u2426\u2500-\u25fc\u2620\u26a0\u2713\u2717\u27c0-\u27ff]*$/
/** Half of a flag; alone, some terminals draw it two columns wide. */
const REGIONAL = /^[\u{1f1e6}-\u{1f1ff}]$/u
const AS_PICTURE = /\p{Emoji}\ufe0f/u

/** Widths that were looked up: to tell an emoji takes longer than all else that is done with it, and the same ones come again and again. */
const known = new Map<string, number>()
const MOST_KNOWN = 5_000

/**
 * Columns that one grapheme takes on a terminal; where terminals differ, as on a skin tone behind a digit, as many as on any.
 * Whoever draws it sends the cursor behind it to its column, which leaves a blank on the others.
 */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && PLAIN.test(grapheme)) return 1
  const found = known.get(grapheme)
  if (found !== undefined) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const width = measured(grapheme)
  known.set(grapheme, width)
  return width
}

function measured(grapheme: string): number {
  const width = stringWidth(grapheme)
  if (width === 0 || pictures().test(grapheme)) return width
  const apart = Array.from(grapheme, each => (REGIONAL.test(each) ? 2 : IN_SYLLABLE.test(each) ? 0 : stringWidth(each)))
  const sum = apart.reduce((columns, each) => columns + each, AS_PICTURE.test(grapheme) ? 1 : 0)
  return Math.max(width, sum)
}

/** A text cut into graphemes, each with its columns. */
export function* graphemesOf(
  text: string,
): Generator<{ readonly segment: string; readonly index: number; readonly width: number }> {
  if (PLAIN.test(text))
    for (let index = 0; index < text.length; index++) yield { segment: text.charAt(index), index, width: 1 }
  else
    for (const { segment, index } of graphemes().segment(text)) yield { segment, index, width: graphemeWidth(segment) }
}
