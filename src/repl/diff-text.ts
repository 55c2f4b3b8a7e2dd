import type { DiffLine } from '../engine/plan/diff.js'
import { sanitise } from '../engine/text/sanitise.js'
import type { Paint } from './paint.js'

/** One line of a diff with its sign, fit to be shown. */
export function diffText({ sign, text }: DiffLine, paint: Paint): string {
  const shown = sanitise(text)
  const line = sign === '@' ? `@@ ${shown} @@` : `${sign} ${shown}`
  if (sign === '+') return paint.green(line)
  if (sign === '-') return paint.red(line)
  if (sign === '@') return paint.cyan(line)
  return sign === '!' ? paint.yellow(line) : line
}
