import { type Edit, type EditorState, undo } from './state.js'

/** Two edits, one after the other, as one. @param between the text after the first */
function composed(first: Edit, second: Edit, between: string): Edit {
  const start = Math.min(first.at, second.at)
  const end = Math.max(first.at + first.inserted.length, second.at + second.removed.length)
  return {
    at: start,
    removed: between.slice(start, first.at) + first.removed + between.slice(first.at + first.inserted.length, end),
    inserted: between.slice(start, second.at) + second.inserted + between.slice(second.at + second.removed.length, end),
    cursorBefore: first.cursorBefore,
    cursorAfter: second.cursorAfter,
  }
}

/** The newest edits, longer and longer stretches of them composed, as far as the one given; nothing when that is gone. */
function* sinceEdit(
  state: EditorState,
  since: Edit | undefined,
): Generator<{ readonly edit: Edit; readonly before: EditorState }> {
  if (since && !state.past.includes(since)) return
  let at = state
  let sum: Edit | undefined
  for (;;) {
    const edit = at.past.at(-1)
    if (!edit || edit === since) return
    sum = sum ? composed(edit, sum, at.text) : edit
    at = undo(at)
    yield { edit: sum, before: at }
  }
}

/** Makes one step to undo of all edits behind the one given; of all there are where none is. */
export function squash(state: EditorState, since: Edit | undefined): EditorState {
  let last: { readonly edit: Edit; readonly before: EditorState } | undefined
  for (const stretch of sinceEdit(state, since)) last = stretch
  return last ? { ...state, past: [...last.before.past, last.edit] } : state
}

/**
 * What was inserted at one place behind an edit: what was typed, without what was taken back again.
 *
 * @param over whether it was typed over what was there
 */
export function insertedSince(state: EditorState, since: Edit | undefined, over = false): string {
  let text = ''
  for (const { edit } of sinceEdit(state, since)) if (over || edit.removed === '') text = edit.inserted
  return text
}
