import { type EditorState, NO_CHAIN } from '../state.js'
import { onCharacter } from './actions.js'
import { characterOf, isCommand, parse } from './grammar.js'
import { leaveInsertion } from './insertion.js'
import { runCommand } from './run.js'
import { isTyping, isVisual, type Vi } from './state.js'

/** What a key of vi asks for that is not the editor's. */
export type Wanted =
  | 'history back'
  | 'history on'
  | 'find in history'
  | 'go to definition'
  | 'help at cursor'
  | 'colon'
  | 'close'

export interface ViStep {
  readonly editor: EditorState
  readonly vi: Vi
  readonly wants?: Wanted
}

/**
 * What a key does in vi's normal and visual modes, and Escape in any. Everything else that is pressed while typing is typed.
 *
 * @param key as `chordOf` names it
 * @example
 * pressVi({ editor, vi }, 'd') // waits: vi.keys is ['d']
 */
export function pressVi({ editor, vi }: ViStep, key: string): ViStep {
  if (key === 'escape') return escaped({ editor, vi })
  const keys = [...vi.keys, key]
  const parsed = parse(keys, isVisual(vi))
  if (parsed === 'more') return { editor, vi: { ...vi, keys } }
  const waiting = { editor, vi: { ...vi, keys: [] } }
  if (!isCommand(parsed)) return waiting
  const step = runCommand(waiting, parsed)
  const next = step.vi.mode === 'normal' ? onCharacter(step.editor) : step.editor
  return { ...step, editor: next }
}

/** Whether a key is vi's now: any of a command that has begun; in normal mode what types a character, or that vi binds. */
export function isOfVi(vi: Vi, key: string): boolean {
  if (isTyping(vi)) return false
  if (vi.keys.length > 0) return true
  return (characterOf(key) !== undefined && key !== 'enter' && key !== 'tab') || parse([key], isVisual(vi)) !== 'none'
}

function escaped({ editor, vi }: ViStep): ViStep {
  if (vi.keys.length > 0) return { editor, vi: { ...vi, keys: [] } }
  if (isVisual(vi)) return { editor: { ...onCharacter(editor), anchor: undefined }, vi: { ...vi, mode: 'normal' } }
  if (vi.mode === 'normal') return { editor, vi, wants: 'close' }
  const left = leaveInsertion({ editor, vi })
  return { ...left, editor: { ...left.editor, chain: NO_CHAIN }, wants: 'close' }
}

/** vi at the beginning of another draft, to be typed: what it remembers stays. */
export function freshDraft(vi: Vi, { past }: EditorState): Vi {
  const newest = past.at(-1)
  return { ...vi, mode: 'insert', keys: [], insertion: { beforeCommand: newest, beforeTyping: newest } }
}
