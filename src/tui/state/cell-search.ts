import { stripVTControlCharacters } from 'node:util'
import { documentLines } from '../document/notebook-lines.js'
import type { Entry } from './entry.js'
import { stopKey } from './entry.js'
import { cellsGeometry } from './geometry.js'
import { keySaid } from './keymap.js'
import type { View } from './view.js'

/** What is looked for in the cells pane. */
export interface CellSearch {
  readonly query: string
  /** It is being typed. */
  readonly typing: boolean
  /** Row of the document that was found last. */
  readonly row?: number
}

export function typeSearch(view: View, query: string): View {
  return { ...view, cells: { ...view.cells, search: { query, typing: true } } }
}

/** Begins to go through what was found: answers that hold it are opened whole, so that it is on the screen. */
export function startSearch(view: View): View {
  const search = view.cells.search
  if (!search || search.query === '') return { ...view, cells: withoutSearch(view) }
  const wanted = search.query.toLowerCase()
  const entries = view.notebook.entries.map(entry => opened(entry, wanted))
  const next = { ...view, notebook: { ...view.notebook, entries } }
  return findNext({ ...next, cells: { ...next.cells, search: { ...search, typing: false } } }, -1)
}

export function endSearch(view: View): View {
  return { ...view, cells: withoutSearch(view) }
}

function withoutSearch({ cells: { search: _, ...cells } }: View): View['cells'] {
  return cells
}

/** Goes to the next (`1`) or the previous (`-1`) row that holds what is looked for; past the last, to the first. */
export function findNext(view: View, by: 1 | -1): View {
  const search = view.cells.search
  if (!search || search.query === '')
    return { ...view, notice: `${keySaid(view.keymap, 'cells', 'search')} looks for something in the cells.` }
  const { context, height, total } = cellsGeometry(view)
  const wanted = search.query.toLowerCase()
  const rows = documentLines(view.notebook.entries, context, 0, total).flatMap(({ text }, row) =>
    stripVTControlCharacters(text).toLowerCase().includes(wanted) ? [row] : [],
  )
  const { row: from = total } = search
  const row = by > 0 ? (rows.find(each => each > from) ?? rows[0]) : (rows.findLast(each => each < from) ?? rows.at(-1))
  if (row === undefined) return { ...view, notice: `${search.query} is nowhere in the cells.` }
  const top = Math.max(0, Math.min(row - Math.floor(height / 2), total - height))
  const notice = `${rows.indexOf(row) + 1} of ${rows.length} rows with ${search.query}`
  return { ...view, notice, cells: { ...view.cells, top, search: { ...search, row } } }
}

function opened(entry: Entry, wanted: string): Entry {
  const keys: string[] = []
  if (entry.end?.kind === 'ok' && entry.end.value.kind === 'results') {
    entry.end.value.groups.forEach(({ text }, group) => {
      if (text.includes('\n') && text.toLowerCase().includes(wanted))
        keys.push(stopKey({ kind: 'result group', group }))
    })
  }
  entry.plans.forEach(({ groups }, plan) => {
    groups.forEach(({ changes }, group) => {
      if (JSON.stringify(changes).toLowerCase().includes(wanted))
        keys.push(stopKey({ kind: 'plan group', plan, group }), stopKey({ kind: 'plan', plan }))
    })
  })
  const printed = entry.remarks.some(({ text }) => text.toLowerCase().includes(wanted))
  const shown = entry.end?.kind === 'ok' && entry.end.value.kind === 'text' ? entry.end.value.text : ''
  if (printed || entry.source.toLowerCase().includes(wanted) || shown.toLowerCase().includes(wanted))
    keys.push(stopKey({ kind: 'source' }))
  if (keys.length === 0) return entry
  return { ...entry, opened: new Map([...entry.opened, ...keys.map(key => [key, 2] as const)]) }
}
