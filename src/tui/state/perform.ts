import { isEditorCommand } from '../editor/commands.js'
import { editOutside, goToDefinition, helpAtCursor } from './at-cursor.js'
import { performOnCell } from './cell-actions.js'
import { endSearch, findNext, startSearch, typeSearch } from './cell-search.js'
import { foldCells, moveInCells, moveToEnd, openAtCursor, openCell, scrollCells } from './cells.js'
import { openFinder } from './finder.js'
import { cellsGeometry } from './geometry.js'
import { performInHosts } from './hosts-actions.js'
import { type Action, keySaid } from './keymap.js'
import { quit } from './leaving.js'
import type { Next } from './next.js'
import { running } from './notebook.js'
import { leaveCells, nextPane, toWaiting } from './panes-order.js'
import { placeOf } from './place.js'
import { emptied, withGivenWay } from './prompt.js'
import {
  acceptCompletion,
  closePopup,
  editCommand,
  fixProblem,
  newLine,
  previousCompletion,
  selectCompletion,
  submit,
  tab,
  throughHistory,
  toHole,
} from './prompt-actions.js'
import { dropped } from './queue.js'
import { performInSide, showTab } from './side.js'
import { stoppingNotice } from './stopping.js'
import type { View } from './view.js'
import { answerApproval, answerQuestion } from './waiting.js'

const only = (view: View): Next => ({ view, effects: [] })

/** Does what a key is bound to, where it was pressed. */
export function perform(view: View, action: Action, key: string): Next {
  const { deleting: _, ...cells } = view.cells
  const asked = action === 'delete cell' ? view : { ...view, cells }
  return everywhere(asked, action) ?? inPane(asked, action, key)
}

function everywhere(view: View, action: Action): Next | undefined {
  switch (action) {
    case 'next pane':
      return only(nextPane(view, 1))
    case 'previous pane':
      return only(nextPane(view, -1))
    case 'answer':
      return only(toWaiting(view))
    case 'to prompt':
      return only(leaveCells({ ...view, active: 'prompt', wide: undefined, side: { ...view.side, wanted: false } }))
    case 'help':
      return only(
        view.active === 'prompt' && view.prompt.editor.text !== ''
          ? helpAtCursor(view)
          : showTab({ ...view, side: { ...view.side, help: undefined, place: placeOf(view) } }, 'help'),
      )
    case 'help at cursor':
      return only(helpAtCursor(view))
    case 'redraw':
      return { view, effects: [{ kind: 'redraw' }] }
    case 'show diff':
      return only(showTab(view, 'diff'))
    case 'show output':
      return only(showTab(view, 'output'))
    case 'interrupt':
      return interrupt(view)
    case 'leave':
      return leave(view)
    case 'find in history':
      return find(view, 'history')
    case 'find anything':
      return find(view, 'everything')
    case 'maximise':
      return only(maximised(view))
    case 'suspend':
      return { view, effects: [{ kind: 'suspend' }] }
    default:
      return undefined
  }
}

function inPane(view: View, action: Action, key: string): Next {
  switch (view.active) {
    case 'prompt':
      return inPrompt(view, action, key)
    case 'hosts':
      return performInHosts(view, action)
    case 'cells':
      return performOnCell(view, action) ?? only(inSearch(view, action) ?? inCells(view, action))
    case 'side':
      return performInSide(view, action)
    case 'approval':
      return inApproval(view, action)
    case 'question':
      return inQuestion(view, action)
  }
}

function inPrompt(view: View, action: Action, key: string): Next {
  switch (action) {
    case 'run':
      return submit(view)
    case 'fix':
      return fixProblem(view)
    case 'run anyway':
      return submit(view, true)
    case 'edit outside':
      return editOutside(view)
    case 'go to definition':
      return goToDefinition(view)
    case 'new line':
      return newLine(view)
    case 'complete':
      return tab(view)
    case 'take completion':
      return acceptCompletion(view, key)
    case 'next completion':
      return selectCompletion(view, 1)
    case 'previous completion':
      return previousCompletion(view, key)
    case 'history back':
      return throughHistory(view, -1)
    case 'history on':
      return throughHistory(view, 1)
    case 'close':
      return closePopup(view)
    case 'dedent':
      return toHole(view, -1) ?? editCommand(view, action)
    default:
      return isEditorCommand(action) ? editCommand(view, action) : only(inCells(view, action))
  }
}

