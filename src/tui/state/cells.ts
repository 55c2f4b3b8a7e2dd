import { documentPlaces, type Place, samePlace } from '../document/notebook-lines.js'
import { above, isIn, mostOf, nextLevel, opennessOf } from '../document/openness.js'
import { type Entry, type Openness, type Stop, stopKey } from './entry.js'
import { cellsGeometry } from './geometry.js'
import { updateEntry } from './notebook.js'
import type { View } from './view.js'

/** Moves the cursor over the places of the document; from nowhere, to the last one. */
export function moveInCells(view: View, by: number): View {
  const places = documentPlaces(view.notebook.entries, cellsGeometry(view).context)
  const at = places.findIndex(place => samePlace(place, view.cells.cursor))
  const next = places[at < 0 ? places.length - 1 : Math.max(0, Math.min(places.length - 1, at + by))]
  return next ? showPlace(view, next) : view
}

export function moveToEnd(view: View, end: 'first' | 'last'): View {
  const places = documentPlaces(view.notebook.entries, cellsGeometry(view).context)
  const place = places.at(end === 'first' ? 0 : -1)
  if (!place) return view
  const moved = { ...view, cells: { ...view.cells, cursor: { entry: place.entry, stop: place.stop } } }
  return { ...moved, cells: { ...moved.cells, top: end === 'first' ? 0 : 'end' } }
}

/** Puts the cursor on a place and scrolls as little as brings it into view. */
export function showPlace(view: View, place: Place): View {
  const cursor: Place = { entry: place.entry, stop: place.stop }
  const { context, height, top, total } = cellsGeometry(view)
  const row = documentPlaces(view.notebook.entries, context).find(known => samePlace(known, cursor))?.row
  if (row === undefined) return { ...view, cells: { ...view.cells, cursor } }
  const next = row < top ? row : row >= top + height ? row - height + 1 : top
  return { ...view, cells: { ...view.cells, cursor, top: next >= total - height ? 'end' : next } }
}

export function scrollCells(view: View, by: number): View {
  const { top, height, total } = cellsGeometry(view)
  const next = Math.max(0, top + by)
  return { ...view, cells: { ...view.cells, top: next >= total - height ? 'end' : next } }
}

/** Opens what the cursor stands on a level further, or closes it a level; from what is closed already it goes to what that is in. */
export function openAtCursor(view: View, by: 1 | -1): View {
  const { cursor } = view.cells
  const entry = view.notebook.entries.find(({ id }) => id === cursor?.entry)
  if (!cursor || !entry) return view
  const { stop } = cursor
  const next = nextLevel(entry, stop, by)
  if (next !== undefined) {
    const changed = withLevels(view, entry, levelsBelow(entry, stop, next))
    return showPlace(by > 0 ? withInView(changed, cursor) : changed, cursor)
  }
  const outer = by < 0 ? above(stop) : undefined
  return outer ? showPlace(view, { entry: entry.id, stop: outer }) : view
}

/** Scrolled so far that what is below a place is in view, as much of it as there is room for. */
function withInView(view: View, { entry, stop }: Place): View {
  const { context, height, top, total } = cellsGeometry(view)
  const places = documentPlaces(view.notebook.entries, context)
  const at = places.findIndex(place => samePlace(place, { entry, stop }))
  const row = places[at]?.row
  if (row === undefined) return view
  const after = places.slice(at + 1).find(place => place.entry !== entry || !isIn(place.stop, stop))
  const end = after?.row ?? total
  return { ...view, cells: { ...view.cells, top: Math.max(top, Math.min(row, end - height)) } }
}

/** A level for a stop; steps of a plan follow the group they are in. */
function levelsBelow(entry: Entry, stop: Stop, level: Openness): Entry['opened'] {
  const opened = new Map(entry.opened).set(stopKey(stop), level)
  if (stop.kind !== 'plan group') return opened
  const { changes = [] } = entry.plans[stop.plan]?.groups[stop.group] ?? {}
  for (const step of changes.keys()) opened.delete(stopKey({ ...stop, kind: 'plan step', step }))
  return opened
}

/** Opens everything of the cell under the cursor: its source, its plans with their diffs, its answers; when all that is open, their hosts. */
export function openCell(view: View): View {
  const { cursor } = view.cells
  const entry = view.notebook.entries.find(({ id }) => id === cursor?.entry)
  if (!cursor || !entry) return view
  const groups = entry.end?.kind === 'ok' && entry.end.value.kind === 'results' ? entry.end.value.groups : []
  const stops: readonly Stop[] = [
    { kind: 'source' },
    ...entry.plans.flatMap(({ groups: planned }, plan): Stop[] => [
      { kind: 'plan', plan },
      ...planned.map((_, group): Stop => ({ kind: 'plan group', plan, group })),
    ]),
    ...groups.map((_, group): Stop => ({ kind: 'result group', group })),
  ]
  const isWhole = stops.every(stop => opennessOf(entry, stop) >= Math.min(2, mostOf(entry, stop)))
  const levels = new Map<string, Openness>(
    stops.map(stop => [stopKey(stop), isWhole && stop.kind === 'result group' ? 3 : stop.kind === 'plan' ? 1 : 2]),
  )
  return showPlace(withLevels(view, entry, levels), cursor)
}

/** Folds every cell into a row; when all of them are, they are again as they begin. */
export function foldCells(view: View): View {
  const { cursor } = view.cells
  const isFolded = (entry: Entry) => entry.source === '' || opennessOf(entry, { kind: 'source' }) === 0
  const allFolded = view.notebook.entries.every(isFolded)
  const key = stopKey({ kind: 'source' })
  const entries = view.notebook.entries.map(entry => {
    const opened = new Map(entry.opened)
    if (allFolded) opened.delete(key)
    else opened.set(key, 0)
    return { ...entry, opened }
  })
  const next = { ...view, notebook: { ...view.notebook, entries } }
  return cursor ? showPlace(next, { entry: cursor.entry, stop: allFolded ? cursor.stop : { kind: 'source' } }) : next
}

/** An entry open as far as these say; the rows above stay where they are. */
function withLevels(view: View, entry: Entry, opened: Entry['opened']): View {
  const { top } = cellsGeometry(view)
  const notebook = updateEntry(view.notebook, entry, known => ({ ...known, opened }))
  return { ...view, notebook, cells: { ...view.cells, top } }
}
