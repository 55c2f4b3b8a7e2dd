import { EDITOR_COMMANDS, type EditorCommand } from '../editor/commands.js'
import { type Action, DEFAULT_KEYMAP, meaningOf } from '../keymap.js'

/** What a key means to the editor: a command, the beginning of a sequence of keys, or nothing. */
export type EditorMeaning =
  | { readonly kind: 'command'; readonly command: EditorCommand }
  | { readonly kind: 'more'; readonly keys: string }

/** @param begun keys of a sequence that has begun; empty otherwise */
export function editorMeaning(begun: string, chord: string): EditorMeaning | undefined {
  const meaning = meaningOf(DEFAULT_KEYMAP, ['prompt'], begun, chord)
  if (meaning.kind === 'more') return meaning
  return meaning.kind === 'action' && isEditorCommand(meaning.action)
    ? { kind: 'command', command: meaning.action }
    : undefined
}

/** The editor's keys, for the key help. */
export const EDITOR_BINDINGS = DEFAULT_KEYMAP.prompt.filter(({ action }) => isEditorCommand(action))

function isEditorCommand(action: Action): action is EditorCommand {
  return Object.hasOwn(EDITOR_COMMANDS, action)
}
