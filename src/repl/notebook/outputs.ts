import { createHash } from 'node:crypto'
import type { CellEnd } from '../protocol.js'
import type { NotebookCell } from './percent.js'
import type { ConsoleText } from './session-cells.js'

/** What a cell of a notebook came to when it ran. */
export interface CellOutput {
  /** The source it was run with: {@link sourceHash}. */
  readonly hash: string
  readonly session: string
  /** Its number in that session. */
  readonly cell: number
  /** When it began, milliseconds since the epoch. */
  readonly at: number
  readonly end: CellEnd
  readonly console: readonly ConsoleText[]
}

/** The outputs of a notebook, kept beside it, by the ids of its cells. Running again adds, and never erases. */
export interface Outputs {
  readonly cells: Readonly<Record<string, readonly CellOutput[]>>
}

export const NO_OUTPUTS: Outputs = { cells: {} }

/** Equal for equal sources. */
export function sourceHash(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 16)
}

/** A cell's latest output, and whether the cell was changed since. */
export function latestOutput(
  { id, source }: Pick<NotebookCell, 'id' | 'source'>,
  outputs: Outputs,
): { readonly output: CellOutput; readonly stale: boolean } | undefined {
  const output = id === undefined ? undefined : outputs.cells[id]?.toSorted((a, b) => a.at - b.at).at(-1)
  return output && { output, stale: output.hash !== sourceHash(source) }
}

/** The outputs of both; what a run left in each is kept once. */
export function mergeOutputs(kept: Outputs, added: Outputs): Outputs {
  const cells = new Map(Object.entries(kept.cells))
  for (const [id, outputs] of Object.entries(added.cells)) {
    const known = cells.get(id) ?? []
    const isKnown = ({ session, cell }: CellOutput): boolean =>
      known.some(other => other.session === session && other.cell === cell)
    cells.set(id, [...known, ...outputs.filter(output => !isKnown(output))])
  }
  return { cells: Object.fromEntries(cells) }
}
