import { newline } from '../insert.js'
import { after, lineEnd, lineStart } from '../positions.js'
import { type EditorState, redo, replace, undo } from '../state.js'
import { firstInk, lastOfLine } from './motions.js'
import { swapCase } from './operators.js'

/** Joins a line with those below it, with one blank between where there was indentation or a line end (Vim's help, `J`). */
export function joinLines(state: EditorState, count: number): EditorState {
  let next = state
  for (let left = Math.max(1, count - 1); left > 0; left--) {
    const { text, cursor } = next
    const end = lineEnd(text, cursor)
    if (end === text.length) break
    const from = firstInk(text, end + 1)
    const glued = lineStart(text, end) === end || /\s/.test(text[end - 1] ?? '') || /^[)\n]?$/.test(text[from] ?? '')
    next = replace(next, { start: end, end: from, insert: glued ? '' : ' ', cursor: end })
  }
  return next
}

/** Changes the case of the characters from the cursor on, and goes behind them. */
export function toggleCase(state: EditorState, count: number): EditorState {
  const end = forward(state, count)
  const insert = swapCase(state.text.slice(state.cursor, end))
  return replace(state, { start: state.cursor, end, insert })
}

/** Puts a character in the place of as many; nothing where there are fewer. */
export function replaceCharacters(state: EditorState, character: string, count: number): EditorState | undefined {
  const end = forward(state, count)
  let [at, there] = [state.cursor, 0]
  for (; at < end; there++) at = after(state.text, at)
  if (there < count) return undefined
  const insert = character === '\n' ? '\n' : character.repeat(count)
  const cursor = state.cursor + (character === '\n' ? 1 : character.length * (count - 1))
  return replace(state, { start: state.cursor, end, insert, cursor })
}

/** As many characters further, within the line. */
function forward({ text, cursor }: EditorState, count: number): number {
  const end = lineEnd(text, cursor)
  let at = cursor
  for (let left = count; left > 0 && at < end; left--) at = after(text, at)
  return at
}

/** Where `i`, `a`, `I`, `A`, `o` and `O` begin to insert. */
export function insertionPoint(state: EditorState, key: string): EditorState {
  const { text, cursor } = state
  const end = lineEnd(text, cursor)
  switch (key) {
    case 'a':
      return { ...state, cursor: cursor === end ? cursor : after(text, cursor) }
    case 'I':
      return { ...state, cursor: firstInk(text, cursor) }
    case 'A':
      return { ...state, cursor: end }
    case 'o':
      return cameFrom(cursor, newline({ ...state, cursor: end, anchor: undefined }))
    case 'O': {
      const start = lineStart(text, cursor)
      const indentation = text.slice(start, firstInk(text, cursor))
      return replace(state, { start, end: start, insert: `${indentation}\n`, cursor: start + indentation.length })
    }
    default:
      return state
  }
}

/** The newest change, when it is taken back, leads to where the cursor was before its command. */
function cameFrom(cursor: number, state: EditorState): EditorState {
  const newest = state.past.at(-1)
  return newest ? { ...state, past: [...state.past.slice(0, -1), { ...newest, cursorBefore: cursor }] } : state
}

export function undoTimes(state: EditorState, count: number, way: 'undo' | 'redo'): EditorState {
  let next = state
  for (let left = count; left > 0; left--) {
    const further = way === 'undo' ? undo(next) : redo(next)
    if (further === next) return next
    next = further
  }
  return next
}

/** In normal mode the cursor stands on a character, not behind the last one of a line. */
export function onCharacter(state: EditorState): EditorState {
  const cursor = Math.min(state.cursor, lastOfLine(state.text, Math.min(state.cursor, state.text.length)))
  return cursor === state.cursor ? state : { ...state, cursor }
}
