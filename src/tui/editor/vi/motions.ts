import { partnerAt } from '../brackets.js'
import { columnAt, offsetAt } from '../glyphs.js'
import { after, before, lineEnd, lineStart, settled } from '../positions.js'
import type { Find } from './state.js'
import { endOfPreviousWord, endOfWord, nextWord, previousWord } from './words.js'

/** Where a motion leads, and what of it an operator takes: up to there, with what stands there, or whole lines. */
export interface Reached {
  readonly at: number
  readonly takes: 'exclusive' | 'inclusive' | 'linewise'
  /** The column that going up and down aims at. */
  readonly column?: number
}

export interface MotionContext {
  readonly text: string
  readonly cursor: number
  /** Left out where none was typed. */
  readonly count: number | undefined
  readonly find: Find | undefined
  /** The column that going up and down aims at. */
  readonly column: number | undefined
  /** Whether an operator waits: words then end at line ends, and one may go behind the last character. */
  readonly operating: boolean
}

/** The first place of a line that is not blank. */
export function firstInk(text: string, at: number): number {
  const start = lineStart(text, at)
  const blank = /^[^\S\n]*/.exec(text.slice(start))?.[0].length ?? 0
  return settled(text, start + blank)
}

/** Where the last character of a line stands; of an empty one, its beginning. */
export function lastOfLine(text: string, at: number): number {
  const end = lineEnd(text, at)
  return lineStart(text, at) === end ? end : before(text, end)
}

/** The last place of a line that is not blank. */
function lastInk(text: string, at: number): number {
  const start = lineStart(text, at)
  const ink = text.slice(start, lineEnd(text, at)).trimEnd().length
  return ink === 0 ? start : before(text, start + ink)
}

const exclusive = (at: number): Reached => ({ at, takes: 'exclusive' })
const inclusive = (at: number): Reached => ({ at, takes: 'inclusive' })
const linewise = (at: number): Reached => ({ at, takes: 'linewise' })

/** @returns `undefined` where the motion leads nowhere: what it belongs to is then not done */
export function motion(key: string, argument: string | undefined, context: MotionContext): Reached | undefined {
  const { text, cursor, count = 1 } = context
  switch (key) {
    case 'h':
    case 'left':
      return inLine(context, before, lineStart(text, cursor))
    case 'l':
    case 'right':
      return inLine(context, after, context.operating ? lineEnd(text, cursor) : lastOfLine(text, cursor))
    case 'space':
      return moved(context, after, text.length)
    case 'backspace':
    case 'ctrl-h':
      return moved(context, before, 0)
    case 'w':
    case 'W':
    case 'ctrl-right':
      return words(context, key === 'W')
    case 'b':
    case 'B':
    case 'ctrl-left':
      return moved(context, (all, at) => previousWord(all, at, key === 'B'), 0)
    case 'e':
    case 'E':
      return inclusive(times(count, cursor, at => endOfWord(text, at, key === 'E')))
    case 'ge':
    case 'gE':
      return cursor === 0 ? undefined : inclusive(times(count, cursor, at => endOfPreviousWord(text, at, key === 'gE')))
    case '0':
    case 'home':
      return exclusive(lineStart(text, cursor))
    case '^':
      return exclusive(firstInk(text, cursor))
    case '$':
    case 'end': {
      const line = lineBelow(text, cursor, count - 1)
      return line === undefined ? undefined : { ...inclusive(lastOfLine(text, line)), column: Number.POSITIVE_INFINITY }
    }
    case 'g_': {
      const line = lineBelow(text, cursor, count - 1)
      return line === undefined ? undefined : inclusive(lastInk(text, line))
    }
    case '|':
      return exclusive(atColumn(text, cursor, count - 1))
    case 'gg':
    case 'G':
    case 'ctrl-home':
    case 'ctrl-end':
      return linewise(lineNumbered(text, context.count ?? (key === 'G' || key === 'ctrl-end' ? undefined : 1)))
    case 'j':
    case 'down':
      return vertical(context, count)
    case 'k':
    case 'up':
      return vertical(context, -count)
    case '+':
    case '-':
    case '_': {
      const line = lineBelow(text, cursor, key === '_' ? count - 1 : key === '+' ? count : -count)
      return line === undefined ? undefined : linewise(firstInk(text, line))
    }
    case '%':
      return partner(context)
    case '{':
    case '}':
      return exclusive(times(count, cursor, at => paragraph(text, at, key === '}' ? 1 : -1)))
    case ';':
    case ',':
      return context.find && findAgain(context, context.find, key === ',')
    case 'f':
    case 'F':
    case 't':
    case 'T':
      return argument === undefined ? undefined : found(context, { key, character: argument }, false)
    default:
      return undefined
  }
}

