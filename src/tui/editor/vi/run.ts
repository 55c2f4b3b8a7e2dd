import { graphemes } from '../../../engine/text/grapheme-width.js'
import { after, lineEnd, lineStart, settled } from '../positions.js'
import { type EditorState, NO_CHAIN, replace } from '../state.js'
import { insertionPoint, joinLines, replaceCharacters, toggleCase, undoTimes } from './actions.js'
import { type Command, characterOf, type Operator, type Target } from './grammar.js'
import { beginInsertion, leaveInsertion, typedAgain } from './insertion.js'
import { firstInk, motion, type Reached } from './motions.js'
import {
  deletable,
  empty,
  linesOf,
  type Range,
  rangeOfStretch,
  rangeTo,
  remove,
  textOf,
  transform,
} from './operators.js'
import { keep, put, registerOf } from './registers.js'
import { type Find, isTyping, isVisual, type Vi } from './state.js'
import { textObject } from './text-objects.js'
import type { ViStep, Wanted } from './vi.js'
import { extentOf, rangeOfExtent, visualRange } from './visual.js'
import { classAt, endOfWord } from './words.js'

/** Does a whole command of normal or visual mode. */
export function runCommand(step: ViStep, command: Command): ViStep {
  const { verb } = command
  switch (verb.kind) {
    case 'go':
      return go(step, verb.target, command.count)
    case 'operate':
      return operateOnTarget(step, command, verb.operator, verb.target)
    case 'operate on selection': {
      const selected = visualRange(step.editor, step.vi)
      if (!selected) return step
      const { start, end } = selected
      const range = verb.linewise ? linesOf(step.editor.text, start, Math.max(start, end - 1)) : selected
      return operate(step, command, verb.operator, range, extentOf(step.editor.text, range))
    }
    case 'act':
      return act(step, command, verb.key, characterOf(verb.argument))
  }
}

/** Moves the cursor; where j and k lead out of the draft, to another input. */
function go(step: ViStep, target: Target, count: number | undefined): ViStep {
  const { editor, vi } = step
  if (target.kind === 'object') return selectObject(step, target, count)
  if (target.kind !== 'motion') return step
  const reached = reach(step, target, count, false)
  if (!reached) {
    const wants = isVisual(vi) ? undefined : BEYOND[target.key]
    return { editor, vi, ...(wants ? { wants } : {}) }
  }
  const chain = reached.column === undefined ? NO_CHAIN : ({ kind: 'vertical', column: reached.column } as const)
  // selected to the end of a line, its line end is selected too
  const at = isVisual(vi) && target.key === '$' ? lineEnd(editor.text, reached.at) : reached.at
  return { editor: { ...editor, cursor: at, chain, anchor: undefined }, vi: remembering(vi, target) }
}

const BEYOND: Readonly<Record<string, Wanted>> = {
  j: 'history on',
  down: 'history on',
  '+': 'history on',
  k: 'history back',
  up: 'history back',
  '-': 'history back',
}

function selectObject(step: ViStep, target: Extract<Target, { kind: 'object' }>, count?: number): ViStep {
  const { editor, vi } = step
  const stretch = textObject(editor.text, editor.cursor, target, count)
  if (!stretch || stretch.end === stretch.start) return step
  const last = stretch.linewise ? stretch.end : lastIn(editor.text, stretch.start, stretch.end)
  const mode = stretch.linewise ? 'visual-line' : vi.mode
  return { editor: { ...editor, cursor: last }, vi: { ...vi, mode, anchor: stretch.start } }
}

/** Where the last grapheme before `end` begins. */
function lastIn(text: string, start: number, end: number): number {
  let at = start
  for (let next = after(text, at); next < end; next = after(text, at)) at = next
  return at
}

function reach(
  { editor, vi }: ViStep,
  { key, argument }: Extract<Target, { kind: 'motion' }>,
  count: number | undefined,
  operating: boolean,
): Reached | undefined {
  const { text, cursor, chain } = editor
  const column = chain.kind === 'vertical' ? chain.column : undefined
  return motion(key, characterOf(argument), { text, cursor, count, find: vi.find, column, operating })
}

/** `f` and its like are remembered for `;`. */
function remembering(vi: Vi, target: Target): Vi {
  if (target.kind !== 'motion' || !isFind(target.key)) return vi
  const character = characterOf(target.argument)
  return character === undefined ? vi : { ...vi, find: { key: target.key, character } }
}

