import { isNativeError, isProxy } from 'node:util/types'
import { MusterError } from '../../engine/errors.js'
import type { SourcePosition } from '../../engine/modules/source-error.js'
import { type SourceFrame, sourceFrames } from '../../engine/modules/stack-trace.js'
import { inspected } from './inspected.js'

/** Why a cell did not succeed. `syntax`: it was not run. */
export type CellFailure = 'syntax' | 'exception' | 'interrupted'

export function cellLabel(id: number): string {
  return `cell ${id}`
}

/**
 * A cell failed. The message is one sentence that starts with the place, `cell 3:2:5`, where there is one.
 * What was thrown is the `cause`.
 */
export class CellError extends MusterError {
  override readonly name = 'CellError'
  readonly cell: number
  readonly kind: CellFailure
  /** What went wrong, without the place. */
  readonly reason: string
  /** Place in the cell, from 1; none when nothing tells it (a thrown string, an interrupted wait). */
  readonly line: number | undefined
  readonly column: number | undefined
  /** The person's own frames, innermost first: cells and user files. */
  readonly frames: readonly SourceFrame[]

  constructor(failure: {
    readonly cell: number
    readonly kind: CellFailure
    readonly reason: string
    readonly place?: SourcePosition | undefined
    readonly frames?: readonly SourceFrame[]
    readonly cause?: unknown
  }) {
    const { cell, kind, reason, place, frames = [], cause } = failure
    const where = place ? `${cellLabel(cell)}:${place.line}:${place.column}` : cellLabel(cell)
    super(`${where}: ${reason}`, cause === undefined ? undefined : { cause })
    this.cell = cell
    this.kind = kind
    this.reason = reason
    this.line = place?.line
    this.column = place?.column
    this.frames = frames
  }
}

/** Thrown inside code that is to stop. */
export class CellInterrupt extends MusterError {
  override readonly name = 'CellInterrupt'
  /** @param cell on whose behalf the code ran, where that is known */
  constructor(readonly cell: number | undefined) {
    super('interrupted')
  }
}

/** As many causes, and errors of an `AggregateError`, as a sentence bears. */
const MOST_ERRORS = 5

/** What a thrown value says, in one line where it can: with what an `AggregateError` holds, and what it was caused by. */
export function describeThrown(thrown: unknown): string {
  if (!isError(thrown)) return `${inLine(thrown)} was thrown`
  // muster's own errors say in their sentence what they come from
  const causes = thrown instanceof MusterError ? [] : causesOf(thrown)
  return [ownWords(thrown), ...causes.map(cause => `cause: ${cause}`)].join('; ')
}

function ownWords(error: unknown): string {
  if (!isError(error)) return inLine(error)
  if (error instanceof MusterError) return error.message
  const own = error.message === '' ? error.name : `${error.name}: ${error.message}`
  if (!(error instanceof AggregateError) || error.errors.length === 0) return own
  const more = error.errors.length > MOST_ERRORS ? [`and ${error.errors.length - MOST_ERRORS} more`] : []
  return `${own}: ${[...error.errors.slice(0, MOST_ERRORS).map(ownWords), ...more].join('; ')}`
}

function causesOf(error: Error): string[] {
  const seen = new Set<unknown>([error])
  let { cause } = error
  while (cause !== undefined && !seen.has(cause) && seen.size <= MOST_ERRORS) {
    seen.add(cause)
    cause = isError(cause) ? cause.cause : undefined
  }
  return [...seen].slice(1).map(ownWords)
}

/** Without looking into it: a proxy may throw. Errors of another realm are errors too. */
function isError(thrown: unknown): thrown is Error {
  return isNativeError(thrown) || (!isProxy(thrown) && thrown instanceof Error)
}

function inLine(value: unknown): string {
  return inspected(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY })
}

/**
 * What to report for a thrown value.
 *
 * @param place where in the cell it happened, when the frames cannot tell
 */
export function cellError(id: number, thrown: unknown, place?: SourcePosition): CellError {
  const reason = describeThrown(thrown)
  // It may throw at whoever asks what it is.
  if (isProxy(thrown)) return new CellError({ cell: id, kind: 'exception', reason, place })
  const frames = sourceFrames(thrown)
  const kind = thrown instanceof CellInterrupt ? 'interrupted' : 'exception'
  const own = place ?? frames.find(({ source }) => source === cellLabel(id))
  return new CellError({ cell: id, kind, reason, place: own, frames, cause: thrown })
}
