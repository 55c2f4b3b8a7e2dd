import type { Context } from '../../repl/keys/bindings.js'
import { setText } from '../editor/insert.js'
import { showPlace } from './cells.js'
import { askFinder, everythingFinder, type Finder, historyFinder, moveInFinder, selectedFound } from './finder.js'
import type { Action, Binding } from './keymap.js'
import type { Message } from './message.js'
import type { Next } from './next.js'
import { startCommand } from './notebook.js'
import { activate } from './panes-order.js'
import { perform } from './perform.js'
import { withEditor, withGivenWay } from './prompt.js'
import { showApproval } from './records.js'
import { openHost } from './side.js'
import type { View } from './view.js'

/** Rows a page of the list has. */
const PAGE = 10

const only = (view: View): Next => ({ view, effects: [] })

/** What is in the list has come. Whoever has closed it meanwhile is not shown it. */
export function fillFinder(view: View, message: Extract<Message, { kind: 'found' }>): View {
  const open = view.finder
  if (open?.of !== message.of) return view
  const { items } =
    message.of === 'history' ? historyFinder(message.entries, view.now, '') : everythingFinder(view, message.names)
  return { ...view, finder: { ...open, items } }
}

export function typeIntoFinder(view: View, finder: Finder, text: string): View {
  return { ...view, finder: askFinder(finder, finder.query + text) }
}

export function inFinder(view: View, finder: Finder, action: Action): Next {
  const shown = (next: Finder): Next => only({ ...view, finder: next })
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

/** Gives the keys to where an action belongs. */
function atPlace(view: View, context: Context): View {
  switch (context) {
    case 'cells':
    case 'hosts':
    case 'side':
    case 'prompt':
      return view.active === context ? view : activate(view, context)
    case 'editor':
      return view.active === 'prompt' ? view : activate(view, 'prompt')
    case 'approval':
      if (view.active === context || view.approvals.length === 0) return view
      return showApproval({ ...view, active: context })
    case 'question':
      return view.questions.length === 0 ? view : { ...view, active: context }
    default:
      return view
  }
}

/** Does what a key does whose help was clicked: where it works, or where the person was before they looked. */
export function pressedInHelp(view: View, { context, action, keys: [key = ''] }: Binding): Next {
  const place = context === 'everywhere' ? view.side.place : context
  const there = atPlace(view, place)
  const { active } = there
  const works = context === 'everywhere' || context === active || (context === 'editor' && active === 'prompt')
  if (works) return perform(there, action, key)
  return only({ ...view, notice: 'That key works only while what it is for is on the screen.' })
}

function taken(shown: View, finder: Finder): Next {
  const view: View = { ...shown, finder: undefined }
  const take = selectedFound(finder)?.take
  switch (take?.kind) {
    case 'write': {
      const editor = setText(view.prompt.editor, take.text)
      return only({ ...withGivenWay(view), active: 'prompt', prompt: withEditor(view.prompt, editor) })
    }
    case 'action':
      return perform(atPlace(view, take.context), take.action, take.key)
    case 'command': {
      const notebook = startCommand(view.notebook, take.line, view.now)
      return { view: { ...view, notebook }, effects: [{ kind: 'command', line: take.line, entry: notebook.lastId }] }
    }
    case 'host':
      return openHost(view, take.host)
    case 'cell':
      return only(showPlace({ ...view, active: 'cells' }, { entry: take.entry, stop: { kind: 'source' } }))
    case undefined:
      return only(view)
  }
}
