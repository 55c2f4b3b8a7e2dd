import { HEADS, scanLine } from './scan.js'
import { type ScanState, START } from './scan-state.js'

/** Keywords that nothing can end with. */
const WANTS_MORE = new Set(
  (
    'await case catch class const do else enum export extends finally for function if implements import in instanceof interface ' +
    'keyof let new satisfies switch throw try typeof var while with'
  ).split(' '),
)
/** Operators a statement may end with: the end sign, postfix ones, and the end of type arguments. */
const MAY_END = new Set([';', '++', '--', '!', '>'])

/**
 * Whether Enter should run the source: nothing in it is left open. That is decided by its brackets, templates, comments and
 * last token alone; a source with errors is complete, so that it is run and the error shown: also where a string is not closed on
 * its line, whatever brackets are open around it.
 *
 * @example
 * isComplete('const x = 1') // true
 * isComplete('fleet.each(host => {') // false
 * isComplete('const x =') // false
 */
export function isComplete(source: string): boolean {
  if (source.startsWith(':')) return true
  let state: ScanState = START
  for (const line of source.split('\n')) {
    const scanned = scanLine(line, state)
    if (scanned.cutOff) return true
    state = scanned.state
  }
  const { open, inside, last } = state
  if (open.length > 0 || inside !== undefined) return false
  if (!last) return true
  if (last.after !== undefined) return !HEADS.has(last.after)
  if (last.kind === 'keyword') return !WANTS_MORE.has(last.text)
  return last.kind !== 'operator' || MAY_END.has(last.text)
}
