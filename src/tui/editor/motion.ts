import { columnAt, offsetAt } from './glyphs.js'
import { after, before, lineEnd, lineStart, settled, wordEnd, wordStart } from './positions.js'
import { type Chain, type EditorState, NO_CHAIN } from './state.js'

/** Where a motion leads from the cursor. */
export type Motion =
  | 'left'
  | 'right'
  | 'word-left'
  | 'word-right'
  | 'line-start'
  | 'line-end'
  | 'up'
  | 'down'
  | 'text-start'
  | 'text-end'

/**
 * Moves the cursor.
 *
 * @param select whether the selection is stretched; otherwise it ends
 */
export function move(state: EditorState, motion: Motion, select = false): EditorState {
  const { cursor, chain } = reach(state, motion)
  const anchor = select ? (state.anchor ?? state.cursor) : state.marked ? state.anchor : undefined
  return { ...state, cursor, chain, anchor }
}

function reach(
  { text, cursor, chain }: EditorState,
  motion: Motion,
): { readonly cursor: number; readonly chain: Chain } {
  const to = (place: number) => ({ cursor: place, chain: NO_CHAIN })
  switch (motion) {
    case 'left':
      return to(before(text, cursor))
    case 'right':
      return to(after(text, cursor))
    case 'word-left':
      return to(wordStart(text, cursor))
    case 'word-right':
      return to(wordEnd(text, cursor))
    case 'line-start':
      return to(smartLineStart(text, cursor))
    case 'line-end':
      return to(lineEnd(text, cursor))
    case 'text-start':
      return to(0)
    case 'text-end':
      return to(text.length)
    case 'up':
    case 'down':
      return vertical(text, cursor, motion, chain)
  }
}

/** The first character that is not blank; from there the beginning of the line. */
function smartLineStart(text: string, cursor: number): number {
  const start = lineStart(text, cursor)
  const blank = /^[^\S\n]*/.exec(text.slice(start))?.[0].length ?? 0
  const ink = settled(text, start + blank)
  return cursor === ink ? start : ink
}

function vertical(text: string, cursor: number, motion: 'up' | 'down', chain: Chain) {
  const start = lineStart(text, cursor)
  const column = chain.kind === 'vertical' ? chain.column : columnAt(text.slice(start, cursor), cursor - start)
  const aim: Chain = { kind: 'vertical', column }
  if (motion === 'up' && start === 0) return { cursor: 0, chain: aim }
  const end = lineEnd(text, cursor)
  if (motion === 'down' && end === text.length) return { cursor: end, chain: aim }
  const line = motion === 'up' ? lineStart(text, start - 1) : end + 1
  return { cursor: line + offsetAt(text.slice(line, lineEnd(text, line)), column), chain: aim }
}
