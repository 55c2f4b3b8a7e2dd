import { graphemes } from '../../engine/text/grapheme-width.js'

/** Places in a text are offsets in code units, always between graphemes. */

/** Code units looked at on either side of a place: far more than any grapheme has, and no more of a long line than needed. */
const WINDOW = 256
const WORD = /[\p{L}\p{N}\p{M}_$]/u

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** The place one grapheme to the left; a line break is one. */
export function before(text: string, at: number): number {
  const start = Math.max(lineStart(text, at), at - WINDOW)
  if (start === at) return Math.max(0, at - 1)
  let last = start
  for (const { index } of graphemes().segment(text.slice(start, at))) last = start + index
  return last
}

/** The place one grapheme to the right. */
export function after(text: string, at: number): number {
  const end = Math.min(lineEnd(text, at), at + WINDOW)
  if (end === at) return Math.min(text.length, at + 1)
  return at + (graphemes().segment(text.slice(at, end)).containing(0)?.segment.length ?? 1)
}

/** The nearest place between graphemes, not behind `at`. */
export function settled(text: string, at: number): number {
  const place = Math.min(Math.max(0, at), text.length)
  const start = Math.max(lineStart(text, place), place - WINDOW)
  const end = Math.min(lineEnd(text, place), place + WINDOW)
  if (place === end) return place
  const inside = graphemes()
    .segment(text.slice(start, end))
    .containing(place - start)
  return inside ? start + inside.index : place
}

/** The beginning of the word at or left of `at`. */
export function wordStart(text: string, at: number, isWord: (grapheme: string) => boolean = isWordGrapheme): number {
  let place = at
  while (place > 0 && !isWord(text.slice(before(text, place), place))) place = before(text, place)
  while (place > 0 && isWord(text.slice(before(text, place), place))) place = before(text, place)
  return place
}

/** The end of the word at or right of `at`. */
export function wordEnd(text: string, at: number): number {
  let place = at
  while (place < text.length && !isWordGrapheme(text.slice(place, after(text, place)))) place = after(text, place)
  while (place < text.length && isWordGrapheme(text.slice(place, after(text, place)))) place = after(text, place)
  return place
}

const isWordGrapheme = (grapheme: string) => WORD.test(grapheme)

/** Anything but blanks: the words of `^W`. */
export const isInk = (grapheme: string) => /\S/.test(grapheme)
