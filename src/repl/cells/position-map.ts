import type { SourcePosition } from '../../engine/modules/source-error.js'

/** Replaces the text from `start` to `end` (offsets; equal for an insertion) by `text`. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** An edited text, and where each of its places came from. */
export interface EditedText {
  readonly text: string
  /**
   * Offset in the edited text for one in the original. Where text was inserted at that very offset, the place after the
   * insertion, or before it for the end of a range or a caret.
   */
  toEdited(offset: number, side?: 'after' | 'before'): number
  /** Offset in the original for one in the edited text; for a place inside inserted text, that of the insertion. */
  toOriginal(offset: number): number
}

/** Applies edits, which must not overlap; those at one offset stay in the order given. */
export function applyEdits(source: string, edits: readonly Edit[]): EditedText {
  const placed: (Edit & { readonly at: number })[] = []
  let text = ''
  let from = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    text += source.slice(from, edit.start)
    placed.push({ ...edit, at: text.length })
    text += edit.text
    from = edit.end
  }
  text += source.slice(from)

  return {
    text,
    toEdited(offset, side = 'after') {
      let shifted = offset
      for (const { start, end, text: added, at } of placed) {
        if (start > offset || (start === offset && side === 'before')) break
        if (offset < end) return at
        shifted = at + added.length + (offset - end)
      }
      return shifted
    },
    toOriginal(offset) {
      let original = offset
      for (const { start, end, text: added, at } of placed) {
        if (at > offset) break
        original = offset < at + added.length ? start : end + (offset - at - added.length)
      }
      return Math.min(original, source.length)
    },
  }
}

/** Offset of a line and column, both from 1. */
export function offsetAt(text: string, { line, column }: SourcePosition): number {
  let start = 0
  for (let passed = 1; passed < line; passed += 1) {
    const next = text.indexOf('\n', start)
    if (next === -1) break
    start = next + 1
  }
  return Math.min(text.length, start + column - 1)
}
