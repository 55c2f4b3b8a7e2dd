import { after, before } from '../positions.js'

const WORD = /[\p{L}\p{N}\p{M}_$]/u

/** What a grapheme is to vi: nothing to see, part of a word, or a sign. With `big`, anything that is not blank is of one kind. */
type Class = 'blank' | 'word' | 'sign'

export function classAt(text: string, at: number, big: boolean): Class {
  const grapheme = text.slice(at, after(text, at))
  if (!/\S/.test(grapheme)) return 'blank'
  return big || WORD.test(grapheme) ? 'word' : 'sign'
}

/** A line with nothing in it counts as a word. */
const isEmptyLine = (text: string, at: number): boolean =>
  (at === 0 || text[at - 1] === '\n') && (at === text.length || text[at] === '\n')

/** Where the next word begins; the end of the text when there is none. */
export function nextWord(text: string, from: number, big: boolean): number {
  let at = from
  const kind = classAt(text, at, big)
  if (kind !== 'blank') while (at < text.length && classAt(text, at, big) === kind) at = after(text, at)
  while (at < text.length && classAt(text, at, big) === 'blank' && !(at > from && isEmptyLine(text, at)))
    at = after(text, at)
  return at
}

/** Where the word at or before a place begins. */
export function previousWord(text: string, from: number, big: boolean): number {
  let at = from
  while (at > 0) {
    at = before(text, at)
    if (classAt(text, at, big) !== 'blank') break
    if (isEmptyLine(text, at)) return at
  }
  const kind = classAt(text, at, big)
  if (kind === 'blank') return at
  while (at > 0 && classAt(text, before(text, at), big) === kind) at = before(text, at)
  return at
}

/** The last grapheme of the word behind a place; the end of the text when there is none. */
export function endOfWord(text: string, from: number, big: boolean): number {
  let at = after(text, from)
  while (at < text.length && classAt(text, at, big) === 'blank') at = after(text, at)
  if (at >= text.length) return isEmptyLine(text, text.length) ? text.length : before(text, text.length)
  const kind = classAt(text, at, big)
  for (;;) {
    const next = after(text, at)
    if (next >= text.length || classAt(text, next, big) !== kind) return at
    at = next
  }
}

/** The last grapheme of the word before a place. */
export function endOfPreviousWord(text: string, from: number, big: boolean): number {
  let at = from
  const kind = classAt(text, at, big)
  if (kind !== 'blank') while (at > 0 && classAt(text, at, big) === kind) at = before(text, at)
  else at = before(text, at)
  while (at > 0 && classAt(text, at, big) === 'blank' && !isEmptyLine(text, at)) at = before(text, at)
  return at
}
