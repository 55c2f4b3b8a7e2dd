import { newline } from '../insert.js'
import { after, before, lineEnd, lineStart } from '../positions.js'
import { insertedSince, squash } from '../squash.js'
import { type EditorState, NO_CHAIN, replace } from '../state.js'
import { onCharacter } from './actions.js'
import type { Held } from './registers.js'
import type { Change, Vi } from './state.js'

/** Begins to insert; all of the command and what is typed then is one step to undo. @param before the editor before the command */
export function beginInsertion(
  { editor, vi }: Held,
  before: EditorState,
  change: Omit<Change, 'typed'>,
  mode: 'insert' | 'replace' = 'insert',
): Held {
  const insertion = { beforeCommand: before.past.at(-1), beforeTyping: editor.past.at(-1), change }
  return { editor: { ...editor, anchor: undefined, chain: NO_CHAIN }, vi: { ...vi, mode, insertion } }
}

/** Escape: what was typed is done as often as the command's count says, and the cursor goes on the last character. */
export function leaveInsertion({ editor, vi }: Held): Held {
  const { beforeCommand, beforeTyping, change } = vi.insertion
  const typed = insertedSince(editor, beforeTyping, vi.mode === 'replace')
  const again = change?.command.verb.kind === 'act' ? (change.command.count ?? 1) - 1 : 0
  const whole = repeated(editor, typed, Math.min(again, MOST_REPEATS), change, vi.mode === 'replace')
  const squashed = squash(whole, beforeCommand)
  const { text, cursor } = squashed
  const left = onCharacter({ ...squashed, cursor: cursor === lineStart(text, cursor) ? cursor : before(text, cursor) })
  return { editor: { ...left, anchor: undefined }, vi: afterInsertion(vi, change && { ...change, typed }) }
}

/** Texts longer than this, repeated, are slips of the keyboard. */
const MOST_REPEATS = 1000

function afterInsertion(vi: Vi, last: Change | undefined): Vi {
  return { ...vi, mode: 'normal', keys: [], last: last ?? vi.last }
}

function repeated(
  state: EditorState,
  typed: string,
  times: number,
  change: Omit<Change, 'typed'> | undefined,
  over: boolean,
): EditorState {
  const verb = change?.command.verb
  const lines = verb?.kind === 'act' && (verb.key === 'o' || verb.key === 'O')
  let next = state
  for (let left = times; left > 0; left--) next = typedAgain(lines ? newline(next) : next, typed, over)
  return next
}

/** Types a text again at the cursor, as it stands. */
export function typedAgain(state: EditorState, typed: string, over: boolean): EditorState {
  if (over) return [...typed].reduce(typeOver, state)
  return replace(state, { start: state.cursor, end: state.cursor, insert: typed })
}

/** Types over what is at the cursor; at the end of the line, behind it. */
export function typeOver(state: EditorState, typed: string): EditorState {
  const { text, cursor } = state
  const end = cursor === lineEnd(text, cursor) ? cursor : after(text, cursor)
  return replace(state, { start: cursor, end, insert: typed })
}
