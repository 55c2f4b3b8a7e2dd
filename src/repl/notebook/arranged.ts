import type ts from 'typescript'
import { UsageError } from '../../engine/errors.js'
import type { SessionRecord } from '../protocol.js'
import { hasRun, ranCell } from './from-session.js'
import { type LinkedCell, linkCells, type Meaning } from './linked-cells.js'
import type { SessionCell } from './session-cells.js'

/**
 * The cells of a session as the person has put them: moved, some taken away, those that ran since at the end.
 *
 * @param promptNames names that the prompt itself binds
 * @throws {UsageError} when a name would not mean any more what it meant when its cell ran
 */
export function arrangedCells(
  compiler: typeof ts,
  cells: readonly SessionCell[],
  records: readonly SessionRecord[],
  promptNames: ReadonlySet<string>,
): readonly SessionCell[] {
  const order = orderIn(records)
  if (!order) return cells
  const byId = new Map(cells.map(cell => [cell.id, cell]))
  const arranged = order.flatMap(id => byId.get(id) ?? [])
  const before = linked(compiler, cells, promptNames)
  for (const { cell, uses } of linked(compiler, arranged, promptNames).values()) {
    const meant = before.get(cell.id)?.uses ?? []
    for (const [index, { reference, meaning }] of uses.entries()) {
      const then = meant[index]?.meaning
      const source = then && cellOf(then)
      if (source !== undefined && source !== (cellOf(meaning) ?? -1))
        throw new UsageError(`Cell ${cell.id} uses ${reference.name} of cell ${source}, ${whereNow(source, arranged)}.`)
    }
  }
  return arranged
}

/** The order that was given last, and what has run since; nothing when none was. */
function orderIn(records: readonly SessionRecord[]): readonly number[] | undefined {
  let order: number[] | undefined
  for (const record of records) {
    if (record.type === 'session.arranged') order = [...record.cells]
    else if (record.type === 'cell.start' && !order?.includes(record.cell)) order?.push(record.cell)
  }
  return order
}

function linked(compiler: typeof ts, cells: readonly SessionCell[], promptNames: ReadonlySet<string>) {
  const all: readonly LinkedCell[] = linkCells(compiler, cells.filter(hasRun).map(ranCell), promptNames)
  return new Map(all.map(entry => [entry.cell.id, entry]))
}

/** The cell that a name comes from. */
function cellOf(meaning: Meaning): number | undefined {
  if (meaning.kind === 'variable') return meaning.variable.cell
  return meaning.kind === 'value' ? meaning.cell : undefined
}

function whereNow(source: number, arranged: readonly SessionCell[]): string {
  return arranged.some(({ id }) => id === source)
    ? 'which is not the last to give it above it on the screen: move one of them back'
    : 'which was taken off the screen: run it again, or take away what uses it'
}
