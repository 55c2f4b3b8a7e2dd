import type { Context } from '../../repl/keys/bindings.js'
import { isTyping } from '../editor/vi/state.js'
import { fits, LEAST } from '../panes/layout.js'
import { chordOf, type InputEvent } from '../screen/input-event.js'
import { typeSearch } from './cell-search.js'
import type { Finder } from './finder.js'
import { inFinder, typeIntoFinder } from './finder-actions.js'
import { type Action, type Meaning, meaningOf } from './keymap.js'
import { pointAt } from './mouse.js'
import type { Next } from './next.js'
import { perform } from './perform.js'
import { pointedAtPopup } from './popup-mouse.js'
import { paste, type } from './prompt-actions.js'
import { receiveInShells, type ShellsView } from './shells.js'
import { pointAtShells } from './shells-mouse.js'
import { behindEscape, pressedInVi, settledInVi } from './vi-keys.js'
import type { View } from './view.js'
import { answerApproval, answerQuestion, typeIntoFilter } from './waiting.js'

const only = (view: View): Next => ({ view, effects: [] })

/** What the person did at the terminal. A notice stands until the next key. */
export function receive(shown: View, event: InputEvent): Next {
  if (shown.shells) return inShells(shown, shown.shells, event)
  switch (event.kind) {
    case 'focus':
      return only(shown)
    case 'mouse':
      // where nothing is drawn there is nothing to point at
      return fits(shown.size, LEAST) ? (pointedAtPopup(shown, event) ?? pointAt(shown, event)) : only(shown)
    case 'paste':
      return pasted({ ...shown, notice: '' }, event.text)
    case 'key':
    case 'text':
      return pressed({ ...shown, notice: '' }, event)
  }
}

function inShells(shown: View, open: ShellsView, event: InputEvent): Next {
  if (event.kind === 'mouse') return pointAtShells(shown, open, event)
  return receiveInShells(event.kind === 'focus' ? shown : { ...shown, notice: '' }, open, event)
}

function pasted(view: View, text: string): Next {
  if (view.finder) return only(typeIntoFinder(view, view.finder, text.replace(/\s+/g, ' ')))
  if (view.active === 'question') return answerQuestion(view, { kind: 'type', text: text.replaceAll('\n', '') })
  if (view.active === 'approval') return only(view)
  const line = text.replace(/\s+/g, ' ').trim()
  if (view.active === 'hosts' && view.hosts.filtering) return only(typeIntoFilter(view, line))
  if (view.active === 'cells' && view.cells.search?.typing)
    return only(typeSearch(view, view.cells.search.query + line))
  return paste({ ...view, active: 'prompt' }, text)
}

function pressed(view: View, event: Extract<InputEvent, { kind: 'key' | 'text' }>): Next {
  const chord = chordOf(event) ?? ''
  const typed = event.kind === 'text' ? event.text : undefined
  const { vi } = view.prompt
  if (!vi || view.active !== 'prompt' || view.finder || view.begun !== '') return pressedKey(view, chord, typed)
  const own = pressedInVi(view, vi, chord)
  if (own) return own
  const behind = meaningOf(view.keymap, ['prompt'], '', chord) ? undefined : behindEscape(chord)
  if (behind === undefined) {
    const step = pressedKey(view, chord, typed)
    return { ...step, view: settledInVi(step.view) }
  }
  const escaped = pressedInVi(view, vi, 'escape')?.view ?? view
  return pressed(escaped, { kind: 'text', text: behind })
}

function pressedKey(shown: View, chord: string, typed: string | undefined): Next {
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
      return view.prompt.vi && !isTyping(view.prompt.vi) ? only(view) : type(view, typed)
    case 'question':
      return answerQuestion(view, { kind: 'type', text: typed })
    case 'approval':
      return /^\d$/.test(typed) ? answerApproval(view, { kind: 'digit', digit: typed }) : only(view)
    case 'hosts':
      return view.hosts.filtering ? only(typeIntoFilter(view, typed)) : only(view)
    case 'side':
      return only(view.side.filtering ? { ...view, side: { ...view.side, filter: view.side.filter + typed } } : view)
    case 'cells':
      return only(view.cells.search?.typing ? typeSearch(view, view.cells.search.query + typed) : view)
    default:
      return only(view)
  }
}

const begunBy = (meaning: Meaning | undefined): string => (meaning?.kind === 'more' ? meaning.keys : '')

/** While a list is open all keys are its own. */
function pressedInFinder(view: View, finder: Finder, action: Action | undefined, typed: string | undefined): Next {
  if (action) return inFinder(view, finder, action)
  return only(typed === undefined ? view : typeIntoFinder(view, finder, typed))
}

function bound(view: View, chord: string, typed: string | undefined): Meaning | undefined {
  const meaning = meaningOf(view.keymap, contextsOf(view), view.begun, chord)
  // where text is typed, a letter is a letter, whatever it is bound to elsewhere
  if (typed === undefined || view.begun !== '' || !typesText(view)) return meaning
  return meaning?.kind === 'action' && meaning.action === 'help' && isEmptyPrompt(view) ? meaning : undefined
}

function contextsOf({ active, cells, side, finder, hosts, prompt }: View): readonly Context[] {
  if (finder) return ['finder']
  if ((active === 'hosts' && hosts.filtering) || (active === 'side' && side.filtering)) return ['filter', 'everywhere']
  if (active === 'cells' && cells.search?.typing) return ['search', 'everywhere']
  if (active !== 'prompt') return [active, 'everywhere']
  const typing: readonly Context[] = !prompt.vi || isTyping(prompt.vi) ? ['editor'] : []
  return [...(prompt.completion ? (['completion'] as const) : []), 'prompt', ...typing, 'everywhere']
}

function typesText({ active, cells, side, finder, hosts, questions }: View): boolean {
  return (
    finder !== undefined ||
    active === 'prompt' ||
    (active === 'question' && questions[0]?.question.kind === 'secret') ||
    (active === 'hosts' && hosts.filtering) ||
    (active === 'side' && side.filtering) ||
    (active === 'cells' && cells.search?.typing === true)
  )
}

const isEmptyPrompt = ({ active, finder, prompt }: View) => !finder && active === 'prompt' && prompt.editor.text === ''
