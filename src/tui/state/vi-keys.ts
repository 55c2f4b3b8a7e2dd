import { onCharacter } from '../editor/vi/actions.js'
import type { Vi } from '../editor/vi/state.js'
import { freshDraft, isOfVi, pressVi, type Wanted } from '../editor/vi/vi.js'
import type { Action } from './keymap.js'
import type { Next } from './next.js'
import { perform } from './perform.js'
import { withEditor } from './prompt.js'
import { type } from './prompt-actions.js'
import type { View } from './view.js'

/**
 * What a key does while the prompt's keys are vi's.
 *
 * @returns nothing where the key means there what it means to everyone
 */
export function pressedInVi(view: View, vi: Vi, chord: string): Next | undefined {
  if (chord === 'escape') return viStep(view, vi, chord)
  // `?` in an empty prompt shows the keys
  if (chord === '?' && vi.keys.length === 0 && view.prompt.editor.text === '') return undefined
  return isOfVi(vi, chord) ? viStep(view, vi, chord) : undefined
}

/** Escape and a character pressed so fast that the terminal's bytes read as Alt with it: the character; nothing for any other key. */
export function behindEscape(chord: string): string | undefined {
  const [, shift, character] = /^alt-(shift-)?(\P{C})$/u.exec(chord) ?? []
  return character === undefined || shift === undefined ? character : character.toUpperCase()
}

function viStep(view: View, vi: Vi, chord: string): Next {
  const { prompt } = view
  const step = pressVi({ editor: prompt.editor, vi }, chord)
  const next: View = {
    ...view,
    prompt: { ...withEditor(prompt, step.editor), vi: step.vi, completion: undefined },
  }
  if (step.wants === undefined || (step.wants === 'close' && prompt.completion)) return { view: next, effects: [] }
  return wanted(next, step.vi, step.wants, chord)
}

function wanted(view: View, vi: Vi, wants: Wanted, chord: string): Next {
  if (wants === 'colon') return type(withVi(view, freshDraft(vi, view.prompt.editor)), ':')
  const step = perform(view, wants satisfies Action, chord)
  // an input that is recalled is edited from its beginning, as in readline
  const recalled = step.view.prompt.editor.text !== view.prompt.editor.text
  return recalled ? { ...step, view: withCursor(step.view, 0) } : step
}

const withVi = (view: View, vi: Vi): View => ({ ...view, prompt: { ...view.prompt, vi } })

function withCursor(view: View, cursor: number): View {
  return { ...view, prompt: { ...view.prompt, editor: { ...view.prompt.editor, cursor } } }
}

/** Whatever moved the cursor, in normal mode it stands on a character. */
export function settledInVi(view: View): View {
  const { vi, editor } = view.prompt
  const settled = vi?.mode === 'normal' ? onCharacter(editor) : editor
  return settled === editor ? view : { ...view, prompt: { ...view.prompt, editor: settled } }
}
