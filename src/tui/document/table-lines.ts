import { pad, truncate, widthOf } from '../text/width.js'
import { hostLine } from './host-text.js'
import type { Theme } from './theme.js'

/** A table in columns: each as wide as its widest cell, the widest ones narrowed until all fit. */
export function tableLines(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  theme: Theme,
): string[] {
  const names = columns.map(hostLine)
  const cells = rows.map(row => columns.map((_, column) => hostLine(row[column] ?? '')))
  const widths = names.map((name, column) => Math.max(widthOf(name), ...cells.map(row => widthOf(row[column] ?? ''))))
  const fitted = narrowed(widths, width - 2 * (columns.length - 1))
  const line = (row: readonly string[]) =>
    truncate(row.map((cell, column) => pad(cell, fitted[column] ?? 0, 'left', '…')).join('  '), width, '…').trimEnd()
  return [theme.faint(line(names)), ...cells.map(line)]
}

/** Narrows the widest until the sum is not more than `room`. */
function narrowed(widths: readonly number[], room: number): readonly number[] {
  let fitted = [...widths]
  for (let sum = total(fitted); sum > room && Math.max(...fitted) > 4; sum = total(fitted)) {
    const widest = Math.max(...fitted)
    const next = Math.max(4, ...fitted.filter(width => width < widest))
    const count = fitted.filter(width => width === widest).length
    const target = Math.max(next === widest ? 4 : next, Math.floor(widest - (sum - room) / count))
    fitted = fitted.map(width => (width === widest ? target : width))
  }
  return fitted
}

const total = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0)
