import type { Place } from '../../repl/language/requests.js'
import { setText } from '../editor/insert.js'
import { showPlace } from './cells.js'
import { layoutOf } from './geometry.js'
import type { Message } from './message.js'
import type { Next } from './next.js'
import { withEditor } from './prompt.js'
import type { View } from './view.js'

const only = (view: View): Next => ({ view, effects: [] })

/** `^X ^E`: the draft goes to the person's editor. */
export function editOutside(view: View): Next {
  const { text, cursor } = view.prompt.editor
  const before = text.slice(0, cursor).split('\n')
  return {
    view,
    effects: [{ kind: 'edit draft', text, line: before.length, column: (before.at(-1) ?? '').length + 1 }],
  }
}

/** What was saved there becomes the draft; it is not run. */
export function editedOutside(view: View, text: string): View {
  const { prompt } = view
  if (text === prompt.editor.text) return view
  return { ...view, prompt: { ...withEditor(prompt, setText(prompt.editor, text)), completion: undefined } }
}

/** Asks where the thing at the cursor is declared. */
export function goToDefinition(view: View): Next {
  const { editor, revision } = view.prompt
  return { view, effects: [{ kind: 'definition', source: editor.text, position: editor.cursor, revision }] }
}

/** Goes there: to the cell, to the place in the draft, or into the person's editor. */
export function definitionFound(view: View, { revision, place }: Extract<Message, { kind: 'defined' }>): Next {
  const { prompt } = view
  if (revision !== prompt.revision) return only(view)
  if (!place) return only({ ...view, notice: 'What is at the cursor is declared nowhere one could go to.' })
  switch (place.kind) {
    case 'draft': {
      const editor = { ...prompt.editor, cursor: place.offset, anchor: undefined }
      return only({ ...view, prompt: withEditor(prompt, editor) })
    }
    case 'cell':
      return only(toCell(view, place.cell))
    case 'file':
      return { view, effects: [{ kind: 'open file', place, readOnly: !isOwn(place) }] }
  }
}

function toCell(view: View, cell: number): View {
  const entry = view.notebook.entries.findLast(each => each.cell === cell)
  if (!entry) return { ...view, notice: `Cell ${cell} is not shown any more.` }
  return showPlace({ ...view, active: 'cells' }, { entry: entry.id, stop: { kind: 'source' } })
}

/** Packages and declaration files are for reading. */
const isOwn = ({ file }: Extract<Place, { kind: 'file' }>): boolean =>
  !file.endsWith('.d.ts') && !file.split('/').includes('node_modules')

/** Shows the help of what is at the cursor, beside the draft. */
export function helpAtCursor(view: View): View {
  return { ...view, side: { ...view.side, wanted: true, tab: 'help', top: 0 } }
}

/** Whether the help is in view, so that it is worth being found out. */
export const isHelpShown = (view: View): boolean => view.side.tab === 'help' && layoutOf(view).side !== undefined

/** What there is to say about the thing at the cursor. Where nothing is, what was said before stays in view. */
export function explained(view: View, { revision, help }: Extract<Message, { kind: 'explained' }>): View {
  const { prompt, side } = view
  if (revision !== prompt.revision || !help) return view
  return { ...view, side: { ...side, top: help.title === side.help?.title ? side.top : 0, help } }
}
