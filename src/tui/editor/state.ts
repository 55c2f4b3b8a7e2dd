import { settled } from './positions.js'

/** One change to the text, with what it needs to be taken back. */
export interface Edit {
  readonly at: number
  readonly removed: string
  readonly inserted: string
  readonly cursorBefore: number
  readonly cursorAfter: number
}

/** What the last command was, for those that go on from it: typing makes one undo step of a word, kills add up, a yank can be exchanged. */
export type Chain =
  | { readonly kind: 'none' }
  | { readonly kind: 'typing' }
  | { readonly kind: 'kill' }
  | { readonly kind: 'yank'; readonly start: number; readonly kill: number }
  /** Going up and down keeps aiming at a column. */
  | { readonly kind: 'vertical'; readonly column: number }

export const NO_CHAIN: Chain = { kind: 'none' }

/** The prompt's text being edited. Offsets count code units and stand between graphemes. */
export interface EditorState {
  readonly text: string
  readonly cursor: number
  /** The other end of the selection. */
  readonly anchor?: number | undefined
  /** Whether the other end was set as a mark: motions then stretch the selection, until it is used or taken away. */
  readonly marked?: boolean
  readonly chain: Chain
  /** Changes that can be undone, oldest first. */
  readonly past: readonly Edit[]
  /** Changes that can be done again, the next one last. */
  readonly future: readonly Edit[]
  /** Killed texts, newest last. */
  readonly kills: readonly string[]
}

/** Most changes that can be taken back. */
const MOST_EDITS = 1_000

/** An editor with some text and the cursor at its end. */
export function editorOf(text = '', kills: readonly string[] = []): EditorState {
  return { text, cursor: text.length, chain: NO_CHAIN, past: [], future: [], kills }
}

/** The selected stretch of text, where there is one. */
export function selection({
  cursor,
  anchor,
}: EditorState): { readonly start: number; readonly end: number } | undefined {
  if (anchor === undefined || anchor === cursor) return undefined
  return { start: Math.min(cursor, anchor), end: Math.max(cursor, anchor) }
}

/**
 * Replaces the text from `start` to `end`, as one change that can be undone.
 *
 * @param cursor where the cursor goes; behind the inserted text unless said otherwise
 * @param joins whether the change before becomes part of this one, as with letters of a word being typed
 */
export function replace(
  state: EditorState,
  change: {
    readonly start: number
    readonly end: number
    readonly insert: string
    readonly cursor?: number
    readonly chain?: Chain
    readonly joins?: boolean
  },
): EditorState {
  const { start, end, insert, chain = NO_CHAIN, joins = false } = change
  const removed = state.text.slice(start, end)
  const text = state.text.slice(0, start) + insert + state.text.slice(end)
  const cursor = settled(text, change.cursor ?? start + insert.length)
  const next = { text, cursor, chain, kills: state.kills }
  if (removed === insert) return { ...next, past: state.past, future: state.future }
  const edit = { at: start, removed, inserted: insert, cursorBefore: state.cursor, cursorAfter: cursor }
  const last = state.past.at(-1)
  const joined = joins && last && removed === '' && last.at + last.inserted.length === start
  const past = joined
    ? [...state.past.slice(0, -1), { ...last, inserted: last.inserted + insert, cursorAfter: cursor }]
    : [...state.past.slice(-MOST_EDITS + 1), edit]
  return { ...next, past, future: [] }
}

/** Takes the last change back. */
export function undo(state: EditorState): EditorState {
  const edit = state.past.at(-1)
  if (!edit) return state
  const { at, removed, inserted, cursorBefore } = edit
  return {
    text: state.text.slice(0, at) + removed + state.text.slice(at + inserted.length),
    cursor: cursorBefore,
    chain: NO_CHAIN,
    past: state.past.slice(0, -1),
    future: [...state.future, edit],
    kills: state.kills,
  }
}

/** Does again what was undone last. */
export function redo(state: EditorState): EditorState {
  const edit = state.future.at(-1)
  if (!edit) return state
  const { at, removed, inserted, cursorAfter } = edit
  return {
    text: state.text.slice(0, at) + inserted + state.text.slice(at + removed.length),
    cursor: cursorAfter,
    chain: NO_CHAIN,
    past: [...state.past, edit],
    future: state.future.slice(0, -1),
    kills: state.kills,
  }
}
