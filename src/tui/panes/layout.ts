import type { ScreenSize } from '../screen/frame.js'
import type { WidePane } from '../state/view.js'
import type { Area } from './area.js'

/** The smallest terminal a session is shown on in panes. */
export const SMALLEST: ScreenSize = { cols: 80, rows: 24 }

/** How small it may become meanwhile: below {@link SMALLEST} one pane is there at a time. */
export const LEAST: ScreenSize = { cols: 40, rows: 10 }

/** How the terminal is divided; a pane that has no room is left out. */
export interface Layout {
  readonly hosts: Area | undefined
  readonly cells: Area
  /** Another pane has the whole width: the cells keep their shape and are not shown. */
  readonly cellsHidden: boolean
  readonly side: Area | undefined
  /** Rows of the prompt, without its footer. */
  readonly promptRows: number
  /** Columns of a row over the whole width. */
  readonly width: number
}

/** Below this width there is room for two panes: the hosts give way to the side pane while that is wanted. */
const THREE_PANES = 110

/** Status line and footer. */
const FIXED_ROWS = 2

/**
 * Divides the terminal: status line, panes, prompt, footer.
 *
 * @param promptLines lines of the draft and of what is said below it
 * @param wide the pane that was given the whole width
 * @param side whether the person looks at the side pane: at 80 columns it takes the place of the hosts
 */
export function divide({ cols, rows }: ScreenSize, promptLines: number, side: boolean, wide?: WidePane): Layout {
  const promptRows = Math.max(1, Math.min(promptLines, Math.floor(rows / 3)))
  const height = rows - FIXED_ROWS - promptRows
  const area = (width: number): Area => ({ width, height })
  if (wide !== undefined)
    return {
      hosts: wide === 'hosts' ? area(cols) : undefined,
      cells: area(cols),
      cellsHidden: wide !== 'cells',
      side: wide === 'side' ? area(cols) : undefined,
      promptRows,
      width: cols,
    }
  if (cols < THREE_PANES) {
    const beside = side ? Math.floor(cols * 0.45) : 26
    return {
      hosts: side ? undefined : area(beside),
      cells: area(cols - beside),
      cellsHidden: false,
      side: side ? area(beside) : undefined,
      promptRows,
      width: cols,
    }
  }
  const hosts = Math.min(36, Math.floor(cols * 0.22))
  const sideWidth = Math.min(72, Math.floor(cols * 0.31))
  return {
    hosts: area(hosts),
    cells: area(cols - hosts - sideWidth),
    cellsHidden: false,
    side: area(sideWidth),
    promptRows,
    width: cols,
  }
}

/** Whether a terminal of this size is at least as large as another. */
export const fits = ({ cols, rows }: ScreenSize, least = SMALLEST): boolean => cols >= least.cols && rows >= least.rows
