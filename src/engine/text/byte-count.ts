/**
 * A number of bytes as people read it, in powers of 1000.
 *
 * @example
 * byteCount(1_234_567) // '1.2 MB'
 */
export function byteCount(bytes: number): string {
  let [value, unit] = [bytes, 'B']
  for (const next of ['kB', 'MB', 'GB', 'TB']) {
    if (value < 999.5) break
    value /= 1000
    unit = next
  }
  return `${unit !== 'B' && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}
