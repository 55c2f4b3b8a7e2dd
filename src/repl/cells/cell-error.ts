import { inspect } from 'node:util'
import { MusterError } from '../../engine/errors.js'
import type { SourcePosition } from '../../engine/modules/source-error.js'
import { type SourceFrame, sourceFrames } from '../../engine/modules/stack-trace.js'

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
  constructor() {
    super('interrupted')
  }
}

/** What a thrown value says, in one line where it can. */
export function describeThrown(thrown: unknown): string {
  if (thrown instanceof MusterError) return thrown.message
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`
  return `${inspect(thrown, { depth: 2, breakLength: Number.POSITIVE_INFINITY })} was thrown`
}

/**
 * What to report for a thrown value.
 *
 * @param place where in the cell it happened, when the frames cannot tell
 */
export function cellError(id: number, thrown: unknown, place?: SourcePosition): CellError {
  const frames = sourceFrames(thrown)
  const kind = thrown instanceof CellInterrupt ? 'interrupted' : 'exception'
  const own = place ?? frames.find(({ source }) => source === cellLabel(id))
  return new CellError({ cell: id, kind, reason: describeThrown(thrown), place: own, frames, cause: thrown })
}
