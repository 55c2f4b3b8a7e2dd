import type { Snippet } from '../../repl/protocol.js'
import type { EditorState } from '../editor/state.js'

/** Places of a completion that are to be filled in, one after the other. */
export interface Holes {
  /** Offsets in the draft, in order; the last is where one goes on behind it all. */
  readonly places: readonly number[]
  /** Until something else is done: what was inserted, and how it is written by someone who wants to write it all. */
  readonly fresh:
    | { readonly start: number; readonly end: number; readonly name: string; readonly sign: string }
    | undefined
}

/** @param at where the text of the snippet begins in the draft */
export function holesOf({ text, holes, retyped }: Snippet, at: number, name: string, outer: Holes | undefined): Holes {
  const places = holes.map(hole => at + hole)
  const behind = outer?.places.filter(place => place > at + text.length) ?? []
  return { places: [...places, ...behind], fresh: { start: at, end: at + text.length, name, sign: retyped } }
}

/** The same places after the draft was changed at one place; gone when one of them is. */
export function movedHoles({ places }: Holes, before: EditorState, after: EditorState): Holes | undefined {
  const most = Math.min(before.cursor, after.cursor, before.text.length, after.text.length)
  let same = 0
  while (same < most && before.text[same] === after.text[same]) same++
  const grown = after.text.length - before.text.length
  const tail = after.text.slice(Math.max(same, same + grown))
  if (!before.text.endsWith(tail)) return undefined
  const changedTo = before.text.length - tail.length
  const moved = places.flatMap(place => {
    if (place >= changedTo) return [place + grown]
    return place <= same ? [place] : []
  })
  return moved.length === places.length ? { places: moved, fresh: undefined } : undefined
}

/** The next place behind the cursor (`1`) or the one before it (`-1`). */
export function nextHole({ places }: Holes, cursor: number, by: -1 | 1): number | undefined {
  const [first = 0, last = 0] = [places[0], places.at(-1)]
  if (cursor < first || cursor > last) return undefined
  return by > 0 ? places.find(place => place > cursor) : places.findLast(place => place < cursor)
}
