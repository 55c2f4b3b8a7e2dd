import type ts from 'typescript'
import type { EditedText } from '../cells/position-map.js'
import { counts } from './faults.js'
import type { SessionFiles } from './files.js'
import { declarationsOf } from './folded.js'

/** So many that a question does not wait long for them. */
const FOLDED_AT_ONCE = 20

/** A cell as the type checker has it. */
export interface CommittedCell {
  readonly cell: number
  readonly source: string
  readonly virtual: EditedText
}

/** The files of a session's cells: whole, or folded to what others see of them. */
export class CommittedCells {
  readonly #files: Pick<SessionFiles, 'write' | 'remove'>
  readonly #cells = new Map<string, CommittedCell>()
  /** Files of cells that are as they were committed, oldest first. */
  readonly #whole = new Set<string>()
  /** Declarations that stand for a cell, by its file. */
  readonly #folded = new Map<string, string>()

  constructor(files: Pick<SessionFiles, 'write' | 'remove'>) {
    this.#files = files
  }

  add(file: string, cell: CommittedCell): void {
    this.#files.write(file, cell.virtual.text)
    this.#cells.set(file, cell)
    this.#whole.add(file)
  }

  get(file: string): CommittedCell | undefined {
    return this.#cells.get(file)
  }

  /**
   * Leaves of some cells, those committed first, only what others see of them, so that it is not inferred again for each draft.
   * @returns whether there are more
   */
  fold(compiler: typeof ts, service: ts.LanguageService): boolean {
    const next = [...this.#whole].slice(0, FOLDED_AT_ONCE)
    const folded = next.flatMap(file => {
      this.#whole.delete(file)
      const text = declarationsOf(compiler, service, file)
      return text === undefined ? [] : [{ file, text }]
    })
    for (const { file, text } of folded) this.#files.write(file, text)
    // what does not hold by itself stays as it was
    for (const { file, text } of folded) {
      if (service.getSemanticDiagnostics(file).some(({ code }) => counts(code))) this.#unfold(file)
      else this.#folded.set(file, text)
    }
    return this.#whole.size > 0
  }

  /** Does something while every cell has its code: places are in it. */
  unfolded<T>(run: () => T): T {
    for (const file of this.#folded.keys()) this.#unfold(file)
    try {
      return run()
    } finally {
      for (const [file, text] of this.#folded) this.#files.write(file, text)
    }
  }

  forget(): void {
    for (const file of this.#cells.keys()) this.#files.remove(file)
    this.#cells.clear()
    this.#whole.clear()
    this.#folded.clear()
  }

  #unfold(file: string): void {
    const cell = this.#cells.get(file)
    if (cell) this.#files.write(file, cell.virtual.text)
  }
}
