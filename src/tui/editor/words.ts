import { after, wordEnd, wordStart } from './positions.js'
import { type EditorState, replace } from './state.js'

export type WordCase = 'upper' | 'lower' | 'capital'

/** Changes the letters from the cursor to the end of the word, and goes behind it. */
export function changeCase(state: EditorState, to: WordCase): EditorState {
  const { text, cursor } = state
  const end = wordEnd(text, cursor)
  const word = text.slice(cursor, end)
  const insert =
    to === 'upper'
      ? word.toUpperCase()
      : word.toLowerCase().replace(/\p{L}/u, first => (to === 'capital' ? first.toUpperCase() : first))
  return replace(state, { start: cursor, end, insert })
}

/** Exchanges the word at or behind the cursor with the one before it, at the end of the text the last two, and goes behind both. */
export function transposeWords(state: EditorState): EditorState {
  const { text, cursor } = state
  const end = wordEnd(text, cursor)
  const start = wordStart(text, end)
  const before = wordStart(text, start)
  const beforeEnd = wordEnd(text, before)
  if (beforeEnd > start || before === start || end === start) return state
  const insert = text.slice(start, end) + text.slice(beforeEnd, start) + text.slice(before, beforeEnd)
  return replace(state, { start: before, end, insert })
}

/** Takes the blanks around the cursor away. */
export function removeBlanks(state: EditorState): EditorState {
  const { text, cursor } = state
  const left = /[^\S\n]*$/.exec(text.slice(0, cursor))?.[0].length ?? 0
  const right = /^[^\S\n]*/.exec(text.slice(cursor))?.[0].length ?? 0
  return replace(state, { start: cursor - left, end: cursor + right, insert: '' })
}

/** The word at a place, for a double click; the one character where no word is. */
export function wordAt(text: string, at: number): { readonly start: number; readonly end: number } {
  const start = wordStart(text, after(text, at))
  const end = wordEnd(text, start)
  return start <= at && at < end ? { start, end } : { start: at, end: after(text, at) }
}
