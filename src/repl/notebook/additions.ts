import type ts from 'typescript'
import type { NotebookEdits } from './edit-notebook.js'
import { cellId, notebookFromSession, outputOf } from './from-session.js'
import type { OpenCell } from './notebook-file.js'
import { type CellOutput, type Outputs, sourceHash } from './outputs.js'
import { proseOf } from './prose.js'
import { type Move, relocateImports } from './relocate.js'
import type { SessionCell } from './session-cells.js'

/** A cell of a notebook as it was when a session ran it. */
export interface RanCell {
  /** None in a cell that was written by hand and has not been saved since. */
  readonly id: string | undefined
  /** Of its source. */
  readonly hash: string
}

export interface AdditionContext {
  readonly session: string
  readonly promptNames: ReadonlySet<string>
  /** From the session's working directory to the notebook's. */
  readonly move: Move
  /** Which cells of the session were cells of the notebook, by their numbers. */
  readonly ran: ReadonlyMap<number, RanCell>
  /** See `NotebookContext.focusText`. */
  readonly focusText: (hosts: readonly string[]) => string | undefined
}

/**
 * What a session that opened a notebook adds to it: what its cells came to when they ran again, and the session's own cells behind them, in
 * which a name means what it means in the notebook.
 *
 * @param cells all of the notebook
 * @param session all cells of the session, in the order they ran
 */
export function additions(
  compiler: typeof ts,
  cells: readonly OpenCell[],
  session: readonly SessionCell[],
  context: AdditionContext,
): { readonly edits: NotebookEdits; readonly outputs: Outputs } {
  const { move, ran } = context
  const placeOf = placesIn(cells, ran)
  /** The last run of each cell, by its place. */
  const latest = new Map([...placeOf].map(([number, place]) => [place, number]))
  const numberOf = (place: number): number => latest.get(place) ?? -1 - place
  const before = cells.flatMap((cell, place) =>
    cell.kind === 'code' && proseOf(cell.source) === undefined
      ? [asSessionCell(compiler, cell, numberOf(place), session, move)]
      : [],
  )
  const added = session
    .filter(({ id }) => !ran.has(id))
    .map(cell => ({ ...cell, ...lastValue(cell, session, number => numberOf(placeOf.get(number) ?? Number.NaN)) }))
  const written = notebookFromSession(compiler, [...before, ...added], { ...context, meta: {} })
  const sourceOf = new Map(written.notebook.cells.map(cell => [cell.id, cell.source]))

  const ids = new Map<number, string>()
  const sources = new Map<number, string>()
  for (const [place, number] of latest) {
    const id = cellId(context.session, number)
    const source = sourceOf.get(id)
    if (cells[place]?.id === undefined) ids.set(place, id)
    if (source !== undefined && source !== cells[place]?.source) sources.set(place, source) // its value got a name
  }
  const outputs = new Map<string, CellOutput[]>()
  for (const cell of session) {
    const place = placeOf.get(cell.id)
    const id = place === undefined ? undefined : (cells[place]?.id ?? ids.get(place))
    if (place === undefined || id === undefined) continue
    const { hash = '' } = ran.get(cell.id) ?? {}
    const named = hash === sourceHash(cells[place]?.source ?? '') ? sources.get(place) : undefined
    const output = { ...outputOf(cell, context.session, ''), hash: named === undefined ? hash : sourceHash(named) }
    outputs.set(id, [...(outputs.get(id) ?? []), output])
  }
  const there = new Set(cells.map(({ id }) => id))
  const beforeIds = new Set(before.map(({ id }) => cellId(context.session, id)))
  const prose = new Set(cells.flatMap(({ kind, source }) => (kind === 'markdown' ? [source] : [])))
  const appended = written.notebook.cells.filter(({ id, source }) =>
    id === undefined ? !prose.has(source) : !beforeIds.has(id) && !there.has(id),
  )
  for (const { id } of appended) if (id !== undefined) outputs.set(id, [...(written.outputs.cells[id] ?? [])])
  const names = new Set(/\{ (.*) \}/.exec(written.notebook.head)?.[1]?.split(', ') ?? [])
  return { edits: { ids, sources, appended, names }, outputs: { cells: Object.fromEntries(outputs) } }
}

/** Where the cells that were run stand now; one that was taken out of the notebook stands nowhere. */
function placesIn(cells: readonly OpenCell[], ran: ReadonlyMap<number, RanCell>): ReadonlyMap<number, number> {
  const found = [...ran].map(([number, { id, hash }]) => {
    const place = cells.findIndex(cell =>
      id === undefined ? cell.kind === 'code' && sourceHash(cell.source) === hash : cell.id === id,
    )
    return [number, place] as const
  })
  return new Map(found.filter(([, place]) => place >= 0))
}

function asSessionCell(
  compiler: typeof ts,
  { source, latest, focus: _ }: OpenCell,
  id: number,
  session: readonly SessionCell[],
  { from, to }: Move,
): SessionCell {
  const now = session.find(cell => cell.id === id)
  const end = now?.end ?? latest?.end
  return {
    id,
    source: relocateImports(compiler, source, { from: to, to: from }),
    at: 0,
    end: end?.kind === 'ok' ? end : { kind: 'ok', value: { kind: 'text', text: '' } },
    focus: [],
    console: [],
    effects: { changed: false, touched: [], commands: [], operations: [], imperative: [], failed: [], selections: [] },
    undone: false,
  }
}

/** Which cell's value `_` was in a cell: that of the last before it that gave one, wherever it stands in the notebook. */
function lastValue(
  { id }: SessionCell,
  session: readonly SessionCell[],
  inNotebook: (number: number) => number,
): { lastValue?: number } {
  const last = session.findLast(cell => cell.id < id && cell.end.kind === 'ok' && cell.end.value.kind !== 'nothing')
  if (!last) return {}
  const there = inNotebook(last.id)
  return { lastValue: Number.isNaN(there) ? last.id : there }
}