/** Gives the pane with the keys the whole width; at the prompt, the cells. */
function maximised(view: View): View {
  if (view.wide !== undefined) return { ...view, wide: undefined }
  const { active } = view
  return { ...view, wide: active === 'hosts' || active === 'side' ? active : 'cells' }
}

function inSearch(view: View, action: Action): View | undefined {
  const { search } = view.cells
  switch (action) {
    case 'search':
      return typeSearch(view, '')
    case 'search next':
      return findNext(view, 1)
    case 'search back':
      return findNext(view, -1)
    case 'confirm':
      return startSearch(view)
    case 'close':
      return endSearch(view)
    case 'erase':
      return search && typeSearch(view, [...search.query].slice(0, -1).join(''))
    default:
      return undefined
  }
}

function inCells(view: View, action: Action): View {
  const page = Math.max(1, cellsGeometry(view).height - 1)
  switch (action) {
    case 'up':
      return moveInCells(view, -1)
    case 'down':
      return moveInCells(view, 1)
    case 'open':
      return openAtCursor(view, 1)
    case 'shut':
      return openAtCursor(view, -1)
    case 'open all':
      return openCell(view)
    case 'fold all':
      return foldCells(view)
    case 'first':
    case 'last':
      return moveToEnd(view, action)
    case 'page up':
      return scrollCells(view, -page)
    case 'page down':
      return scrollCells(view, page)
    default:
      return view
  }
}

function inApproval(view: View, action: Action): Next {
  switch (action) {
    case 'approve all':
      return answerApproval(view, { kind: 'all' })
    case 'approve rest':
      return answerApproval(view, { kind: 'rest' })
    case 'approve groups':
      return answerApproval(view, { kind: 'by group' })
    case 'yes':
      return answerApproval(view, { kind: 'take group', take: true })
    case 'no':
      return answerApproval(view, { kind: 'take group', take: false })
    case 'confirm':
    case 'erase':
    case 'decline':
      return answerApproval(view, { kind: action })
    default:
      return only(inCells(view, action))
  }
}

function inQuestion(view: View, action: Action): Next {
  switch (action) {
    case 'confirm':
    case 'yes':
    case 'no':
    case 'erase':
    case 'clear':
    case 'decline':
      return answerQuestion(view, { kind: action })
    default:
      return only(view)
  }
}

/** Opens the list at once, so that what is typed on goes to it; what is not known here comes after. */
function find(view: View, of: 'history' | 'everything'): Next {
  return { view: openFinder(view, of), effects: [{ kind: 'find', of }] }
}

/** Ctrl-C: stops the cell that runs, and drops those that wait; else takes Enter back; else clears the line; else says how to leave. */
function interrupt(view: View): Next {
  const { prompt } = view
  const { queue } = prompt
  const busy = running(view.notebook)
  if (busy) {
    const stopping = stoppingNotice(busy.cell)
    const waited = queue.length === 1 ? 'the cell that waited is' : `the ${queue.length} cells that waited are`
    const notice = queue.length > 0 ? `${stopping} ${waited} not run: ↑ brings back.` : stopping
    return { view: { ...view, prompt: { ...prompt, queue: [] }, notice }, effects: [{ kind: 'interrupt' }] }
  }
  if (queue.length > 0) return only(dropped(view, queue, 'you stopped'))
  if (view.active !== 'prompt') return only({ ...view, active: 'prompt' })
  if (prompt.checking) return only({ ...view, prompt: { ...prompt, checking: false }, notice: 'Not run.' })
  if (prompt.editor.text !== '') {
    const { view: cleared, effects } = editCommand(withGivenWay(view), 'kill-text')
    return { view: prompt.held === '' ? cleared : { ...cleared, prompt: emptied(cleared.prompt) }, effects }
  }
  return only({ ...view, notice: `${keySaid(view.keymap, 'everywhere', 'leave')} or :quit leaves the session.` })
}

/** Ctrl-D: leaves when there is nothing on the line. */
function leave(view: View): Next {
  if (view.prompt.editor.text !== '') return view.active === 'prompt' ? editCommand(view, 'delete-right') : only(view)
  return quit(view, false)
}
