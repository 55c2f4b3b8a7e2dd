/**
 * A share of a whole as a bar.
 *
 * @param part from 0 to 1; what is beyond is taken as the end it is beyond
 * @param width columns
 * @example
 * bar(0.5, 4) // '▓▓░░'
 */
export function bar(part: number, width: number): string {
  const filled = Math.round(Math.max(0, Math.min(1, Number.isFinite(part) ? part : 0)) * width)
  return '▓'.repeat(filled) + '░'.repeat(width - filled)
}
