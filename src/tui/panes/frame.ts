import type { Theme } from '../document/theme.js'
import { pad, truncate, widthOf } from '../text/width.js'
import type { Area } from './area.js'

/** Columns and rows a frame takes from what is inside it. */
export const BORDER = 2

/** Room inside a frame: one blank column stands at each side. */
export function insideOf({ width, height }: Area): Area {
  return { width: Math.max(0, width - BORDER - 2), height: Math.max(0, height - BORDER) }
}

const THIN = { topLeft: '┌', topRight: '┐', bottomLeft: '└', bottomRight: '┘', across: '─', down: '│' }
const HEAVY = { topLeft: '┏', topRight: '┓', bottomLeft: '┗', bottomRight: '┛', across: '━', down: '┃' }

export interface FrameContent {
  /** Stands in the upper border; may be coloured. */
  readonly title: string
  /** Stands at the right end of the upper border. */
  readonly corner?: string
  /** Rows inside; missing ones are blank, longer ones are cut with `…`. */
  readonly rows: readonly string[]
  /** The pane that has the keys is drawn with heavy lines. */
  readonly active: boolean
}

/** A pane with its border, ready to be shown. */
export function framed({ title, corner = '', rows, active }: FrameContent, area: Area, theme: Theme): string[] {
  const inside = insideOf(area)
  const line = active ? HEAVY : THIN
  const border = active ? theme.accent : theme.faint
  const room = area.width - BORDER
  const end = corner === '' || widthOf(title) + widthOf(corner) + 5 > room ? '' : ` ${corner} `
  const head = ` ${truncate(title, room - 3, '…')} `
  const across = line.across.repeat(Math.max(0, room - 1 - widthOf(head) - widthOf(end)))
  const top = `${border(line.topLeft + line.across)}${head}${border(across)}${end}${border(line.topRight)}`
  const bottom = border(line.bottomLeft + line.across.repeat(room) + line.bottomRight)
  const side = border(line.down)
  const body = Array.from(
    { length: inside.height },
    (_, index) => `${side} ${pad(rows[index] ?? '', inside.width, 'left', '…')} ${side}`,
  )
  return [top, ...body, bottom]
}
