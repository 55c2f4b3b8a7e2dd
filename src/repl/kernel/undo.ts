import { UsageError } from '../../engine/errors.js'
import { waysBack } from '../../engine/fleet/operation-result.js'
import { foldNames, hostsText } from '../../engine/nodeset/fold.js'
import type { Operation } from '../../engine/operation.js'
import type { OperationCall } from '../../engine/plan/change.js'
import { dependentsOf, stands } from '../history/dependents.js'
import type { RecordedChange } from '../history/recorded-changes.js'
import { readChanges } from '../history/sessions.js'
import { wayBack } from '../history/way-back.js'
import type { Kernel } from './kernel.js'
import { type UndoTarget, undoTarget } from './undo-target.js'

/** What an undo needs of the session it is asked for in. */
export interface UndoContext {
  readonly kernel: Kernel
  readonly history: string
  readonly session: string
  operationNamed(name: string): Operation<unknown> | undefined
  /** Hosts of the inventory. */
  readonly hosts: ReadonlySet<string>
  takeBack(calls: ReadonlyMap<string, readonly OperationCall[]>): Promise<{
    readonly outcomes: ReadonlyMap<string, { readonly status: string }>
  }>
}

/**
 * Takes back what cells changed, as a plan with a diff, shown and approved like any other. It works from the journal, so that it does
 * not matter which session made the changes or whether that still runs.
 *
 * @param argument nothing for the last cell that changed hosts; `3`, `all`, `SESSION`, `SESSION/3`
 * @throws {UsageError} when there is nothing to take back, or something since depends on it
 */
export async function undo(argument: string, context: UndoContext): Promise<void> {
  const { kernel, history, session } = context
  const target = undoTarget(argument, session, history)
  const { changes, problems } = await readChanges(history, argument === '' ? undefined : target.session)
  for (const text of problems) kernel.emit({ type: 'note', level: 'warning', text })
  const cell = target.cell === 'last' ? lastCell(changes, session) : target.cell
  const chosen = changes.filter(
    change => change.session === target.session && (cell === 'all' || change.cell === cell) && stands(change),
  )
  if (chosen.length === 0) throw new UsageError(nothing(target, cell))
  refuseStrangers(chosen, context.hosts)
  refuseDependents(chosen, changes, { ...target, cell }, session)
  const calls = callsOf(chosen, context)
  const own = target.session === session
  const label = cell === 'all' ? (own ? 'all' : target.session) : own ? String(cell) : `${target.session}/${cell}`
  await kernel.asCell(`:undo ${label}`, async (_signal, as) => {
    const results = await context.takeBack(calls)
    const done = [...results.outcomes].flatMap(([host, { status }]) => (status === 'ok' ? [host] : []))
    for (const number of new Set(chosen.map(change => change.cell)))
      if (done.length > 0)
        kernel.emit({
          type: 'undone',
          as,
          session: target.session,
          ...(number === undefined ? {} : { cell: number }),
          hosts: done,
        })
    return results
  })
}

/** The latest cell of this session that changed something which still stands and can be taken back. */
function lastCell(changes: readonly RecordedChange[], session: string): number {
  const undoable = changes.filter(change => stands(change) && change.undo && change.cell !== undefined)
  const last = undoable.findLast(change => change.session === session)
  if (last?.cell !== undefined) return last.cell
  const earlier = undoable.at(-1)
  throw new UsageError(
    earlier
      ? `There is nothing to undo in this session. Before it, cell ${earlier.cell} of ${earlier.session} did ${earlier.operation}: take that back by :undo ${earlier.session}/${earlier.cell}.`
      : 'There is nothing to undo in this session.',
  )
}

function nothing({ session }: UndoTarget, cell: number | 'all'): string {
  return cell === 'all'
    ? `Session ${session} changed nothing that still stands.`
    : `Cell ${cell} changed nothing that still stands.`
}

function refuseStrangers(chosen: readonly RecordedChange[], hosts: ReadonlySet<string>): void {
  const strange = [...new Set(chosen.map(({ host }) => host))].filter(host => !hosts.has(host))
  if (strange.length > 0)
    throw new UsageError(
      `It was done on ${foldNames(strange)}, which this inventory does not have; open the inventory that has ${strange.length === 1 ? 'it' : 'them'}.`,
    )
}

