import { footerKeys } from '../panes/footer.js'
import { shellTiles } from '../panes/shells-pane.js'
import type { MouseEvent } from '../screen/input-event.js'
import type { Next } from './next.js'
import { performInShells, type ShellsView, shellsSize } from './shells.js'
import type { View } from './view.js'

/** A click on a group goes to it, a second one shows its first host alone; keys below can be clicked. The hosts hear nothing of it. */
export function pointAtShells(view: View, open: ShellsView, event: MouseEvent): Next {
  if (event.action !== 'press' || event.button !== 'left') return { view, effects: [] }
  if (event.y === view.size.rows - 1) {
    const key = footerKeys(view).find(({ start, end }) => event.x >= start && event.x < end)
    return key ? performInShells(view, open, key.binding.action) : { view, effects: [] }
  }
  const tiles = shellTiles(open, shellsSize(view).rows)
  const tile = tiles.findLast(({ top }) => top <= event.y - 1)
  if (!tile || open.zoomed !== undefined) return performInShells(view, open, 'zoom shell')
  if (tile.index === open.cursor) return performInShells(view, open, 'zoom shell')
  return { view: { ...view, shells: { ...open, cursor: tile.index } }, effects: [] }
}
