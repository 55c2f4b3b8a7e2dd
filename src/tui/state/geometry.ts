import { type DocumentContext, documentHeight } from '../document/notebook-lines.js'
import { promptHeight } from '../document/prompt-lines.js'
import { type Theme, themeFor } from '../document/theme.js'
import type { Area } from '../panes/area.js'
import { insideOf } from '../panes/frame.js'
import { divide, type Layout, SMALLEST } from '../panes/layout.js'
import type { View, WidePane } from './view.js'

/** Colours do not change where things are: geometry is computed without them. */
const PLAIN: Theme = themeFor(false)

/** How the terminal is divided for this view. */
export function layoutOf(view: View): Layout {
  return divide(view.size, promptHeight(view), view.side.wanted, widePane(view))
}

/** The pane that has the whole width: the one with the keys goes before the one that had them when it was asked for. A narrow screen has one pane. */
function widePane({ wide: asked, active, side, size }: View): WidePane | undefined {
  const wide = asked ?? (size.cols < SMALLEST.cols ? (side.wanted ? 'side' : 'cells') : undefined)
  if (wide === undefined) return undefined
  if (active === 'approval') return 'cells'
  return active === 'hosts' || active === 'cells' || active === 'side' ? active : wide
}

/** What of the view the cells pane shows. */
export type CellsInput = Pick<View, 'notebook' | 'cells' | 'approvals' | 'active' | 'now' | 'keymap'>

export interface CellsGeometry {
  readonly context: DocumentContext
  /** Rows in view. */
  readonly height: number
  /** Rows there are. */
  readonly total: number
  /** First row in view. */
  readonly top: number
}

/** Where the cells pane stands in its document. */
export function cellsGeometry(view: View): CellsGeometry {
  return cellsGeometryIn(view, layoutOf(view).cells, PLAIN)
}

export function cellsGeometryIn(view: CellsInput, area: Area, theme: Theme): CellsGeometry {
  const { width, height } = insideOf(area)
  const { now, approvals, keymap } = view
  const context = { width, theme, now, keymap, approval: approvals[0], answering: view.active === 'approval' }
  const total = documentHeight(view.notebook.entries, context)
  const end = Math.max(0, total - height)
  return { context, height, total, top: view.cells.top === 'end' ? end : Math.min(view.cells.top, end) }
}

/** Rows of a pane's inside; none while the pane has no room. */
export function paneHeight(view: View, pane: 'hosts' | 'side'): number {
  const area = layoutOf(view)[pane]
  return area ? insideOf(area).height : 0
}
