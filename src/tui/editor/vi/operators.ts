import { after, lineEnd, lineStart } from '../positions.js'
import { type EditorState, replace } from '../state.js'
import type { Operator } from './grammar.js'
import { firstInk, type Reached } from './motions.js'
import type { Stretch } from './text-objects.js'

const STEP = '  '

/** A stretch that an operator is for. One of whole lines goes from the beginning of the first to the end of the last. */
export interface Range {
  readonly start: number
  readonly end: number
  readonly linewise: boolean
  /** Of whole lines: where in them what was taken begins, to which an operator that leaves them goes. */
  readonly from?: number
}

/** What lies between the cursor and where a motion leads (Vim's help, `exclusive` and `o_v`). */
export function rangeTo(text: string, cursor: number, { at, takes }: Reached): Range {
  const [start, end] = [Math.min(cursor, at), Math.max(cursor, at)]
  if (takes === 'linewise') return { ...linesOf(text, start, end), from: start }
  if (takes === 'inclusive') return { start, end: end === lineEnd(text, end) ? end : after(text, end), linewise: false }
  // up to the beginning of a line is up to the end of the one before, and whole lines when nothing stands before it
  if (end > start && end === lineStart(text, end)) {
    return start <= firstInk(text, start) && start === lineStart(text, start)
      ? linesOf(text, start, end - 1)
      : { start, end: end - 1, linewise: false }
  }
  return { start, end, linewise: false }
}

export function linesOf(text: string, start: number, end: number): Range {
  return { start: lineStart(text, start), end: lineEnd(text, end), linewise: true }
}

export function rangeOfStretch(text: string, { start, end, linewise = false }: Stretch): Range {
  return linewise ? { ...linesOf(text, start, end), from: start } : { start, end, linewise }
}

/** The text of a range as a register keeps it: lines with their line ends. */
export const textOf = (text: string, { start, end, linewise }: Range): string =>
  text.slice(start, end) + (linewise ? '\n' : '')

/** To delete lines but for their blanks is to delete them (Vim's help, `d-special`). */
export function deletable(text: string, range: Range): Range {
  const { start, end, linewise } = range
  if (linewise || !text.slice(start, end).includes('\n')) return range
  const alone = start <= firstInk(text, start) && text.slice(end, lineEnd(text, end)).trim() === ''
  return alone && end > lineStart(text, end) ? linesOf(text, start, end) : range
}

/** Deletes a range; of whole lines, no line is left. */
export function remove(state: EditorState, { start, end, linewise }: Range): EditorState {
  if (!linewise) return replace(state, { start, end, insert: '', cursor: start })
  const { text } = state
  const last = end === text.length
  const stretch = last ? { start: Math.max(0, start - 1), end } : { start, end: end + 1 }
  const left = replace(state, { ...stretch, insert: '' })
  return { ...left, cursor: firstInk(left.text, Math.min(left.text.length, last ? left.text.length : start)) }
}

/** Empties a range to be typed into; of whole lines, one with its indentation is left. */
export function empty(state: EditorState, { start, end, linewise }: Range): EditorState {
  return replace(state, { start: linewise ? Math.min(end, firstInk(state.text, start)) : start, end, insert: '' })
}

/** Changes what a range is without taking it: its indentation, its letters. */
export function transform(
  state: EditorState,
  operator: Exclude<Operator, 'd' | 'c' | 'y'>,
  range: Range,
  steps: number,
): EditorState {
  const { start, end } =
    operator === '>' || operator === '<'
      ? linesOf(state.text, range.start, Math.max(range.start, range.end - 1))
      : range
  const insert = transformed(state.text.slice(start, end), operator, steps)
  const next = replace(state, { start, end, insert, cursor: start })
  return operator === '>' || operator === '<' ? { ...next, cursor: firstInk(next.text, start) } : next
}

function transformed(text: string, operator: Exclude<Operator, 'd' | 'c' | 'y'>, steps: number): string {
  switch (operator) {
    case '>':
      return text.replace(/^(?=.)/gm, STEP.repeat(steps))
    case '<':
      return text.replace(/^[^\S\n]+/gm, blank => blank.replaceAll('\t', STEP).slice(STEP.length * steps))
    case 'gu':
      return text.toLowerCase()
    case 'gU':
      return text.toUpperCase()
    case 'g~':
      return swapCase(text)
  }
}

export const swapCase = (text: string): string =>
  text.replace(/\p{L}/gu, letter => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
