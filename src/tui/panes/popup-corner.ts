import type { Position } from '../screen/frame.js'
import type { Area } from './area.js'

/**
 * Where a popup is put: above the cursor it belongs to, beginning at its column, as far as there is room.
 *
 * @param cols columns of the terminal
 */
export function cornerOf(
  { width, height }: Area,
  cursor: Position,
  cols: number,
): { readonly top: number; readonly left: number } {
  return { top: Math.max(0, cursor.y - height), left: Math.max(0, Math.min(cursor.x - 1, cols - width)) }
}
