import { after, before, isInk, lineEnd, lineStart, wordEnd, wordStart } from './positions.js'
import { type EditorState, replace, selection } from './state.js'

/** Most texts the kill ring keeps. */
const MOST_KILLS = 60

/** What is deleted, as seen from the cursor. */
export type Deletion = 'left' | 'right'
export type Killing = 'word-left' | 'word-right' | 'blank-word-left' | 'line-start' | 'line-end' | 'text'

/** Deletes the selection, or a grapheme beside the cursor. */
export function erase(state: EditorState, deletion: Deletion): EditorState {
  const { text, cursor } = state
  const stretch = selection(state) ?? {
    start: deletion === 'left' ? before(text, cursor) : cursor,
    end: deletion === 'right' ? after(text, cursor) : cursor,
  }
  return replace(state, { ...stretch, insert: '' })
}

/** Deletes a stretch into the kill ring; kills that follow on one another are one text there. */
export function kill(state: EditorState, killing: Killing): EditorState {
  const { start, end } = stretchOf(state, killing)
  const killed = state.text.slice(start, end)
  if (killed === '') return state
  const last = state.chain.kind === 'kill' ? state.kills.at(-1) : undefined
  const rest = last === undefined ? state.kills.slice(-MOST_KILLS + 1) : state.kills.slice(0, -1)
  const joined = end <= state.cursor && start < state.cursor ? killed + (last ?? '') : (last ?? '') + killed
  return replace({ ...state, kills: [...rest, joined] }, { start, end, insert: '', chain: { kind: 'kill' } })
}

/** A text as the newest of the kill ring. */
export function withKill(state: EditorState, killed: string): EditorState {
  return { ...state, kills: [...state.kills.slice(-MOST_KILLS + 1), killed] }
}

/** Copies the selection to the kill ring. */
export function copy(state: EditorState): EditorState {
  const stretch = selection(state)
  return stretch
    ? withKill({ ...state, anchor: undefined, marked: false }, state.text.slice(stretch.start, stretch.end))
    : state
}

/** Deletes the selection into the kill ring. */
export function cut(state: EditorState): EditorState {
  const stretch = selection(state)
  return stretch ? replace(copy(state), { ...stretch, insert: '' }) : state
}

/** Inserts what was killed last. */
export function yank(state: EditorState): EditorState {
  const kill = state.kills.length - 1
  const insert = state.kills[kill]
  if (insert === undefined) return state
  const { start, end } = selection(state) ?? { start: state.cursor, end: state.cursor }
  return replace(state, { start, end, insert, chain: { kind: 'yank', start, kill } })
}

/** Straight after a yank: exchanges what it inserted for the text killed before that one. */
export function yankPop(state: EditorState): EditorState {
  if (state.chain.kind !== 'yank') return state
  const { start, kill: current } = state.chain
  const kill = (current + state.kills.length - 1) % state.kills.length
  const insert = state.kills[kill] ?? ''
  return replace(state, { start, end: state.cursor, insert, chain: { kind: 'yank', start, kill } })
}

/** Exchanges the two graphemes around the cursor, at the end of the line those before it. */
export function transpose(state: EditorState): EditorState {
  const { text } = state
  const start = lineStart(text, state.cursor)
  const middle =
    state.cursor === lineEnd(text, state.cursor) && state.cursor > start ? before(text, state.cursor) : state.cursor
  if (middle === start || middle === lineEnd(text, middle)) return state
  const [left, right] = [before(text, middle), after(text, middle)]
  return replace(state, { start: left, end: right, insert: text.slice(middle, right) + text.slice(left, middle) })
}

function stretchOf({ text, cursor }: EditorState, killing: Killing): { readonly start: number; readonly end: number } {
  switch (killing) {
    case 'word-left':
      return { start: wordStart(text, cursor), end: cursor }
    case 'word-right':
      return { start: cursor, end: wordEnd(text, cursor) }
    case 'blank-word-left':
      return { start: wordStart(text, cursor, isInk), end: cursor }
    case 'line-start': {
      const start = lineStart(text, cursor)
      return { start: start === cursor ? before(text, cursor) : start, end: cursor }
    }
    case 'line-end': {
      const end = lineEnd(text, cursor)
      return { start: cursor, end: end === cursor ? after(text, cursor) : end }
    }
    case 'text':
      return { start: 0, end: text.length }
  }
}
