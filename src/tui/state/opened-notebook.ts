import type { SessionRecord } from '../../repl/protocol.js'
import { type Entry, newEntry, type Remark } from './entry.js'

/** An entry of which nothing is to come. */
export type Whole = Pick<Entry, 'source'> &
  Partial<Pick<Entry, 'remarks' | 'saved' | 'notebook' | 'notebookKey' | 'end'>>

/** How an entry ended that gives nothing. */
export const NOTHING_LEFT = { end: { kind: 'ok', value: { kind: 'nothing' } } } as const

type Opened = Extract<SessionRecord, { type: 'notebook.opened' }>

/** The cells of an opened notebook with what they came to when they last ran, and how to run them. */
export function openedCells(opened: Opened): Whole[] {
  const hint = `${opened.title}: nothing of it runs by itself. :run runs the next cell, :run N one of them, :run rest all that only read.`
  return [
    ...opened.cells.map(cell => cellOf(opened.name, cell)),
    { source: '', notebook: opened.name, remarks: [{ kind: 'info', text: hint }] },
  ]
}

function cellOf(notebook: string, { key, number, source, end, stale }: Opened['cells'][number]): Whole {
  if (number === undefined)
    return { source: '', notebook, notebookKey: key, remarks: [{ kind: 'prose', text: source }] }
  const remarks: Remark[] = stale ? [{ kind: 'warning', text: 'changed since it gave this' }] : []
  return { source, notebook, notebookKey: key, saved: number, remarks, ...(end ? { end } : {}) }
}

/** Said of a cell that somebody took out of the file. */
const GONE: Remark = { kind: 'warning', text: 'no longer in the notebook' }

/**
 * The entries with what is shown of a notebook as its file is by now: what was edited is replaced where it stands, with what the person
 * had opened in it; what is new comes behind the cell it follows in the file; what is gone stays, marked, and can no longer be run.
 */
export function withEdits(
  { entries, lastId }: { readonly entries: readonly Entry[]; readonly lastId: number },
  opened: Opened,
): { readonly entries: readonly Entry[]; readonly lastId: number } {
  let last = lastId
  const shown = new Map(
    entries.flatMap(entry =>
      entry.notebook === opened.name && entry.notebookKey !== undefined ? [[entry.notebookKey, entry] as const] : [],
    ),
  )
  const now = opened.cells.map((cell): Entry => {
    const before = shown.get(cell.key)
    if (!before) last += 1
    const { saved: _, end: __, ...entry } = before ?? newEntry(last, '', opened.at)
    return { ...entry, ...NOTHING_LEFT, ...cellOf(opened.name, cell) }
  })
  const isThere = ({ notebookKey }: Entry): boolean => opened.cells.some(({ key }) => key === notebookKey)
  // those that were there already take the places they had between them, in the order of the file
  const places = now.filter(({ notebookKey = 0 }) => shown.has(notebookKey))
  const placed = entries.flatMap((entry): Entry[] => {
    if (entry.notebook !== opened.name || entry.notebookKey === undefined) return [entry]
    if (!isThere(entry)) return [gone(entry)]
    const next = places.shift()
    return next ? [next] : []
  })
  return { entries: withNew(placed, now, opened), lastId: last }
}

function gone({ saved: _, ...entry }: Entry): Entry {
  return entry.remarks.includes(GONE) ? entry : { ...entry, remarks: [GONE, ...entry.remarks] }
}

/** Puts those that are not among the entries behind the ones they follow, the first before all others of the notebook. */
function withNew(entries: readonly Entry[], now: readonly Entry[], { name }: Opened): readonly Entry[] {
  const all = [...entries]
  for (const [index, entry] of now.entries()) {
    if (all.includes(entry)) continue
    const before = now[index - 1]
    const at = before ? all.indexOf(before) + 1 : all.findIndex(({ notebook }) => notebook === name)
    all.splice(at, 0, entry)
  }
  return all
}
