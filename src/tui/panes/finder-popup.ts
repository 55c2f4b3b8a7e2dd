import { hostLine } from '../document/host-text.js'
import type { Theme } from '../document/theme.js'
import { type Finder, foundItems } from '../state/finder.js'
import { pad, truncate, widthOf } from '../text/width.js'
import type { Popup } from './completion-popup.js'

/** Rows of the list in view. */
const MOST = 14
/** Share of a row for names. */
const NAMES = 0.4

/** Which of the items found are listed: the first, and how many rows there are for them below the upper edge. */
export function foundRows({ selected }: Finder, count: number, rows: number): { top: number; height: number } {
  const height = Math.max(1, Math.min(MOST, rows - 8))
  return { top: Math.max(0, Math.min(selected - Math.floor(height / 2), count - height)), height }
}

/** The list of a finder, the query below it; over the whole width. */
export function finderPopup(finder: Finder, { cols, rows }: { cols: number; rows: number }, theme: Theme): Popup {
  const found = foundItems(finder)
  const { top, height } = foundRows(finder, found.length, rows)
  const inside = cols - 4
  const body = Array.from({ length: height }, (_, index) => {
    const item = found[top + index]
    if (!item) return `│ ${' '.repeat(inside)} │`
    const kind = finder.of === 'history' ? '' : `${item.kind.padEnd(10)} `
    const text = hostLine(item.about)
    // sentences begin below each other; when an input was, and how it ended, stand at the end of its row
    const room = inside - widthOf(kind) - 2
    const names =
      finder.of === 'history'
        ? room - widthOf(truncate(text, Math.floor(inside * 0.45), '…'))
        : Math.floor(room * NAMES)
    const name = pad(hostLine(item.name.replaceAll('\n', ' ⏎ ')), names, 'left', '…')
    const about = pad(text, room - names, 'left', '…')
    const isSelected = top + index === finder.selected
    const row = `${kind}${name}  ${about}`
    return `│ ${isSelected ? theme.selected(row) : `${theme.faint(kind)}${name}  ${theme.faint(about)}`} │`
  })
  const title = finder.of === 'history' ? ' history ' : ' find '
  const hint = finder.of === 'history' ? ' is:ok is:failed host:NAME session:NAME ' : ''
  const count = ` ${found.length === 0 ? 0 : finder.selected + 1}/${found.length} `
  const query = `${theme.accent('›')} ${hostLine(finder.query)}${theme.selected(' ')}`
  const edge = (left: string, text: string, right: string, end: string) =>
    `${left}─${text}${'─'.repeat(Math.max(0, cols - 3 - widthOf(text) - widthOf(right)))}${right}${end}`
  return {
    width: cols,
    rows: [
      edge('╭', title, count, '╮'),
      ...body,
      edge('├', '', hint, '┤'),
      `│ ${pad(query, inside)} │`,
      edge('╰', '', '', '╯'),
    ],
  }
}
