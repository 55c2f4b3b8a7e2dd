import { helpLines } from '../document/help-lines.js'
import { problemList } from '../document/problem-rows.js'
import { type Theme, themeFor } from '../document/theme.js'
import { keyFor } from '../state/keymap.js'
import type { SideTab } from '../state/view.js'
import type { Area } from './area.js'
import { framed, insideOf } from './frame.js'
import { keyHelp, withKeys } from './key-help.js'
import { diffTab } from './side/diff-tab.js'
import { doctorLines } from './side/doctor-tab.js'
import { type FactLines, factLines, type SideTarget } from './side/facts-tab.js'
import { outputLines } from './side/output-tab.js'
import type { SideInput } from './side/side-input.js'
import { tabsTitle } from './side-tabs.js'

/** The right pane: facts of a host, the diff or the output of what the cursor stands on, the keys. */
export function sidePane(view: SideInput, area: Area, theme: Theme): string[] {
  const inside = insideOf(area)
  const active = view.active === 'side'
  const { lines, top, last } = inView(view, area, theme)
  const tabs = tabsTitle(view.side.tab, area.width, theme)
  const corner = top < last ? theme.faint(`${last - top} more`) : ''
  return framed({ title: tabs, corner, rows: lines.slice(top, top + inside.height), active }, area, theme)
}

/** What a click on a row inside the pane is about; rows count from 0. */
export function sideTargetAt(view: SideInput, area: Area, row: number): SideTarget | undefined {
  const { top, targets } = inView(view, area, themeFor(false))
  return row < insideOf(area).height ? targets?.get(top + row) : undefined
}

/** The content, the first row of it that is in view, and the last that may be. */
function inView(
  view: SideInput,
  area: Area,
  theme: Theme,
): FactLines & { readonly top: number; readonly last: number } {
  const { width, height } = insideOf(area)
  const shown = content(view, width, theme)
  const last = Math.max(0, shown.lines.length - height)
  return { ...shown, last, top: withinView(Math.min(view.side.top, last), shown.cursor, height) }
}

/** Scrolled as little as brings the cursor into view. */
function withinView(top: number, cursor: number | undefined, height: number): number {
  if (cursor === undefined) return top
  return Math.max(cursor - height + 1, Math.min(top, cursor))
}

function content(view: SideInput, width: number, theme: Theme): FactLines {
  if (view.side.tab === 'facts') return factLines(view, width, theme)
  if (view.side.tab === 'help') return helpTab(view, width, theme)
  return { lines: otherLines(view, view.side.tab, width, theme) }
}

function otherLines(
  view: SideInput,
  tab: Exclude<SideTab, 'facts' | 'help'>,
  width: number,
  theme: Theme,
): readonly string[] {
  switch (tab) {
    case 'diff':
      return diffTab(view, width, theme)
    case 'output':
      return outputLines(view, width, theme)
    case 'doctor':
      return doctorLines(view, width, theme)
  }
}

function helpTab({ side: { help, place }, problems, keymap }: SideInput, width: number, theme: Theme): FactLines {
  const goes = keyFor(keymap, 'prompt', 'go to definition')
  const wrong = problemList(problems, width, theme)
  const parts = [wrong, help ? helpLines(help, goes, width, theme) : []].filter(({ length }) => length > 0)
  const above = parts.flatMap(part => [...part, '', theme.faint('─'.repeat(width))])
  return withKeys(above, keyHelp(keymap, place, width, theme))
}
