import { stripVTControlCharacters } from 'node:util'
import { foldNames } from '../../engine/nodeset/fold.js'
import { NOTE, proseOf } from '../../repl/notebook/prose.js'
import { answerLines } from '../document/answer-lines.js'
import { changeLines } from '../document/change-lines.js'
import { saidBy } from '../document/host-answers.js'
import { hostLine, hostLines } from '../document/host-text.js'
import { themeFor } from '../document/theme.js'
import { setText } from '../editor/insert.js'
import { rearranged } from './arrangement.js'
import type { CellPlace } from './cell-place.js'
import { moveInCells, showPlace } from './cells.js'
import type { Entry } from './entry.js'
import { isRunning } from './entry.js'
import { type Action, keySaid } from './keymap.js'
import type { Next } from './next.js'
import { leaveCells } from './panes-order.js'
import { withEditor, withGivenWay } from './prompt.js'
import { enter } from './queue.js'
import type { View } from './view.js'

const only = (view: View): Next => ({ view, effects: [] })

/** What can be done with the cell under the cursor. */
export function performOnCell(view: View, action: Action): Next | undefined {
  const entry = view.notebook.entries.find(({ id }) => id === view.cells.cursor?.entry)
  switch (action) {
    case 'edit cell':
      return entry ? editCell(view, entry) : only(view)
    case 'run again':
      return entry ? runAgain(view, entry) : only(view)
    case 'delete cell':
      return entry ? deleteCell(view, entry) : only(view)
    case 'insert above':
      return entry ? insertAt(view, { beside: entry.id, where: 'above' }, '') : only(view)
    case 'insert below':
      return entry ? insertAt(view, { beside: entry.id, where: 'below' }, '') : only(view)
    case 'write note':
      return entry ? insertAt(view, { beside: entry.id, where: 'below' }, NOTE) : only(view)
    case 'move cell up':
      return entry ? only(moveCell(view, entry, -1)) : only(view)
    case 'move cell down':
      return entry ? only(moveCell(view, entry, 1)) : only(view)
    case 'copy':
      return entry ? copy(view, copied(view, entry)) : only(view)
    case 'copy hosts':
      return entry ? copy(view, hostsOf(view, entry)) : only(view)
    default:
      return undefined
  }
}

/** What is written next goes beside a cell. */
function insertAt(view: View, place: CellPlace, text: string): Next {
  const prompt = { ...withEditor(view.prompt, setText(view.prompt.editor, text)), place }
  return only({ ...withGivenWay(leaveCells(view)), active: 'prompt', prompt })
}

/** Puts the source into the prompt: run from there it is a new cell, for what has happened stays as it was. */
function editCell(view: View, { id, source, cell, saved }: Entry): Next {
  if (proseOf(source) !== undefined) return insertAt(view, { beside: id, where: 'instead' }, source)
  const text = cell === undefined && saved === undefined ? `:${source}` : source
  const prompt = withEditor(view.prompt, setText(view.prompt.editor, text))
  return only({ ...withGivenWay(view), active: 'prompt', prompt, cells: { cursor: undefined, top: 'end' } })
}

function runAgain(view: View, { source, cell, saved }: Entry): Next {
  if (source === '' || proseOf(source) !== undefined) return only(view)
  if (cell === undefined && saved === undefined)
    return only({
      ...view,
      notice: `A command is not run again from here: ${keySaid(view.keymap, 'cells', 'edit cell')} puts it into the prompt.`,
    })
  return enter({ ...view, active: 'prompt' }, { source, force: false, place: undefined })
}

/** Takes an entry off the screen, when the key is pressed again: it stays in the journal. */
function deleteCell(view: View, entry: Entry): Next {
  if (isRunning(entry))
    return only({
      ...view,
      notice: `It is still running: ${keySaid(view.keymap, 'everywhere', 'interrupt')} stops it.`,
    })
  const name = entry.cell === undefined ? 'this' : `cell ${entry.cell}`
  if (view.cells.deleting !== entry.id)
    return only({
      ...view,
      cells: { ...view.cells, deleting: entry.id },
      notice: `Again takes ${name} off the screen and out of what is saved; the journal keeps it.`,
    })
  const { entries } = view.notebook
  const index = entries.indexOf(entry)
  const next = entries[index + 1] ?? entries[index - 1]
  const left = {
    ...view,
    notebook: rearranged(
      view.notebook,
      entries.filter(each => each !== entry),
    ),
  }
  if (!next) return only({ ...left, active: 'prompt', cells: { cursor: undefined, top: 'end' } })
  const cursor = { entry: next.id, stop: { kind: 'source' } } as const
  return only(moveInCells(showPlace({ ...left, cells: { cursor, top: left.cells.top } }, cursor), 0))
}

/** Exchanges an entry with the one before or after it, on the screen. */
function moveCell(view: View, entry: Entry, by: 1 | -1): View {
  const { entries } = view.notebook
  const index = entries.indexOf(entry)
  const other = entries[index + by]
  if (!other) return view
  const moved = entries.with(index, other).with(index + by, entry)
  const next = { ...view, notebook: rearranged(view.notebook, moved) }
  return view.cells.cursor ? showPlace(next, view.cells.cursor) : next
}

function copy(view: View, text: string): Next {
  if (text === '') return only({ ...view, notice: 'There is nothing to copy here.' })
  const lines = text.split('\n').length
  const what = lines === 1 ? hostLine(text.slice(0, 60)) : `${lines} lines`
  return { view: { ...view, notice: `Copied ${what}.` }, effects: [{ kind: 'copy', text }] }
}

/** What the cursor stands on, as text: a source, an answer, a diff. */
function copied(view: View, entry: Entry): string {
  const stop = view.cells.cursor?.stop
  if (stop?.kind === 'result group') {
    const group = entry.end?.kind === 'ok' && entry.end.value.kind === 'results' && entry.end.value.groups[stop.group]
    return group ? plain(group.changes?.length ? answerLines(group, themeFor(false)) : hostLines(group.text)) : ''
  }
  if (stop?.kind === 'result host') return plain(saidBy(entry, stop.host))
  if (stop?.kind === 'plan group' || stop?.kind === 'plan step') {
    const { changes = [], reason = '' } = entry.plans[stop.plan]?.groups[stop.group] ?? {}
    const shown = stop.kind === 'plan step' ? changes.slice(stop.step, stop.step + 1) : changes
    return plain(shown.length > 0 ? changeLines(shown, themeFor(false)) : hostLines(reason))
  }
  return plain(entry.source.split('\n'))
}

const plain = (lines: readonly string[]): string => lines.map(stripVTControlCharacters).join('\n')

/** The hosts of what the cursor stands on, as a node set. */
function hostsOf(view: View, entry: Entry): string {
  const stop = view.cells.cursor?.stop
  if (stop?.kind === 'result host') return stop.host
  if (stop?.kind === 'plan group' || stop?.kind === 'plan step')
    return foldNames(entry.plans[stop.plan]?.groups[stop.group]?.hosts ?? [])
  if (entry.end?.kind !== 'ok') return ''
  const { value } = entry.end
  if (value.kind === 'fleet') return foldNames(value.hosts)
  if (value.kind !== 'results') return ''
  if (stop?.kind === 'result group') return foldNames(value.groups[stop.group]?.hosts ?? [])
  return foldNames(value.groups.flatMap(({ hosts }) => hosts))
}
