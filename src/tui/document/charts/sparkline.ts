const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/**
 * Numbers as a row of bars, one column each, the newest at the right; the highest of them fills its cell.
 *
 * @param width columns; older numbers that have no room are left out
 * @param floor what the scale reaches at least, so that small differences of small numbers look small
 * @example
 * sparkline([1, 2, 8], 8) // '▁▂█'
 */
export function sparkline(numbers: readonly number[], width: number, floor = 0): string {
  const shown = width <= 0 ? [] : numbers.slice(-width)
  const most = Math.max(floor, ...shown)
  return shown.map(number => STEPS[step(number, most)] ?? '').join('')
}

function step(number: number, most: number): number {
  if (!(most > 0) || !(number > 0)) return 0
  return Math.min(STEPS.length - 1, Math.ceil((number / most) * STEPS.length) - 1)
}
