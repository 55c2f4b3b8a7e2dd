import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { basename, dirname } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import { writeAtomically } from '../../journal/file.js'
import { notebookNamed } from '../../journal/place.js'
import * as operations from '../../operations/index.js'
import { type AdditionContext, additions, type RanCell } from '../notebook/additions.js'
import { arrangedCells } from '../notebook/arranged.js'
import { editedNotebook } from '../notebook/edit-notebook.js'
import { matchCells } from '../notebook/match-cells.js'
import { mayWrite } from '../notebook/may-write.js'
import { addOutputs, type OpenCell, type OpenNotebook, openNotebook } from '../notebook/notebook-file.js'
import { sourceHash } from '../notebook/outputs.js'
import { promptNames } from '../notebook/prompt-names.js'
import { relocateImports } from '../notebook/relocate.js'
import { cellsFromRecords } from '../notebook/session-cells.js'
import { topLevelBindings } from '../notebook/top-level-bindings.js'
import type { NotebookCellView } from '../protocol.js'
import type { SessionLog } from './session-log.js'

/** How often a notebook's file is looked at, milliseconds. */
const LOOK_MS = 500

/** A cell of the notebook that is to be run. */
export interface CellToRun {
  /** Its number among the code cells, from 1. */
  readonly number: number
  readonly source: string
}

/** Cells to run one after the other. */
export interface CellsToRun {
  readonly cells: readonly CellToRun[]
  /** The number of the one that may change hosts, before which they stop. */
  readonly stopsBefore?: number
}

/** What somebody did to the file of an open notebook. */
export interface OutsideEdit {
  /** Numbers of the code cells that are new or another text. */
  readonly altered: readonly number[]
  /** How many code cells are gone. */
  readonly removed: number
}

/** A saved notebook opened beside the session: its cells wait to be run; what they come to is added to it when it is saved. */
export class NotebookBeside {
  readonly #directory: string
  #opened: OpenNotebook
  /** What each of its cells is known by as long as it is open, whatever becomes of them: numbers, in the order of the cells. */
  #keys: readonly number[]
  #lastKey: number
  #next = 0
  /** Cells of the session that were cells of the notebook, by their numbers. */
  readonly #ran = new Map<number, RanCell>()

  private constructor(opened: OpenNotebook, directory: string) {
    this.#opened = opened
    this.#keys = opened.cells.map((_, index) => index + 1)
    this.#lastKey = opened.cells.length
    this.#directory = directory
  }

  /**
   * @param name its name under history/, or its path
   * @param directory where the session works
   * @throws {UsageError} when it cannot be read
   */
  static async open(history: string, name: string, directory: string): Promise<NotebookBeside> {
    return new NotebookBeside(await openNotebook(notebookNamed(history, name)), directory)
  }

  get path(): string {
    return this.#opened.path
  }

  get name(): string {
    return basename(this.path, '.ts')
  }

  get title(): string {
    return this.#opened.notebook.meta.title ?? this.name
  }

  /** The focus it was saved with. */
  get focus(): string | undefined {
    return this.#opened.notebook.meta.focus
  }

  /** One sentence for each thing that is wrong with it. */
  get problems(): readonly string[] {
    const { conflict, problems } = this.#opened
    return conflict === undefined ? problems : [conflict, ...problems]
  }

