import { promptLines } from '../document/prompt-lines.js'
import { themeFor } from '../document/theme.js'
import { completionPopup, listedOf } from '../panes/completion-popup.js'
import { finderPopup, foundRows } from '../panes/finder-popup.js'
import { cornerOf } from '../panes/popup-corner.js'
import type { MouseEvent } from '../screen/input-event.js'
import type { Completion } from './completion.js'
import { type Finder, foundItems, moveInFinder } from './finder.js'
import { inFinder } from './finder-actions.js'
import { layoutOf } from './geometry.js'
import type { Next } from './next.js'
import { acceptCompletion, selectCompletion } from './prompt-actions.js'
import type { View } from './view.js'

const PLAIN = themeFor(false)

/** Items a notch of the wheel goes. */
const NOTCH = 3

/** What the mouse does to a list that floats over the screen: a click takes an item, the wheel goes through them. */
export function pointedAtPopup(view: View, event: MouseEvent): Next | undefined {
  if (view.finder) return atFinder(view, view.finder, event)
  const { completion } = view.prompt
  return completion && view.active === 'prompt' ? atCompletions(view, completion, event) : undefined
}

/** Notches of the wheel, down positive; 0 for a button. */
const turned = ({ action }: MouseEvent): number => (action === 'wheel-up' ? -1 : action === 'wheel-down' ? 1 : 0)

const isClick = ({ action, button }: MouseEvent): boolean => action === 'press' && button === 'left'

function atCompletions(view: View, completion: Completion, event: MouseEvent): Next | undefined {
  const { cells, width, promptRows } = layoutOf(view)
  const popup = completionPopup(completion, width, PLAIN)
  const { cursor } = promptLines(view, promptRows, PLAIN)
  const bottom = { x: Math.min(cursor.x, width - 1), y: 1 + cells.height + cursor.y }
  const { top, left } = cornerOf({ width: popup.width, height: popup.rows.length }, bottom, width)
  const inside = event.x >= left && event.x < left + popup.width && event.y >= top && event.y < top + popup.rows.length
  if (!inside) return undefined
  if (turned(event) !== 0) return selectCompletion(view, turned(event))
  const listed = listedOf(completion)
  const row = event.y - top - 1
  if (!isClick(event) || row < 0 || row >= listed.height) return { view, effects: [] }
  const selected = { ...completion, selected: listed.top + row, wanted: true }
  return acceptCompletion({ ...view, prompt: { ...view.prompt, completion: selected } }, 'tab')
}

function atFinder(view: View, finder: Finder, event: MouseEvent): Next {
  const only = (next: View): Next => ({ view: next, effects: [] })
  if (turned(event) !== 0) return only({ ...view, finder: moveInFinder(finder, NOTCH * turned(event)) })
  if (!isClick(event)) return only(view)
  const { cells } = layoutOf(view)
  const { rows } = finderPopup(finder, view.size, PLAIN)
  const top = 1 + cells.height - rows.length
  if (event.y < top || event.y >= top + rows.length) return only({ ...view, finder: undefined })
  const found = foundItems(finder)
  const listed = foundRows(finder, found.length, view.size.rows)
  const row = event.y - top - 1
  const index = listed.top + row
  if (row < 0 || row >= listed.height || index >= found.length) return only(view)
  return inFinder(view, { ...finder, selected: index }, 'confirm')
}
