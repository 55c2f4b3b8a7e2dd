import type { Theme } from '../document/theme.js'
import { SIDE_TABS, type SideTab } from '../state/view.js'

const WIDE = SIDE_TABS.join('  ').length + 6

/** Blanks between two tabs. */
const gapIn = (width: number): number => (width >= WIDE ? 2 : 1)

/** The tabs as they stand in the border of the right pane, as wide as that is. */
export function tabsTitle(shown: SideTab, width: number, theme: Theme): string {
  return SIDE_TABS.map(tab => (tab === shown ? theme.strong(theme.underlined(tab)) : theme.faint(tab))).join(
    ' '.repeat(gapIn(width)),
  )
}

/** The tab at a column of the pane, counted from its left border. */
export function tabAt(x: number, width: number): SideTab | undefined {
  let start = 3
  for (const tab of SIDE_TABS) {
    if (x >= start && x < start + tab.length) return tab
    start += tab.length + gapIn(width)
  }
  return undefined
}
