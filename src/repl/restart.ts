import type { PastCell, Replayed } from './kernel/messages.js'
import type { Problem } from './protocol.js'

/** As often as a kernel may end by itself in a minute and be started again. */
const MOST = 3
const MINUTE = 60_000

/** Keeps a kernel that ends at every start from being started for ever. */
export class RestartLimit {
  #times: readonly number[] = []

  /** Whether another start is allowed at this time, milliseconds; it counts from then on. */
  allows(now: number): boolean {
    this.#times = [...this.#times.filter(time => now - time < MINUTE), now]
    return this.#times.length <= MOST
  }
}

/** Why a kernel was ended that did not answer, and what held it: code of the person's own is left by an exception. */
export function heldText(cell: number | undefined): string {
  const who = cell === undefined ? 'Something' : `Cell ${cell}`
  return `${who} was in a call that nothing can break off (a regular expression, native code, a loop of a package): its kernel is ended, and another started.`
}

/** What became of the session's cells, for the person. */
export function restartText({ again, left }: Replayed): string {
  const back = again.length === 0 ? 'Nothing was run again.' : `Run again: ${cellsText(again.map(({ cell }) => cell))}.`
  const reasons = grouped(left)
  const not = [...reasons].map(
    ([reason, cells]) =>
      `Not run again: ${cellsText(cells.map(({ cell }) => cell))}; ${reasonOf(cells.length, reason)}.`,
  )
  return ['The kernel is new: connections are made at the next use.', back, ...not].join(' ')
}

/** What a new kernel will not have, before it is started; `undefined` when it will have everything. */
export function restartLoss(past: readonly PastCell[]): string | undefined {
  const left = past.flatMap(({ cell, source, end, wrote }) =>
    end === 'ok' && wrote !== undefined && !source.startsWith(':') ? [{ cell, reason: wrote }] : [],
  )
  if (left.length === 0) return undefined
  const reasons = [...grouped(left)].map(
    ([reason, cells]) => `${cellsText(cells.map(({ cell }) => cell))} (${reasonOf(cells.length, reason)})`,
  )
  return `Values and names of ${reasons.join(', ')} would be lost: these are never run again.`
}

function grouped(left: Replayed['left']): Map<string, Replayed['left'][number][]> {
  const found = new Map<string, Replayed['left'][number][]>()
  for (const each of left) found.set(each.reason, [...(found.get(each.reason) ?? []), each])
  return found
}

/** A reason is said of one cell: `it uses x`, `they use x`. */
function reasonOf(cells: number, reason: string): string {
  return cells === 1 ? reason : reason.replace(/^it uses\b/, 'they use').replace(/^it\b/, 'they')
}

function cellsText(cells: readonly number[]): string {
  return `${cells.length === 1 ? 'cell' : 'cells'} ${cells.join(', ')}`
}

/** TypeScript's numbers for a name that is not there. */
const NO_SUCH_NAME = new Set([2304, 2552, 18004])

/** The name that is not there, when that is what a problem says. */
export function missingName({ code, line, column, length }: Problem, source: string): string | undefined {
  if (!NO_SUCH_NAME.has(code)) return undefined
  return source.split(/\r\n|\r|\n/)[line - 1]?.slice(column - 1, column - 1 + length)
}

/** A problem with a name says why it is not there, where that is known. */
export function missingNamed(problem: Problem, source: string, missing: Readonly<Record<string, string>>): Problem {
  const name = missingName(problem, source)
  const reason = name !== undefined && Object.hasOwn(missing, name) ? missing[name] : undefined
  return reason === undefined ? problem : { ...problem, message: `'${name}' ${reason}.` }
}
