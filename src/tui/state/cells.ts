import { documentPlaces, type Place, samePlace } from '../document/notebook-lines.js'
import { isPlanOpen, planGroupOpenness } from '../document/plan-lines.js'
import { answerLines, resultOpenness } from '../document/result-lines.js'
import { themeFor } from '../document/theme.js'
import { type Entry, type Openness, stopKey } from './entry.js'
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

/** Opens what the cursor stands on a level further, or closes it a level; what is closed already passes on to what it is in. */
export function openAtCursor(view: View, by: 1 | -1): View {
  const { cursor } = view.cells
  const entry = view.notebook.entries.find(({ id }) => id === cursor?.entry)
  if (!cursor || !entry) return view
  const level = opennessOf(entry, cursor)
  const next: Openness = by > 0 ? (level === 0 ? 1 : 2) : level === 2 ? 1 : 0
  if (next === level) return view
  const key = stopKey(cursor.stop)
  const top = cellsGeometry(view).top
  const notebook = updateEntry(view.notebook, entry, known => ({
    ...known,
    opened: new Map(known.opened).set(key, next),
  }))
  return showPlace({ ...view, notebook, cells: { ...view.cells, top } }, cursor)
}

function opennessOf(entry: Entry, { stop }: Place): Openness {
  switch (stop.kind) {
    case 'source':
      return entry.opened.get(stopKey(stop)) ?? 0
    case 'plan':
      return isPlanOpen(entry, stop.plan) ? 2 : 0
    case 'plan group':
      return planGroupOpenness(entry, stop.plan, stop.group)
    case 'result group': {
      if (entry.end?.kind !== 'ok' || entry.end.value.kind !== 'results') return 0
      const answers = entry.end.value.groups.map(group => answerLines(group, themeFor(false)))
      return resultOpenness(entry, stop.group, answers)
    }
  }
}
