import { setText } from '../editor/insert.js'
import type { Action } from './bindings.js'
import { showPlace } from './cells.js'
import { askFinder, everythingFinder, type Finder, historyFinder, moveInFinder, selectedFound } from './finder.js'
import type { Message } from './message.js'
import { perform } from './perform.js'
import { withEditor } from './prompt.js'
import { openHost } from './side.js'
import type { Step } from './update.js'
import type { View } from './view.js'

/** Rows a page of the list has. */
const PAGE = 10

const only = (view: View): Step => ({ view, effects: [] })

/** Opens the list once what is in it has come; what stands in the prompt is looked for in the history. */
export function openFinder(view: View, message: Extract<Message, { kind: 'found' }>): View {
  const { editor } = view.prompt
  const finder =
    message.of === 'history'
      ? historyFinder(message.entries, view.now, editor.text.includes('\n') ? '' : editor.text)
      : everythingFinder(view, message.names)
  return { ...view, finder, prompt: { ...view.prompt, completion: undefined } }
}

export function typeIntoFinder(view: View, finder: Finder, text: string): View {
  return { ...view, finder: askFinder(finder, finder.query + text) }
}

export function inFinder(view: View, finder: Finder, action: Action): Step {
  const shown = (next: Finder): Step => only({ ...view, finder: next })
  switch (action) {
    case 'up':
      return shown(moveInFinder(finder, -1))
    case 'down':
      return shown(moveInFinder(finder, 1))
    case 'page up':
      return shown(moveInFinder(finder, -PAGE))
    case 'page down':
      return shown(moveInFinder(finder, PAGE))
    case 'erase':
      return shown(askFinder(finder, [...finder.query].slice(0, -1).join('')))
    case 'clear':
      return shown(askFinder(finder, ''))
    case 'confirm':
      return taken(view, finder)
    default:
      return only({ ...view, finder: undefined })
  }
}

function taken(shown: View, finder: Finder): Step {
  const view: View = { ...shown, finder: undefined }
  const take = selectedFound(finder)?.take
  switch (take?.kind) {
    case 'write': {
      const editor = setText(view.prompt.editor, take.text)
      return only({ ...view, active: 'prompt', prompt: withEditor(view.prompt, editor) })
    }
    case 'action':
      return perform(view, take.action, take.key)
    case 'host':
      return openHost(view, take.host)
    case 'cell':
      return only(showPlace({ ...view, active: 'cells' }, { entry: take.entry, stop: { kind: 'source' } }))
    case undefined:
      return only(view)
  }
}
