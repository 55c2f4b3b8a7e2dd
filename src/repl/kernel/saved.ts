import { basename, dirname, relative } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import { notebookNamed, notebookPath } from '../../journal/place.js'
import * as operations from '../../operations/index.js'
import { arrangedCells } from '../notebook/arranged.js'
import { notebookFromSession } from '../notebook/from-session.js'
import { openNotebook, saveNotebook } from '../notebook/notebook-file.js'
import { promptNames } from '../notebook/prompt-names.js'
import { cellsFromRecords } from '../notebook/session-cells.js'
import type { NotebookCellView } from '../protocol.js'
import type { SessionLog } from './session-log.js'

/** Writes the session's cells as a notebook. Gives its path, relative to the working directory. */
export async function saveSession(
  log: SessionLog,
  name: string,
  session: { inventory: string; focus: string; directory: string },
): Promise<string> {
  const path = notebookPath(log.history, name)
  const names = promptNames(Object.keys(operations))
  const cells = arrangedCells(loadTypeScript(), cellsFromRecords(log.records), log.records, names)
  const { notebook, outputs } = notebookFromSession(loadTypeScript(), cells, {
    session: log.session,
    meta: { title: basename(path, '.ts'), inventory: session.inventory, focus: session.focus },
    promptNames: names,
    move: { from: session.directory, to: dirname(path) },
  })
  if (notebook.cells.length === 0) throw new UsageError('No cell has run yet: there is nothing to save.')
  await saveNotebook(path, notebook, outputs)
  return relative(session.directory, path)
}

/** A notebook opened beside the session, as a front end shows it. */
export interface OpenedNotebook {
  readonly name: string
  readonly title: string
  readonly cells: SavedCells
  readonly views: readonly NotebookCellView[]
  readonly problems: readonly string[]
}

/** Opens a notebook by its name under history/, or by its path. @throws {UsageError} */
export async function openSaved(history: string, name: string): Promise<OpenedNotebook> {
  const path = notebookNamed(history, name)
  const { notebook, cells, problems } = await openNotebook(path)
  const code = cells.filter(cell => cell.kind === 'code')
  const shown = cells.filter(cell => cell.kind === 'code' || cell.kind === 'markdown')
  const views = shown.map((cell): NotebookCellView => {
    const number = code.indexOf(cell) + 1
    return {
      ...(number > 0 ? { number } : {}),
      source: cell.source,
      ...(cell.latest ? { end: cell.latest.end } : {}),
      stale: cell.stale,
    }
  })
  return {
    name: basename(path, '.ts'),
    title: notebook.meta.title ?? basename(path, '.ts'),
    cells: new SavedCells(code.map(cell => cell.source)),
    views,
    problems,
  }
}

/** The code cells of an open notebook, and which of them comes next. */
export class SavedCells {
  readonly #sources: readonly string[]
  #next = 0

  constructor(sources: readonly string[]) {
    this.#sources = sources
  }

  /**
   * The source of the next cell, or of cell `number`, from 1; the one after it is next then.
   *
   * @throws {UsageError} when there is none
   */
  take(number?: string): string {
    const index = number === undefined ? this.#next : Number(number) - 1
    const source = this.#sources[index]
    if (source === undefined) {
      throw new UsageError(
        number === undefined
          ? 'That was the last cell of the notebook.'
          : `The notebook has cells 1 to ${this.#sources.length}, and no cell ${number}.`,
      )
    }
    this.#next = index + 1
    return source
  }
}
