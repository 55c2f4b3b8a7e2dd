import { after, before, lineEnd, lineStart } from '../positions.js'
import { classAt } from './words.js'

export interface Stretch {
  readonly start: number
  readonly end: number
  readonly linewise?: boolean
}

const BRACKETS: Readonly<Record<string, readonly [open: string, close: string]>> = {
  '(': ['(', ')'],
  ')': ['(', ')'],
  b: ['(', ')'],
  '[': ['[', ']'],
  ']': ['[', ']'],
  '{': ['{', '}'],
  '}': ['{', '}'],
  B: ['{', '}'],
}

/**
 * The text object at a place.
 *
 * @param around with the blanks beside it, the quotes or brackets around it
 * @returns `undefined` where there is none
 */
export function textObject(
  text: string,
  at: number,
  { key, around }: { readonly key: string; readonly around: boolean },
  count = 1,
): Stretch | undefined {
  const pair = BRACKETS[key]
  if (pair) return bracketed(text, at, pair, around, count)
  if (key === '"' || key === "'" || key === '`') return quoted(text, at, key, around)
  if (key === 'p') return paragraph(text, at, around)
  return words(text, at, key === 'W', around, count)
}

/** Words, and each stretch of blanks as one; around a word also the blanks behind it, else those before it. */
function words(text: string, at: number, big: boolean, around: boolean, count: number): Stretch | undefined {
  const [first, last] = [lineStart(text, at), lineEnd(text, at)]
  if (first === last) return around ? undefined : { start: at, end: at }
  const place = at === last ? before(text, at) : at
  const kind = (where: number) => classAt(text, where, big)
  let start = place
  while (start > first && kind(before(text, start)) === kind(place)) start = before(text, start)
  let end = place
  const run = () => {
    if (end >= last) return
    const what = kind(end)
    while (end < last && kind(end) === what) end = after(text, end)
  }
  for (let done = 0; done < count; done++) {
    run()
    if (around && (kind(place) === 'blank') !== (end < last && kind(end) === 'blank')) run()
  }
  if (!around) return { start, end }
  if (kind(place) === 'blank') return kind(before(text, end)) === 'blank' ? undefined : { start, end }
  if (kind(before(text, end)) === 'blank') return { start, end }
  let blank = start
  while (blank > first && kind(before(text, blank)) === 'blank') blank = before(text, blank)
  return { start: blank === first ? start : blank, end } // indentation stays
}

/** The string the place is in, else the next one of the line; a template may go over lines. */
function quoted(text: string, at: number, quote: string, around: boolean): Stretch | undefined {
  const [first, last] = quote === '`' ? [0, text.length] : [lineStart(text, at), lineEnd(text, at)]
  let open: number | undefined
  for (let place = first; place < last; place++) {
    if (text[place] === '\\') place += 1
    else if (text[place] === quote) {
      if (open === undefined) open = place
      else if (place < at) open = undefined
      else return around ? withBlanks(text, open, place + 1, last) : { start: open + 1, end: place }
    }
  }
  return undefined
}

function withBlanks(text: string, start: number, end: number, last: number): Stretch {
  const behind = /^[^\S\n]*/.exec(text.slice(end, last))?.[0].length ?? 0
  if (behind > 0) return { start, end: end + behind }
  const blanks = /[^\S\n]*$/.exec(text.slice(lineStart(text, start), start))?.[0].length ?? 0
  return { start: start - blanks, end }
}

/** Between the brackets around a place, else between the next ones; with a count, the outer ones. */
function bracketed(
  text: string,
  at: number,
  [opener, closer]: readonly [string, string],
  around: boolean,
  count: number,
): Stretch | undefined {
  let open = text[at] === opener ? at : outward(text, at - 1, opener, closer)
  // Vim's help, `ab`
  if (open === undefined && count === 1 && text.includes(opener, at)) open = text.indexOf(opener, at)
  for (let done = 1; done < count && open !== undefined; done++) open = outward(text, open - 1, opener, closer)
  if (open === undefined) return undefined
  let depth = 0
  for (let place = open; place < text.length; place++) {
    if (text[place] === opener) depth += 1
    else if (text[place] === closer) depth -= 1
    if (depth === 0) return around ? { start: open, end: place + 1 } : inside(text, open + 1, place)
  }
  return undefined
}

function outward(text: string, from: number, opener: string, closer: string): number | undefined {
  let depth = 0
  for (let place = from; place >= 0; place--) {
    if (text[place] === closer) depth += 1
    else if (text[place] === opener) {
      if (depth === 0) return place
      depth -= 1
    }
  }
  return undefined
}

/** Inside of brackets on lines of their own are the lines between. */
function inside(text: string, start: number, end: number): Stretch {
  const blank = /[^\S\n]*$/.exec(text.slice(start, end))?.[0] ?? ''
  const lines = text[start] === '\n' && text[end - blank.length - 1] === '\n' && end - blank.length - 1 > start
  return lines ? { start: start + 1, end: end - blank.length - 1, linewise: true } : { start, end }
}

/** Lines up to the next empty ones; around, with those behind. */
function paragraph(text: string, at: number, around: boolean): Stretch {
  const lines = text.split('\n')
  const here = text.slice(0, at).split('\n').length - 1
  const isBlank = (line: number) => (lines[line] ?? '').trim() === ''
  let [first, last] = [here, here]
  while (first > 0 && isBlank(first - 1) === isBlank(here)) first -= 1
  while (last + 1 < lines.length && isBlank(last + 1) === isBlank(here)) last += 1
  if (around) {
    const next = isBlank(last + 1)
    while (last + 1 < lines.length && isBlank(last + 1) === next) last += 1
  }
  const start = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0)
  const length = lines.slice(first, last + 1).join('\n').length
  return { start, end: start + length, linewise: true }
}
