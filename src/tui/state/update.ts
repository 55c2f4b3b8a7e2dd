import { arranged } from './arrangement.js'
import { definitionFound, editedOutside, explained } from './at-cursor.js'
import { fillFinder } from './finder-actions.js'
import type { Message } from './message.js'
import type { Next } from './next.js'
import { endEntry, startCommand } from './notebook.js'
import { assisted, described, openCompletion } from './prompt-actions.js'
import { withCursorInView } from './prompt-mouse.js'
import { advanced, checked, ran } from './queue.js'
import { receive } from './receive.js'
import { applyRecords } from './records.js'
import { applyShells, shellsSize } from './shells.js'
import type { FactsOfHost, View } from './view.js'

/** The whole behaviour of the screen: from what it shows and what happened to what it shows next. Pure. */
export function update(view: View, message: Message): Next {
  const answered = advanced(answer(view, message))
  const step = { ...answered, effects: [...answered.effects, ...arranged(view, answered.view)] }
  const { prompt, size } = step.view
  return prompt.editor === view.prompt.editor && size === view.size
    ? step
    : { ...step, view: withCursorInView(step.view) }
}

function answer(view: View, message: Message): Next {
  switch (message.kind) {
    case 'records':
      return only(applyRecords({ ...view, now: message.now }, message.records))
    case 'input':
      return receive({ ...view, now: message.now }, message.event)
    case 'resized': {
      const resized = { ...view, size: message.size }
      return view.shells
        ? { view: resized, effects: [{ kind: 'resize shells', ...shellsSize(resized) }] }
        : only(resized)
    }
    case 'shells opened':
      return { view: applyShells(view, message), effects: [{ kind: 'resize shells', ...shellsSize(view) }] }
    case 'shells shown':
    case 'shell ended':
    case 'shells closed':
      return only(applyShells(view, message))
    case 'tick':
      return only({ ...view, now: message.now })
    case 'history':
      return only({ ...view, prompt: { ...view.prompt, history: message.inputs } })
    case 'completions':
      return only(openCompletion(view, message))
    case 'found':
      return only(fillFinder(view, message))
    case 'assisted':
      return only(assisted(view, message))
    case 'described':
      return only(described(view, message))
    case 'explained':
      return only(explained(view, message))
    case 'defined':
      return definitionFound(view, message)
    case 'edited outside':
      return only(editedOutside(view, message.text))
    case 'ran':
      return only(ran(view, message))
    case 'checked':
      return checked(view, message)
    case 'facts':
      return only(withFacts(view, message.host, { kind: 'known', facts: message.facts, at: view.now }))
    case 'examined': {
      const doctor = new Map(view.side.doctor).set(message.host, message.text)
      return only({ ...view, side: { ...view.side, doctor } })
    }
    case 'facts failed':
      return only(withFacts(view, message.host, { kind: 'failed', error: message.error }))
    case 'replied':
      return only({ ...view, notebook: endEntry(view.notebook, message.entry, message.end) })
    case 'notice':
      return only({ ...view, notice: message.text })
    case 'command': {
      const notebook = startCommand(view.notebook, message.line, view.now)
      return {
        view: { ...view, notebook },
        effects: [{ kind: 'command', line: message.line, entry: notebook.lastId }],
      }
    }
  }
}

const only = (view: View): Next => ({ view, effects: [] })

function withFacts(view: View, host: string, facts: FactsOfHost): View {
  return { ...view, side: { ...view.side, facts: new Map(view.side.facts).set(host, facts) } }
}