const isFind = (key: string): key is Find['key'] => /^[fFtT]$/.test(key)

function operateOnTarget(step: ViStep, command: Command, operator: Operator, target: Target): ViStep {
  const range = rangeFor(step, operator, target, command.count)
  if (!range) return step
  const done = operate({ ...step, vi: remembering(step.vi, target) }, command, operator, range)
  if (!range.linewise || !STAYING.has(operator)) return done
  const { text, cursor } = step.editor
  const { from = cursor } = range
  const stays = lineStart(text, from) === lineStart(text, cursor)
  return { ...done, editor: { ...done.editor, cursor: settled(done.editor.text, stays ? cursor : from) } }
}

/** Operators that leave lines where they are, and the cursor where it is unless what is taken begins further up. */
const STAYING: ReadonlySet<Operator> = new Set(['y', 'g~', 'gu', 'gU'])

function rangeFor(step: ViStep, operator: Operator, target: Target, count: number | undefined): Range | undefined {
  const { text, cursor } = step.editor
  if (target.kind === 'object') {
    const stretch = textObject(text, cursor, target, count)
    return stretch && rangeOfStretch(text, stretch)
  }
  if (target.kind === 'lines') return linesFrom(text, cursor, count ?? 1)
  if (operator === 'c' && /^[wW]$/.test(target.key) && classAt(text, cursor, false) !== 'blank')
    return { start: cursor, end: endOfWordHere(text, cursor, target.key === 'W', count ?? 1), linewise: false }
  const reached = reach(step, target, count, true)
  return reached && rangeTo(text, cursor, reached)
}

/** As many lines from a place on, or as there are; nothing where more than one is asked for and there is but one. */
function linesFrom(text: string, at: number, count: number): Range | undefined {
  let end = lineEnd(text, at)
  if (count > 1 && end === text.length) return undefined
  for (let left = count - 1; left > 0 && end < text.length; left--) end = lineEnd(text, end + 1)
  return linesOf(text, at, end)
}

/** `cw` on a word ends with that word (Vim's help, `cw`). */
function endOfWordHere(text: string, cursor: number, big: boolean, count: number): number {
  const kind = classAt(text, cursor, big)
  let at = cursor
  for (let next = after(text, at); next < text.length && classAt(text, next, big) === kind; next = after(text, at))
    at = next
  for (let left = count - 1; left > 0; left--) at = endOfWord(text, at, big)
  return after(text, at)
}

function operate(
  step: ViStep,
  command: Command,
  operator: Operator,
  wanted: Range,
  extent?: { readonly linewise: boolean; readonly count: number },
): ViStep {
  const { editor } = step
  const range = operator === 'd' && !extent ? deletable(editor.text, wanted) : wanted
  const change = { command, ...(extent ? { extent } : {}) }
  const calm: ViStep = { ...step, vi: { ...step.vi, mode: 'normal' } }
  const last = { ...change, typed: '' }
  if (operator !== 'd' && operator !== 'c' && operator !== 'y') {
    const steps = extent ? (command.count ?? 1) : 1
    return { editor: transform(editor, operator, range, steps), vi: { ...calm.vi, last } }
  }
  const taken = { text: textOf(editor.text, range), linewise: range.linewise }
  const kept = keep(calm, taken, command.register, operator === 'y')
  if (operator === 'y') return { ...kept, editor: { ...kept.editor, cursor: range.start } }
  if (operator === 'd' && taken.text === '') return step
  if (operator === 'd') return { editor: remove(kept.editor, range), vi: { ...kept.vi, last } }
  return beginInsertion({ editor: empty(kept.editor, range), vi: kept.vi }, editor, change)
}