  /** Its cells as a front end shows them. */
  get views(): readonly NotebookCellView[] {
    const code = this.#code
    return this.#opened.cells
      .map((cell, index) => ({ cell, key: this.#keys[index] ?? 0 }))
      .filter(({ cell: { kind } }) => kind === 'code' || kind === 'markdown')
      .map(({ cell, key }) => {
        const number = code.indexOf(cell) + 1
        return {
          key,
          ...(number > 0 ? { number } : {}),
          source: cell.source,
          ...(cell.latest ? { end: cell.latest.end } : {}),
          stale: cell.stale,
        }
      })
  }

  /**
   * What is to be run: nothing for the next cell, `3` for that, `from 3`, `rest` for the next and those after it, `all`. Of several,
   * those before the first that may change hosts: such a cell is run alone, when it is asked for.
   *
   * @throws {UsageError} when there is no such cell, or the notebook holds a conflict
   */
  take(wanted: string): CellsToRun {
    if (this.#opened.conflict !== undefined) throw new UsageError(this.#opened.conflict)
    const [, from, digits] = /^(?:(from) +)?(\d+)$/.exec(wanted) ?? []
    if (digits === undefined && !['', 'rest', 'all'].includes(wanted))
      throw new UsageError(`:run takes nothing for the next cell, its number, from N, rest or all, not ${wanted}.`)
    const first = digits === undefined ? (wanted === 'all' ? 0 : this.#next) : Number(digits) - 1
    const code = this.#code
    if (!code[first]) {
      throw new UsageError(
        digits === undefined
          ? 'That was the last cell of the notebook.'
          : `The notebook has cells 1 to ${code.length}, and no cell ${digits}.`,
      )
    }
    const alone = from === undefined && !['rest', 'all'].includes(wanted)
    const writing = alone ? -1 : code.findIndex((cell, i) => i >= first && this.#mayWrite(cell))
    const end = alone ? first + 1 : writing < 0 ? code.length : writing
    this.#next = end
    return {
      cells: code.slice(first, end).map(({ source }, i) => ({ number: first + i + 1, source: this.#moved(source) })),
      ...(writing < 0 ? {} : { stopsBefore: writing + 1 }),
    }
  }

  /** Where bare calls of a cell act, when that is not the session's focus. */
  focusOf(number: number): string | undefined {
    return this.#code[number - 1]?.focus
  }

  /**
   * What there is to say of names that are not there, where cells give them that did not run in this session: the rest of a sentence, by
   * name. What such a cell changed when it ran is taken back from the journal.
   */
  notRun(names: readonly string[]): Readonly<Record<string, string>> {
    const compiler = loadTypeScript()
    const found = this.#code.flatMap((cell, index): [string, string][] => {
      const file = compiler.createSourceFile('cell.ts', cell.source, compiler.ScriptTarget.Latest, true)
      const given = topLevelBindings(compiler, file).map(({ name }) => name)
      const { session, cell: number } = cell.latest ?? {}
      const isUndoable = number !== undefined && this.#mayWrite(cell)
      const back = isUndoable ? `:undo ${session}/${number} takes back what it changed, ` : ''
      const text = `is of cell ${index + 1}, not run here: ${back}:run ${index + 1} runs it`
      return names.filter(name => given.includes(name)).map(name => [name, text])
    })
    return Object.fromEntries(found)
  }

  /** What a cell is known by that is about to be run. */
  asItIs(number: number): RanCell | undefined {
    const cell = this.#code[number - 1]
    return cell && { id: cell.id, hash: sourceHash(cell.source) }
  }

  /** A cell of the session was this one of the notebook. */
  ran(sessionCell: number, cell: RanCell): void {
    this.#ran.set(sessionCell, cell)
  }

  /**
   * Reads the file again, if somebody changed it. The cell that was the next to run still is.
   *
   * @returns `undefined` when the file is as it was
   */
  async look(): Promise<OutsideEdit | undefined> {
    if (textOf(this.path) === this.#opened.text) return undefined
    const before = this.#opened.cells
    const following = this.#code[this.#next]
    const matched = await this.#readAgain()
    const code = this.#code
    const again = code.findIndex(cell => before[matched[this.#opened.cells.indexOf(cell)] ?? -1] === following)
    this.#next = again >= 0 && following ? again : Math.min(this.#next, code.length)
    const isAltered = (cell: OpenCell): boolean =>
      before[matched[this.#opened.cells.indexOf(cell)] ?? -1]?.source !== cell.source
    const known = new Set(matched)
    return {
      altered: code.flatMap((cell, i) => (isAltered(cell) ? [i + 1] : [])),
      removed: before.filter(({ kind }, index) => kind === 'code' && !known.has(index)).length,
    }
  }

  /** @returns for each cell of the file, which it was before */
  async #readAgain(): Promise<readonly (number | undefined)[]> {
    const before = this.#opened.cells
    this.#opened = await openNotebook(this.path)
    const matched = matchCells(before, this.#opened.cells)
    const keys = this.#keys
    this.#keys = matched.map(index => {
      const key = index === undefined ? undefined : keys[index]
      if (key === undefined) this.#lastKey += 1
      return key ?? this.#lastKey
    })
    return matched
  }

  /** Tells when the file may have been changed. @returns what ends that */
  watch(changed: () => void): () => void {
    const { path } = this
    watchFile(path, { interval: LOOK_MS, persistent: false }, changed)
    return () => unwatchFile(path, changed)
  }

  /**
   * Adds to the notebook what came of its cells, and the session's own cells behind them. What is in the file by now stays as it is.
   *
   * @throws {UsageError} when the notebook is gone or holds a conflict
   */
  async save(log: SessionLog, focusText: AdditionContext['focusText']): Promise<void> {
    await this.look()
    if (this.#opened.conflict !== undefined) throw new UsageError(this.#opened.conflict)
    const names = promptNames(Object.keys(operations))
    const cells = arrangedCells(loadTypeScript(), cellsFromRecords(log.records), log.records, names)
    const { edits, outputs } = additions(loadTypeScript(), this.#opened.cells, cells, {
      session: log.session,
      promptNames: names,
      move: { from: this.#directory, to: dirname(this.path) },
      ran: this.#ran,
      focusText,
    })
    await addOutputs(this.path, outputs)
    writeAtomically(this.path, editedNotebook(this.#opened.text, edits), 0o644)
    const before = this.#opened.cells
    await this.#readAgain()
    // cells that got an id are known by it from now on
    for (const [number, { id, hash }] of this.#ran) {
      const place = id === undefined ? before.findIndex(cell => sourceHash(cell.source) === hash) : -1
      if (place >= 0) this.#ran.set(number, { id: this.#opened.cells[place]?.id, hash })
    }
    for (const cell of edits.appended)
      for (const { session, cell: number } of outputs.cells[cell.id ?? ''] ?? [])
        if (session === log.session) this.#ran.set(number, { id: cell.id, hash: sourceHash(cell.source) })
  }

  get #code(): readonly OpenCell[] {
    return this.#opened.cells.filter(({ kind }) => kind === 'code')
  }

  #mayWrite({ source }: OpenCell): boolean {
    return mayWrite(loadTypeScript(), source, new Set(Object.keys(operations)))
  }

  /** As it is written where the session works. */
  #moved(source: string): string {
    return relocateImports(loadTypeScript(), source, { from: dirname(this.path), to: this.#directory })
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
