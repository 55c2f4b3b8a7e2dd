/** From here on a number of thousands is hard to read without marks between them; years and ports are below. */
const LONG = 10_000

/**
 * A number as people read it: at most three significant digits behind the point, marks between thousands.
 *
 * @example
 * numberText(0.3300000001) // '0.33'
 * numberText(16384000) // '16,384,000'
 * numberText(1234.5) // '1235'
 */
export function numberText(number: number): string {
  if (!Number.isFinite(number)) return String(number)
  const size = Math.abs(number)
  if (Number.isInteger(number) || size >= 100) {
    const whole = String(Math.round(number))
    return size < LONG || whole.includes('e') ? whole : whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  }
  return String(Number(number.toPrecision(3)))
}
