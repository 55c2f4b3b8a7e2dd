import { foldNames } from '../../engine/nodeset/fold.js'
import { brief } from '../../engine/text/brief.js'
import type { SessionCell } from '../notebook/session-cells.js'
import type { Slice } from './slice.js'
import type { Unit } from './units.js'

const ENDED: Readonly<Record<string, string>> = {
  error: 'failed',
  interrupted: 'was interrupted',
  declined: 'was declined in part',
}

/** What a reader of an export must know that its code does not say. */
export function notesOn(
  cells: readonly SessionCell[],
  { kept, keptCommands, droppedCommands, baseless }: Slice & { readonly baseless: ReadonlySet<Unit> },
): string[] {
  const keptCells = new Set(kept.map(({ cell }) => cell.cell.id))
  return [
    ...(kept.length === 0 ? ['Nothing to export: no cell brought a host to a state that it still has.'] : []),
    ...cells.flatMap(({ id, end, effects, undone }) =>
      end.kind !== 'ok' && effects.changed && !undone
        ? [`Not exported: cell ${id} ${ENDED[end.kind] ?? 'did not succeed'} after it had changed hosts.`]
        : [],
    ),
    ...droppedCommands.map(
      ({ cell, text }) => `Not exported: cell ${cell}, ${brief(text)} (a shell line; not provable).`,
    ),
    ...[...baseless].map(
      ({ cell, statement }) =>
        `Not exported: cell ${cell.cell.id}, ${brief(statement.getText(cell.file))}: nothing exported makes it needed.`,
    ),
    ...keptCommands.map(
      ({ cell, text }) => `Not provable: cell ${cell}, ${brief(text)} is a shell line; a plan does not run it.`,
    ),
    ...cells.flatMap(({ id, effects: { imperative } }) =>
      keptCells.has(id) && imperative.length > 0
        ? [`Not provable: cell ${id}, ${imperative.join(', ')} changes something each time it runs.`]
        : [],
    ),
    ...cells.flatMap(({ id, effects: { failed, operations } }) =>
      keptCells.has(id) && failed.length > 0 && operations.length > 0
        ? [`Cell ${id} failed on ${foldNames(failed)}.`]
        : [],
    ),
  ]
}
