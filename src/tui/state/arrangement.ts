import type { SessionRecord } from '../../repl/protocol.js'
import type { Effect } from './message.js'
import type { Notebook } from './notebook.js'
import type { View } from './view.js'

/** The cells of the session as they stand on the screen, for what is saved and exported. */
const cellsOf = ({ entries }: Notebook): readonly number[] => entries.flatMap(({ cell }) => cell ?? [])

/** What has moved or gone is told to the session, which saves it so. */
export function arranged(before: View, after: View): readonly Effect[] {
  const { arranged: now } = after.notebook
  return now === before.notebook.arranged ? [] : [{ kind: 'arrange', cells: cellsOf(after.notebook) }]
}

/** The notebook with another order, which counts from now on. */
export const rearranged = (notebook: Notebook, entries: Notebook['entries']): Notebook => ({
  ...notebook,
  entries,
  arranged: notebook.arranged + 1,
})

/** Puts a cell that has begun where the person wanted it. */
export function placed(view: View, records: readonly SessionRecord[]): View {
  const { sentTo: place } = view.prompt
  const begun = records.find(record => record.type === 'cell.start')
  if (!place || begun?.type !== 'cell.start') return view
  const prompt = { ...view.prompt, sentTo: undefined }
  const entry = view.notebook.entries.find(({ cell }) => cell === begun.cell)
  const others = view.notebook.entries.filter(each => each !== entry)
  const at = others.findIndex(({ id }) => id === place.beside)
  if (!entry || at < 0) return { ...view, prompt }
  const from = place.where === 'below' ? at + 1 : at
  const entries = others.toSpliced(from, place.where === 'instead' ? 1 : 0, entry)
  return { ...view, prompt, notebook: rearranged(view.notebook, entries) }
}
