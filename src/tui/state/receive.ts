import { chordOf, type InputEvent } from '../screen/input-event.js'
import { type Action, actionOf, type Context } from './bindings.js'
import { editorMeaning } from './editor-keys.js'
import type { Finder } from './finder.js'
import { inFinder, typeIntoFinder } from './finder-actions.js'
import { pointAt } from './mouse.js'
import { perform } from './perform.js'
import { editCommand, paste, type } from './prompt-actions.js'
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

function pressed(view: View, event: Extract<InputEvent, { kind: 'key' | 'text' }>): Step {
  const chord = chordOf(event) ?? ''
  const typed = event.kind === 'text' ? event.text : undefined
  const action = view.active === 'prompt' && view.prompt.begun !== '' ? undefined : bound(view, chord, typed)
  if (view.finder) return pressedInFinder(view, view.finder, action, typed)
  if (action) return perform(view, action, chord)
  switch (view.active) {
    case 'prompt':
      return typed === undefined || view.prompt.begun !== '' ? inEditor(view, chord) : type(view, typed)
    case 'question':
      return typed === undefined ? only(view) : answerQuestion(view, { kind: 'type', text: typed })
    case 'approval':
      return typed && /^\d$/.test(typed) ? answerApproval(view, { kind: 'digit', digit: typed }) : only(view)
    case 'hosts':
      return typed !== undefined && view.hosts.filtering ? only(typeIntoFilter(view, typed)) : only(view)
    default:
      return only(view)
  }
}

/** While a list is open all keys are its own. */
function pressedInFinder(view: View, finder: Finder, action: Action | undefined, typed: string | undefined): Step {
  if (action) return inFinder(view, finder, action)
  return only(typed === undefined ? view : typeIntoFinder(view, finder, typed))
}

/** A key of the editor; some take two. */
function inEditor(view: View, chord: string): Step {
  const { begun, ...prompt } = view.prompt
  const meaning = editorMeaning(begun, chord)
  const next: View = { ...view, prompt: { ...prompt, begun: meaning?.kind === 'more' ? meaning.keys : '' } }
  return meaning?.kind === 'command' ? editCommand(next, meaning.command) : only(next)
}

function bound(view: View, chord: string, typed: string | undefined): Action | undefined {
  const action = actionOf(contextsOf(view), chord)
  // where text is typed, a letter is a letter, whatever it is bound to elsewhere
  if (typed !== undefined && typesText(view) && !(action === 'help' && isEmptyPrompt(view))) return undefined
  return action
}

function contextsOf({ active, finder, hosts, prompt }: View): readonly Context[] {
  if (finder) return ['finder']
  if (active === 'prompt' && prompt.completion) return ['completion', 'prompt', 'everywhere']
  if (active === 'hosts' && hosts.filtering) return ['filter', 'everywhere']
  return [active, 'everywhere']
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
