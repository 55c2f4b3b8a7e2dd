import { type Approval, READING_TIME } from '../state/approval.js'
import { type Entry, isRunning, type Stop, stopKey } from '../state/entry.js'
import { type EntryContext, entryLines } from './entry-lines.js'
import type { DrawContext, Line } from './line.js'

/** A place in the cells pane. */
export interface Place {
  readonly entry: number
  readonly stop: Stop
}

/** A row of the whole document. */
export interface DocumentLine extends Line {
  /** The entry it belongs to. */
  readonly entry: number
}

export interface DocumentContext extends DrawContext {
  readonly approval: Approval | undefined
  /** Whether the pane's approval has the keys. */
  readonly answering: boolean
}

interface Drawn {
  readonly width: number
  readonly lines: readonly Line[]
}

/**
 * Rows of entries that have ended: they change only when the person opens something, which makes another entry of them.
 * By theme, because keys measure without colours what is then drawn with them.
 */
const drawn = new WeakMap<DrawContext['theme'], WeakMap<Entry, Drawn>>()

function linesOf(entry: Entry, context: DocumentContext): readonly Line[] {
  const { theme, width } = context
  const ofTheme = drawn.get(theme) ?? new WeakMap<Entry, Drawn>()
  drawn.set(theme, ofTheme)
  const known = ofTheme.get(entry)
  if (known?.width === width) return known.lines
  const lines = entryLines(entry, entryContext(entry, context))
  if (!isRunning(entry)) ofTheme.set(entry, { width, lines })
  return lines
}

function entryContext(entry: Entry, context: DocumentContext): EntryContext {
  const mine = context.approval && entry.approval?.request.id === context.approval.request.id
  const tooSoon = context.approval && context.now - context.approval.since < READING_TIME
  return {
    ...context,
    approval: mine ? context.approval : undefined,
    keys: !context.answering ? 'elsewhere' : tooSoon ? 'not yet' : 'here',
  }
}

/** Rows of all entries together. */
export function documentHeight(entries: readonly Entry[], context: DocumentContext): number {
  return entries.reduce((sum, entry) => sum + linesOf(entry, context).length, 0)
}

/** The rows from `top` on, `height` of them. Entries above and below are measured, not joined. */
export function documentLines(
  entries: readonly Entry[],
  context: DocumentContext,
  top: number,
  height: number,
): DocumentLine[] {
  const lines: DocumentLine[] = []
  let at = 0
  for (const entry of entries) {
    if (at >= top + height) break
    const own = linesOf(entry, context)
    if (at + own.length > top)
      for (const line of own.slice(Math.max(0, top - at), top + height - at)) lines.push({ ...line, entry: entry.id })
    at += own.length
  }
  return lines
}

/** Every place the cursor can stand on, with its row. */
export function documentPlaces(
  entries: readonly Entry[],
  context: DocumentContext,
): readonly (Place & { readonly row: number })[] {
  let at = 0
  return entries.flatMap(entry => {
    const own = linesOf(entry, context)
    const places = own.flatMap(({ stop }, index) => (stop ? [{ entry: entry.id, stop, row: at + index }] : []))
    at += own.length
    return places
  })
}

export const samePlace = (a: Place | undefined, b: Place | undefined): boolean =>
  a !== undefined && b !== undefined && a.entry === b.entry && stopKey(a.stop) === stopKey(b.stop)