function act(step: ViStep, command: Command, key: string, argument: string | undefined): ViStep {
  const { editor, vi } = step
  const { count = 1 } = command
  const selected = visualRange(editor, vi)
  const changed = (next: EditorState | undefined): ViStep =>
    next && next !== editor ? { editor: next, vi: { ...vi, mode: 'normal', last: { command, typed: '' } } } : step
  switch (key) {
    case 'p':
    case 'P':
      return selected ? putOver(step, command, selected) : changed(putHere(step, command, key, count))
    case 'J':
      return selected
        ? changed(
            joinLines(
              { ...editor, cursor: selected.start },
              editor.text.slice(selected.start, selected.end).split('\n').length,
            ),
          )
        : changed(joinLines(editor, count))
    case '~':
      return changed(editor.cursor === lineEnd(editor.text, editor.cursor) ? undefined : toggleCase(editor, count))
    case 'r':
      if (argument === undefined) return step
      return changed(selected ? paintOver(editor, selected, argument) : replaceCharacters(editor, argument, count))
    case 'u':
      return { editor: undoTimes(editor, count, 'undo'), vi }
    case 'ctrl-r':
      return { editor: undoTimes(editor, count, 'redo'), vi }
    case '.':
      return again(step, command.count)
    case 'v':
    case 'V':
      return {
        editor: { ...editor, anchor: undefined },
        vi: selecting(vi, key === 'v' ? 'visual' : 'visual-line', editor.cursor),
      }
    case '/':
      return { ...step, wants: 'find in history' }
    case 'gd':
      return { ...step, wants: 'go to definition' }
    case 'K':
      return { ...step, wants: 'help at cursor' }
    case ':':
      return editor.text === '' ? { ...step, wants: 'colon' } : step
    case 'o':
      if (selected)
        return {
          editor: { ...editor, cursor: Math.min(vi.anchor, editor.text.length) },
          vi: { ...vi, anchor: editor.cursor },
        }
      return beginInsertion({ editor: insertionPoint(editor, key), vi }, editor, { command })
    case 'R':
      return beginInsertion(step, editor, { command }, 'replace')
    default:
      return beginInsertion({ editor: insertionPoint(editor, key), vi }, editor, { command })
  }
}

/** `v` and `V` begin to select, change what is selected, and end it where it is that already. */
function selecting(vi: Vi, mode: 'visual' | 'visual-line', cursor: number): Vi {
  if (vi.mode === mode) return { ...vi, mode: 'normal' }
  return { ...vi, mode, anchor: isVisual(vi) ? vi.anchor : cursor }
}

function putHere(step: ViStep, { register: name }: Command, key: 'p' | 'P', count: number): EditorState | undefined {
  const register = registerOf(step, name)
  return register && put(step.editor, register, key === 'p' ? 'behind' : 'before', count)
}

/** Puts a register in the place of what is selected, which takes the register's. */
function putOver(step: ViStep, command: Command, selected: Range): ViStep {
  const register = registerOf(step, command.register)
  if (!register) return step
  const taken = { text: textOf(step.editor.text, selected), linewise: selected.linewise }
  const { editor, vi } = keep(step, taken, undefined, false)
  const lines = register.text.replace(/\n$/, '')
  const insert = register.linewise && !selected.linewise ? `\n${lines}\n` : register.linewise ? lines : register.text
  const { start, end } = selected
  const put = replace(editor, { start, end, insert, cursor: start })
  const cursor = register.linewise ? firstInk(put.text, insert.startsWith('\n') ? start + 1 : start) : start
  return { editor: { ...put, cursor }, vi: { ...vi, mode: 'normal' } }
}

function paintOver(editor: EditorState, { start, end }: Range, character: string): EditorState {
  const insert = Array.from(graphemes().segment(editor.text.slice(start, end)), ({ segment }) =>
    segment === '\n' ? '\n' : character,
  ).join('')
  return replace(editor, { start, end, insert, cursor: start })
}

/** `.`: makes the last change again, here. */
function again(step: ViStep, count: number | undefined): ViStep {
  const { last } = step.vi
  if (!last) return step
  const command: Command = { ...last.command, ...(count === undefined ? {} : { count }) }
  const { verb } = command
  const begun =
    verb.kind === 'operate on selection' && last.extent
      ? operate(
          step,
          command,
          verb.operator,
          rangeOfExtent(step.editor.text, step.editor.cursor, last.extent),
          last.extent,
        )
      : runCommand(step, command)
  if (!isTyping(begun.vi)) return { ...begun, vi: { ...begun.vi, last: { ...last, command } } }
  const typed = typedAgain(begun.editor, last.typed, begun.vi.mode === 'replace')
  const { editor, vi } = leaveInsertion({ editor: typed, vi: begun.vi })
  return { editor, vi: { ...vi, last: { ...last, command } } }
}