/**
 * @param own the session that it is asked for in: cells of another go by both names
 * @throws {UsageError} naming what was done since that stands on what is to be taken back
 */
function refuseDependents(
  chosen: readonly RecordedChange[],
  changes: readonly RecordedChange[],
  target: { readonly session: string; readonly cell: number | 'all' },
  own: string,
): void {
  const mine = new Set(chosen)
  const dependents = chosen.flatMap(change => dependentsOf(change, changes)).filter(change => !mine.has(change))
  const [first] = dependents
  if (!first) return
  const sameCell = dependents.filter(({ session, cell }) => session === first.session && cell === first.cell)
  const name = ({ session, cell }: RecordedChange, seenFrom: string): string =>
    cell === undefined ? session : session === seenFrom ? `${cell}` : `${session}/${cell}`
  const later = changes.filter(change => dependents.includes(change)).toReversed()
  const cells = [...new Set(later.map(change => name(change, own)))]
  const what = target.cell === 'all' ? `Session ${target.session}` : `Cell ${target.cell}`
  throw new UsageError(
    `${what} cannot be taken back alone: ${first.cell === undefined ? 'run' : 'cell'} ${name(first, target.session)} (${first.operation}) depends on it, by “${first.summary}” on ${hostsText([...new Set(sameCell.map(({ host }) => host))])}. ${whatFirst(cells)}`,
  )
}

/** What to do about cells that stand in the way, the latest first: as many commands, as each may have others that depend on it. */
function whatFirst(cells: readonly string[]): string {
  if (cells.length === 1) return `Take that back first: :undo ${cells[0]}.`
  const commands = cells.slice(0, MOST_CELLS).map(cell => `:undo ${cell}`)
  const rest = cells.length > MOST_CELLS ? ` and ${cells.length - MOST_CELLS} more` : ''
  return `Take back first what came later: ${commands.join(', then ')}${rest}.`
}

/** Cells that are named one by one. */
const MOST_CELLS = 4

/** The calls that take changes back, for each host the latest first. What cannot be is said before anything is planned. */
function callsOf(chosen: readonly RecordedChange[], context: UndoContext): Map<string, OperationCall[]> {
  const calls = new Map<string, OperationCall[]>()
  const lost = new Map<string, string[]>()
  const parts = new Map<string, RecordedChange[]>()
  for (const change of chosen.toReversed()) {
    const key = JSON.stringify([change.host, change.session, change.cell])
    parts.set(key, [...(parts.get(key) ?? []), change])
  }
  for (const changes of parts.values()) {
    const [{ host } = { host: '' }] = changes
    const recorded = changes.map(change => ({ change, back: wayBack(change, context.operationNamed) }))
    const kept = keptCalls(changes, context)
    for (const { change, back } of recorded) {
      if (typeof back !== 'string' || (kept.length > 0 && change.undo)) continue
      const why = `“${change.summary}” cannot be taken back: ${back}`
      lost.set(why, [...(lost.get(why) ?? []), host])
    }
    const found = kept.length > 0 ? kept : recorded.flatMap(({ back }) => (typeof back === 'string' ? [] : [back]))
    if (found.length > 0) calls.set(host, [...(calls.get(host) ?? []), ...found])
  }
  const gone = [...lost].map(([why, hosts]) => `${why} (${hostsText([...new Set(hosts)])}).`)
  if (calls.size === 0) throw new UsageError(gone.join(' '))
  for (const text of gone) context.kernel.emit({ type: 'note', level: 'warning', text })
  return calls
}

/** What this process still has of the ways back of a cell: the journal keeps no secrets, and no operations of the person's own. */
function keptCalls([first]: readonly RecordedChange[], { kernel, session }: UndoContext): readonly OperationCall[] {
  if (first?.session !== session) return []
  const operated = kernel.ran.find(({ cell }) => cell === first.cell)?.operated ?? []
  return operated
    .toReversed()
    .flatMap(outcomes => [outcomes.get(first.host)])
    .flatMap(outcome => (outcome ? waysBack(outcome) : []))
}
