import type { CompletionView, Problem } from '../../repl/protocol.js'
import { setText } from '../editor/insert.js'
import { newer, older, type Recall } from '../editor/recall.js'
import { type EditorState, editorOf, replace } from '../editor/state.js'
import { freshDraft } from '../editor/vi/vi.js'
import { holesOf, movedHoles } from './holes.js'
import { keySaid } from './keymap.js'
import type { Prompt, View } from './view.js'

/** Another draft: what was found out about the one before is dropped. */
export function withEditor(prompt: Prompt, editor: EditorState): Prompt {
  if (editor === prompt.editor) return prompt
  const changed = editor.text !== prompt.editor.text
  return {
    ...prompt,
    editor,
    revision: prompt.revision + 1,
    holes: prompt.holes && movedHoles(prompt.holes, prompt.editor, editor),
    ...(changed ? { problems: [], checking: false, assist: carriedOver(prompt, editor) } : {}),
  }
}

/** The call stays in view while more of it is typed; what was wrong has moved. */
function carriedOver({ assist }: Prompt, { text }: EditorState): Prompt['assist'] {
  return text === '' || !assist?.signature ? undefined : { signature: assist.signature, problems: [] }
}

/** Says how a draft of several lines, which something else takes the place of, comes back. */
export function withGivenWay(view: View): View {
  const { text } = view.prompt.editor
  const lines = text.split('\n').length
  if (lines === 1) return view
  return {
    ...view,
    notice: `The draft of ${lines} lines gave way: ${keySaid(view.keymap, 'editor', 'undo')} brings it back.`,
  }
}

/** Goes to an earlier (`-1`) or later (`1`) input that begins as what was typed; past the latest, back to that. */
export function recall(prompt: Prompt, by: -1 | 1): Prompt {
  const { editor, history, recalled } = prompt
  const found = by < 0 ? older(history, recalled, editor.text) : newer(history, recalled, editor.text)
  if (!found) return prompt
  if (isEntry(found)) return { ...withEditor(prompt, setText(editor, found.text)), recalled: found }
  return { ...withEditor(prompt, setText(editor, found.draft)), recalled: undefined }
}

const isEntry = (found: Recall | { readonly draft: string }): found is Recall => 'at' in found

/** The draft was sent: an empty prompt, or what was held back for it; and one more input to recall. */
export function submitted(prompt: Prompt): Prompt {
  const { text } = prompt.editor
  const history = prompt.history.at(-1) === text ? prompt.history : [...prompt.history, text]
  return emptied({ ...prompt, history })
}

/** Without the draft: what was held back for it comes. */
export function emptied(prompt: Prompt): Prompt {
  const editor = editorOf(prompt.held, prompt.editor.kills)
  return {
    ...withEditor(prompt, editor),
    held: '',
    holes: undefined,
    completion: undefined,
    awaited: false,
    recalled: undefined,
    vi: prompt.vi && freshDraft(prompt.vi, editor),
  }
}

/** Replaces what the completion replaces; where it leaves something to be filled in, the cursor goes to the first of that. */
export function takeCompletion(prompt: Prompt, { insert, from, snippet }: CompletionView): Prompt {
  const { editor } = prompt
  const start = Math.min(from, editor.cursor)
  const end = editor.cursor
  if (!snippet) return { ...withEditor(prompt, replace(editor, { start, end, insert })), completion: undefined }
  const cursor = start + (snippet.holes[0] ?? snippet.text.length)
  const taken = withEditor(prompt, replace(editor, { start, end, insert: snippet.text, cursor }))
  return { ...taken, holes: holesOf(snippet, start, insert, taken.holes), completion: undefined }
}

/** Typed right behind a snippet, the sign with which one would write it all by oneself takes the snippet back. */
export function takenBack(prompt: Prompt, typed: string): Prompt | undefined {
  const fresh = prompt.holes?.fresh
  if (fresh?.sign !== typed) return undefined
  const { start, end, name, sign } = fresh
  return { ...withEditor(prompt, replace(prompt.editor, { start, end, insert: name + sign })), holes: undefined }
}

/** Type errors were found: the cursor goes to the first. */
export function withProblems(prompt: Prompt, problems: readonly Problem[]): Prompt {
  const [first] = problems
  const { editor } = prompt
  const cursor = first ? Math.min(editor.text.length, offsetOf(editor.text, first)) : editor.cursor
  return { ...prompt, editor: { ...editor, cursor }, problems, checking: false }
}

/** Where a line and column, counted from 1, are in a text. */
export function offsetOf(text: string, { line, column }: Pick<Problem, 'line' | 'column'>): number {
  const before = text.split('\n').slice(0, line - 1)
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1
}
