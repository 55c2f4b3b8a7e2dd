import { draftArea } from '../document/prompt-lines.js'
import { move } from '../editor/motion.js'
import { type EditorState, NO_CHAIN } from '../editor/state.js'
import { onCharacter } from '../editor/vi/actions.js'
import { isTyping } from '../editor/vi/state.js'
import { heightOf, placeAtCell, scrollFor } from '../editor/view.js'
import { wordAt } from '../editor/words.js'
import type { Position } from '../screen/frame.js'
import { layoutOf } from './geometry.js'
import { withEditor } from './prompt.js'
import type { Prompt, View } from './view.js'

/** Milliseconds within which a second press at the same place takes the word. */
const DOUBLE = 400

const areaOf = (view: View) => draftArea(view, layoutOf(view).promptRows)

/** The view of the draft, moved so far that the cursor is in it. */
export function withCursorInView(view: View): View {
  const { prompt } = view
  const scroll = scrollFor(prompt.editor, { ...areaOf(view), scroll: prompt.scroll })
  if (scroll.top === prompt.scroll.top && scroll.left === prompt.scroll.left) return view
  return { ...view, prompt: { ...prompt, scroll } }
}

/** @param cell counted from the prompt's first row */
function placeAt(view: View, cell: Position): number {
  const { top, height, promptWidth } = areaOf(view)
  // beyond the view, the line next to it comes into view
  const y = Math.max(-1, Math.min(cell.y - top, height))
  return placeAtCell(view.prompt.editor, view.prompt.scroll, promptWidth, { x: cell.x, y })
}

/** A press puts the cursor there; a second one takes the word, one with Shift what lies between. */
export function pressInDraft(view: View, cell: Position, extend: boolean): View {
  const { top, height } = areaOf(view)
  if (cell.y < top || cell.y >= top + height) return view
  const { prompt, now } = view
  const { editor, pressed } = prompt
  const place = placeAt(view, cell)
  const again = pressed !== undefined && pressed.place === place && now - pressed.at <= DOUBLE
  const held = { place, at: again ? 0 : now, held: true }
  if (again && !extend) {
    const { start, end } = wordAt(editor.text, place)
    return pointed(view, { ...editor, cursor: end, anchor: start, chain: NO_CHAIN }, held)
  }
  const anchor = extend ? (editor.anchor ?? editor.cursor) : place
  return pointed(view, { ...editor, cursor: place, anchor, chain: NO_CHAIN, marked: false }, held)
}

/** Selects from where the button was pressed to here. */
export function dragInDraft(view: View, cell: Position): View {
  const { pressed, editor } = view.prompt
  if (!pressed?.held) return view
  const place = placeAt(view, cell)
  return place === editor.cursor ? view : pointed(view, { ...editor, cursor: place }, pressed)
}

export function releaseInDraft(view: View): View {
  const { pressed } = view.prompt
  return pressed?.held ? { ...view, prompt: { ...view.prompt, pressed: { ...pressed, held: false } } } : view
}

function pointed(view: View, editor: EditorState, pressed: Prompt['pressed']): View {
  const prompt = { ...withEditor(view.prompt, editor), pressed, completion: undefined }
  return { ...view, prompt: selectedInVi(prompt) }
}

/** In vi's normal mode what is selected with the mouse is selected as by `v`. */
function selectedInVi(prompt: Prompt): Prompt {
  const { vi, editor } = prompt
  if (!vi || isTyping(vi)) return prompt
  const { cursor, anchor = cursor } = editor
  const calm = onCharacter({ ...editor, anchor: undefined })
  if (anchor === cursor) return { ...prompt, editor: { ...calm, anchor }, vi: { ...vi, mode: 'normal', keys: [] } }
  return { ...prompt, editor: { ...calm, anchor }, vi: { ...vi, mode: 'visual', anchor, keys: [] } }
}

/** Whether there is more of the draft than is in view. */
export const isScrollable = (view: View): boolean => heightOf(view.prompt.editor) > areaOf(view).height

/** Scrolls the draft; the cursor stays in view. */
export function scrollDraft(view: View, by: number): View {
  const { prompt } = view
  const { height } = areaOf(view)
  const last = heightOf(prompt.editor) - height
  const top = Math.max(0, Math.min(last, prompt.scroll.top + by))
  const line = prompt.editor.text.slice(0, prompt.editor.cursor).split('\n').length - 1
  const steps = line < top ? top - line : line >= top + height ? top + height - 1 - line : 0
  let { editor } = prompt
  for (let left = Math.abs(steps); left > 0; left--) editor = move(editor, steps > 0 ? 'down' : 'up')
  return { ...view, prompt: { ...withEditor(prompt, editor), scroll: { ...prompt.scroll, top } } }
}
