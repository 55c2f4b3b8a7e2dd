import type { Theme } from '../document/theme.js'
import { SIDE_TABS, type SideTab } from '../state/view.js'

const GAP = 2

/** The tabs as they stand in the border of the right pane. */
export function tabsTitle(shown: SideTab, theme: Theme): string {
  return SIDE_TABS.map(tab => (tab === shown ? theme.strong(theme.underlined(tab)) : theme.faint(tab))).join(
    ' '.repeat(GAP),
  )
}

/** The tab at a column of the pane, counted from its left border. */
export function tabAt(x: number): SideTab | undefined {
  let start = 3
  for (const tab of SIDE_TABS) {
    if (x >= start && x < start + tab.length) return tab
    start += tab.length + GAP
  }
  return undefined
}