function times(count: number, from: number, step: (at: number) => number): number {
  let at = from
  for (let done = 0; done < count; done++) {
    const next = step(at)
    if (next === at) return at
    at = next
  }
  return at
}

type Step = (text: string, at: number) => number

function moved({ text, cursor, count = 1 }: MotionContext, step: Step, end: number): Reached | undefined {
  return cursor === end ? undefined : exclusive(times(count, cursor, at => step(text, at)))
}

/** At the end of the line there is nothing to go to, but an operator may change that nothing. */
function inLine({ text, cursor, count = 1, operating }: MotionContext, step: Step, end: number): Reached | undefined {
  return cursor === end && !operating
    ? undefined
    : exclusive(times(count, cursor, at => (at === end ? at : step(text, at))))
}

/** `w`: with an operator, the last word ends where its line does. */
function words({ text, cursor, count = 1, operating }: MotionContext, big: boolean): Reached | undefined {
  if (cursor === text.length) return undefined
  const last = times(count - 1, cursor, at => nextWord(text, at, big))
  const at = nextWord(text, last, big)
  const end = lineEnd(text, last)
  return exclusive(operating && at > end && end > last ? end : at)
}

function atColumn(text: string, at: number, column: number): number {
  const start = lineStart(text, at)
  return Math.min(lastOfLine(text, at), start + offsetAt(text.slice(start, lineEnd(text, at)), column))
}

function lineNumbered(text: string, number: number | undefined): number {
  const lines = text.split('\n')
  const index = Math.min(lines.length, number ?? lines.length) - 1
  const start = lines.slice(0, Math.max(0, index)).reduce((sum, { length }) => sum + length + 1, 0)
  return firstInk(text, start)
}

/** The beginning of the line so many lines further down (up, where negative), or as many as there are; nothing where there is none. */
function lineBelow(text: string, from: number, by: number): number | undefined {
  let at = lineStart(text, from)
  for (let left = Math.abs(by); left > 0; left--) {
    const next = by > 0 ? lineEnd(text, at) + 1 : at - 1
    if (next < 0 || next > text.length) return left < Math.abs(by) ? at : undefined
    at = lineStart(text, next)
  }
  return at
}

function vertical({ text, cursor, column }: MotionContext, by: number): Reached | undefined {
  const line = lineBelow(text, cursor, by)
  if (line === undefined) return undefined
  const start = lineStart(text, cursor)
  const aim = column ?? columnAt(text.slice(start, cursor), cursor - start)
  return { at: atColumn(text, line, aim), takes: 'linewise', column: aim }
}

function partner({ text, cursor }: MotionContext): Reached | undefined {
  const at = partnerAt(text, cursor)
  return at === undefined ? undefined : inclusive(at)
}

/** The next empty line, or the end of the text. */
function paragraph(text: string, from: number, by: 1 | -1): number {
  const isEmpty = (at: number) => lineStart(text, at) === lineEnd(text, at)
  let at = lineStart(text, from)
  let inside = !isEmpty(at)
  for (;;) {
    const next = lineBelow(text, at, by)
    if (next === undefined) return by > 0 ? text.length : 0
    at = next
    if (!isEmpty(at)) inside = true
    else if (inside) return at
  }
}

const OTHER_WAY = { f: 'F', F: 'f', t: 'T', T: 't' } as const

function findAgain(context: MotionContext, find: Find, back: boolean): Reached | undefined {
  return found(context, back ? { ...find, key: OTHER_WAY[find.key] } : find, true)
}

/** @param again not the character one stands before already */
function found({ text, cursor, count = 1 }: MotionContext, find: Find, again: boolean): Reached | undefined {
  const { key, character } = find
  const [start, end] = [lineStart(text, cursor), lineEnd(text, cursor)]
  const forward = key === 'f' || key === 't'
  const short = key === 't' || key === 'T'
  const step = (at: number) => (forward ? after(text, at) : before(text, at))
  let at = again && short ? step(cursor) : cursor
  let left = count
  while (left > 0) {
    if (forward ? at >= end : at <= start) return undefined
    at = step(at)
    if (at >= end) return undefined
    if (text.slice(at, after(text, at)) === character) left -= 1
  }
  const place = key === 't' ? before(text, at) : key === 'T' ? after(text, at) : at
  return forward ? inclusive(place) : exclusive(place)
}
