import { foldNames } from '../../engine/nodeset/fold.js'
import { brief } from '../../engine/text/brief.js'
import type { SessionCell } from '../notebook/session-cells.js'
import type { HostCall } from './host-calls.js'
import type { OfferedLine } from './shell/offer.js'
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
  {
    kept,
    keptCommands,
    droppedCommands,
    failedParts,
    baseless,
    offered,
  }: Slice & { readonly baseless: ReadonlySet<Unit>; readonly offered: readonly OfferedLine[] },
): string[] {
  const keptCells = new Set(kept.map(({ cell }) => cell.cell.id))
  /** The same cell was run again and succeeded. */
  const isMended = (host: string, id: number, source: string): boolean =>
    cells.some(
      later =>
        later.id > id &&
        later.source === source &&
        later.end.kind === 'ok' &&
        later.focus.includes(host) &&
        !later.effects.failed.includes(host),
    )
  return [
    ...(kept.length === 0 ? ['Nothing to export: no cell brought a host to a state that it still has.'] : []),
    ...cells.flatMap(({ id, end, effects, undone }) =>
      end.kind !== 'ok' && effects.changed && !undone
        ? [`Not exported: cell ${id} ${ENDED[end.kind] ?? 'did not succeed'} after it had changed hosts.`]
        : [],
    ),
    ...offered.flatMap(({ cell, line }, at) => {
      const first = line.includes('>>') ? offered.slice(0, at).find(other => other.line === line) : undefined
      return first ? [`Cell ${cell} appended what cell ${first.cell} had appended: the deploy adds it once.`] : []
    }),
    ...droppedCommands.map(
      ({ cell, text }) => `Not exported: cell ${cell}, ${brief(text)} (a shell line; not provable).`,
    ),
    ...failedParts.map(
      ({ cell, text }) => `Not exported: cell ${cell}, ${brief(text)} failed, perhaps after a part of it was done.`,
    ),
    ...[...baseless].map(
      ({ cell, statement }) =>
        `Not exported: cell ${cell.cell.id}, ${brief(statement.getText(cell.file))}: nothing exported makes it needed.`,
    ),
    ...keptCommands.map(
      ({ cell, text }) => `Not provable: cell ${cell}, ${brief(text)} is a shell line; a plan does not run it.`,
    ),
    ...cells.flatMap(({ id, effects }) => {
      const imperative = keptCells.has(id) ? effects.imperative.filter(name => !isSettled(name, id, kept)) : []
      return imperative.length > 0
        ? [`Not provable: cell ${id}, ${imperative.join(', ')} changes something each time it runs.`]
        : []
    }),
    ...cells.flatMap(({ id, source, effects: { failed, operations } }) => {
      const left = keptCells.has(id) && operations.length > 0 ? failed.filter(host => !isMended(host, id, source)) : []
      return left.length > 0 ? [`Cell ${id} failed on ${foldNames(left)}.`] : []
    }),
  ]
}

/**
 * Whether what changed something each time then does not here: a restart of those that something was changed on, an update of
 * package lists that comes with an installation.
 */
function isSettled(operation: string, cell: number, kept: readonly Unit[]): boolean {
  const calls = kept
    .filter(unit => unit.cell.cell.id === cell)
    .flatMap(unit => unit.calls)
    .filter(call => call.kind === 'operation' && call.operation === operation)
  const text = (call: HostCall): string => (call.kind === 'operation' ? call.call.getText() : '')
  if (operation.endsWith('.packages'))
    return calls.length > 0 && calls.every(call => /\bpackages\b *[:,}]/.test(text(call)))
  return operation === 'systemd.service' && calls.length > 0 && calls.every(call => /\bchanged\s*\./.test(text(call)))
}
