import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Widths that were looked up: to tell an emoji takes longer than all else that is done with it, and the same ones come again and again. */
const known = new Map<string, number>()
const MOST_KNOWN = 5_000

/** Columns that one grapheme takes on a terminal. */
export function graphemeWidth(grapheme: string): number {
  const code = grapheme.charCodeAt(0)
  if (grapheme.length === 1 && code >= 0x20 && code < 0x7f) return 1
  const found = known.get(grapheme)
  if (found !== undefined) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const width = stringWidth(grapheme)
  known.set(grapheme, width)
  return width
}

/** A text cut into graphemes, each with its columns. */
export function* graphemesOf(
  text: string,
): Generator<{ readonly segment: string; readonly index: number; readonly width: number }> {
  for (const { segment, index } of graphemes.segment(text)) yield { segment, index, width: graphemeWidth(segment) }
}
