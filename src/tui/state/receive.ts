import { chordOf, type InputEvent } from '../screen/input-event.js'
import { type Action, type Context, type Meaning, meaningOf } from './bindings.js'
import type { Finder } from './finder.js'
import { inFinder, typeIntoFinder } from './finder-actions.js'
import { pointAt } from './mouse.js'
import { perform } from './perform.js'
import { paste, type } from './prompt-actions.js'
import type { Step } from './update.js'
import type { View } from './view.js'
import { answerApproval, answerQuestion, typeIntoFilter } from './waiting.js'

const only = (view: View): Step => ({ view, effects: [] })

/** What the person did at the terminal. A notice stands until the next key. */
export function receive(shown: View, event: InputEvent): Step {
  switch (event.kind) {
    case 'focus':
      return only(shown)
    case 'mouse':
      return only(pointAt(shown, event))
    case 'paste':
      return pasted({ ...shown, notice: '' }, event.text)
    case 'key':
    case 'text':
      return pressed({ ...shown, notice: '' }, event)
  }
}

function pasted(view: View, text: string): Step {
  if (view.finder) return only(typeIntoFinder(view, view.finder, text.replace(/\s+/g, ' ')))
  if (view.active === 'question') return answerQuestion(view, { kind: 'type', text: text.replaceAll('\n', '') })
  if (view.active === 'approval') return only(view)
  return paste({ ...view, active: 'prompt' }, text)
}

function pressed(shown: View, event: Extract<InputEvent, { kind: 'key' | 'text' }>): Step {
  const chord = chordOf(event) ?? ''
  const typed = event.kind === 'text' ? event.text : undefined
  const { begun } = shown
  const meaning = bound(shown, chord, typed)
  const view = begun === '' && meaning?.kind !== 'more' ? shown : { ...shown, begun: begunBy(meaning) }
  const action = meaning?.kind === 'action' ? meaning.action : undefined
  if (view.finder) return pressedInFinder(view, view.finder, action, typed)
  if (action) return perform(view, action, chord)
  // what belongs to no sequence after all is not typed
  if (meaning || begun !== '' || typed === undefined) return only(view)
  switch (view.active) {
    case 'prompt':
      return type(view, typed)
    case 'question':
      return answerQuestion(view, { kind: 'type', text: typed })
    case 'approval':
      return /^\d$/.test(typed) ? answerApproval(view, { kind: 'digit', digit: typed }) : only(view)
    case 'hosts':
      return view.hosts.filtering ? only(typeIntoFilter(view, typed)) : only(view)
    default:
      return only(view)
  }
}

const begunBy = (meaning: Meaning | undefined): string => (meaning?.kind === 'more' ? meaning.keys : '')

/** While a list is open all keys are its own. */
function pressedInFinder(view: View, finder: Finder, action: Action | undefined, typed: string | undefined): Step {
  if (action) return inFinder(view, finder, action)
  return only(typed === undefined ? view : typeIntoFinder(view, finder, typed))
}

function bound(view: View, chord: string, typed: string | undefined): Meaning | undefined {
  const meaning = meaningOf(contextsOf(view), view.begun, chord)
  // where text is typed, a letter is a letter, whatever it is bound to elsewhere
  if (typed === undefined || view.begun !== '' || !typesText(view)) return meaning
  return meaning?.kind === 'action' && meaning.action === 'help' && isEmptyPrompt(view) ? meaning : undefined
}

function contextsOf({ active, finder, hosts, prompt }: View): readonly Context[] {
  if (finder) return ['finder']
  if (active === 'prompt' && prompt.completion) return ['completion', 'prompt', 'editor', 'everywhere']
  if (active === 'hosts' && hosts.filtering) return ['filter', 'everywhere']
  return active === 'prompt' ? ['prompt', 'editor', 'everywhere'] : [active, 'everywhere']
}

function typesText({ active, finder, hosts, questions }: View): boolean {
  return (
    finder !== undefined ||
    active === 'prompt' ||
    (active === 'question' && questions[0]?.question.kind === 'secret') ||
    (active === 'hosts' && hosts.filtering)
  )
}

const isEmptyPrompt = ({ active, finder, prompt }: View) => !finder && active === 'prompt' && prompt.editor.text === ''
