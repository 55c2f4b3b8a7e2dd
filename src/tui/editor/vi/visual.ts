import { graphemes } from '../../../engine/text/grapheme-width.js'
import { after, lineEnd } from '../positions.js'
import type { EditorState } from '../state.js'
import { linesOf, type Range } from './operators.js'
import { isVisual, type Vi } from './state.js'

/** What is selected in visual mode: what stands at both ends, and all between. */
export function visualRange({ text, cursor }: EditorState, vi: Vi): Range | undefined {
  if (!isVisual(vi)) return undefined
  const anchor = Math.min(vi.anchor, text.length)
  const [start, end] = [Math.min(anchor, cursor), Math.max(anchor, cursor)]
  return vi.mode === 'visual-line' ? linesOf(text, start, end) : { start, end: after(text, end), linewise: false }
}

/** How much a range is, for `.` to find as much at another place. */
export function extentOf(text: string, { start, end, linewise }: Range): { linewise: boolean; count: number } {
  const selected = text.slice(start, end)
  return { linewise, count: linewise ? selected.split('\n').length : [...graphemes().segment(selected)].length }
}

/** As much from a place on. */
export function rangeOfExtent(text: string, at: number, extent: { linewise: boolean; count: number }): Range {
  let end = at
  for (let left = extent.linewise ? extent.count - 1 : extent.count; left > 0 && end < text.length; left--)
    end = extent.linewise ? Math.min(text.length, lineEnd(text, end) + 1) : after(text, end)
  return extent.linewise ? linesOf(text, at, end) : { start: at, end, linewise: false }
}
