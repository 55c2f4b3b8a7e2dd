import type { Stop } from '../state/entry.js'
import type { Keymap } from '../state/keymap.js'
import type { Theme } from './theme.js'

/** A row of the cells pane. */
export interface Line {
  readonly text: string
  /** The place the cursor can stand on that this row heads. */
  readonly stop?: Stop
}

/** What lines are drawn for. */
export interface DrawContext {
  /** Columns. */
  readonly width: number
  readonly theme: Theme
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly keymap: Keymap
}

/** Columns before what belongs to an entry. */
export const INDENT = '    '
/** Columns before what belongs to a row of an entry. */
export const DEEPER = '        '

/** The first `most` texts, and one that says how many were left out. */
export function firstOf(texts: readonly string[], most: number, theme: Theme): readonly string[] {
  // a sentence that one line was left out takes as much room as the line
  if (texts.length <= most + 1) return texts
  const left = texts.length - most
  return [...texts.slice(0, most), theme.faint(`… ${left} more lines`)]
}
