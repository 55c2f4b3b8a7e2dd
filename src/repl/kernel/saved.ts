import { basename, dirname } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { spokenPath } from '../../engine/modules/compiler.js'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import { foldNames } from '../../engine/nodeset/fold.js'
import { notebookPath } from '../../journal/place.js'
import * as operations from '../../operations/index.js'
import { arrangedCells } from '../notebook/arranged.js'
import { notebookFromSession } from '../notebook/from-session.js'
import { saveNotebook } from '../notebook/notebook-file.js'
import { promptNames } from '../notebook/prompt-names.js'
import { cellsFromRecords } from '../notebook/session-cells.js'
import type { SessionEvent } from '../protocol.js'
import type { NotebookBeside } from './notebook-beside.js'
import type { SessionLog } from './session-log.js'

/** What is saved of a session besides its cells. */
export interface SavedSession {
  readonly inventory: string
  /** The pattern of the focus that it ends with, and its hosts. */
  readonly focus: string
  readonly focused: readonly string[]
  readonly hosts: readonly string[]
  readonly groups: ReadonlyMap<string, readonly string[]>
  readonly directory: string
  /** The notebook that was opened beside it. */
  readonly beside: NotebookBeside | undefined
  /** Records that it was saved. */
  emit(event: SessionEvent): void
}

/**
 * Writes the session's cells as a notebook; into the one that was opened, when it is that, or no name is given.
 *
 * @returns its path, for a sentence
 * @throws {UsageError}
 */
export async function saveSession(log: SessionLog, name: string, session: SavedSession): Promise<string> {
  const { beside, directory, inventory, focus } = session
  const isBeside = beside !== undefined && (name === '' || notebookPath(log.history, name) === beside.path)
  if (isBeside) {
    await beside.save(log, focusText(session, beside.focus ?? '*'))
    return spokenPath(beside.path, directory)
  }
  const path = notebookPath(log.history, name === '' ? log.session : name)
  const names = promptNames(Object.keys(operations))
  const cells = arrangedCells(loadTypeScript(), cellsFromRecords(log.records), log.records, names)
  const { notebook, outputs } = notebookFromSession(loadTypeScript(), cells, {
    session: log.session,
    meta: { title: basename(path, '.ts'), inventory, focus },
    promptNames: names,
    move: { from: directory, to: dirname(path) },
    focusText: focusText(session, focus),
  })
  if (notebook.cells.length === 0) throw new UsageError('No cell has run yet: there is nothing to save.')
  const before = log.records.findLast(record => record.type === 'notebook.saved' && record.path === path)
  const wrote = before?.type === 'notebook.saved' ? before.sha256 : undefined
  session.emit({ type: 'notebook.saved', path, sha256: await saveNotebook(path, notebook, outputs, wrote) })
  return spokenPath(path, directory)
}

/** How the focus of a cell is written: by a group where it is one, and not at all where it is that of the notebook. */
function focusText(
  { hosts, groups, focus, focused }: SavedSession,
  ofNotebook: string,
): (hosts: readonly string[]) => string | undefined {
  const isSame = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every(host => b.includes(host))
  const usual = ofNotebook === '*' ? hosts : (groups.get(ofNotebook) ?? (ofNotebook === focus ? focused : undefined))
  return cell => {
    if (cell.length === 0 || (usual && isSame(cell, usual))) return undefined
    if (isSame(cell, hosts)) return '*'
    const group = [...groups].find(([, members]) => isSame(cell, members))?.[0]
    return group ?? foldNames(cell)
  }
}
