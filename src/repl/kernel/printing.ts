import { byteCount } from '../../engine/text/byte-count.js'
import { cellLabel } from '../cells/cell-error.js'
import type { SessionEvent } from '../protocol.js'
import { displayText } from './cell-end.js'
import { OutputBudget } from './output-budget.js'

/** Passes on what cells print, as far as anyone can take it in. */
export class Printing {
  readonly #budgets = new Map<number, OutputBudget>()
  readonly #emit: (event: SessionEvent) => void
  readonly #stop: (cell: number) => 'cell' | 'what it left running'

  /** @param stop stops a cell that does nothing but print, or what it left running; says which */
  constructor(emit: (event: SessionEvent) => void, stop: (cell: number) => 'cell' | 'what it left running') {
    this.#emit = emit
    this.#stop = stop
  }

  print(cell: number, stream: 'out' | 'err', text: string): void {
    const now = performance.now()
    const budget = this.#budgets.get(cell) ?? new OutputBudget(now)
    this.#budgets.set(cell, budget)
    const printed = budget.take(text, now)
    if (printed.text !== '') this.#emit({ type: 'cell.console', cell, stream, text: displayedLines(printed.text) })
    if (printed.begins)
      this.#warn(`${cellLabel(cell)} prints faster than it can be shown: from here on some is left out.`)
    if (printed.runaway && this.#stop(cell) === 'what it left running')
      this.#warn(`${cellLabel(cell)} printed without end: what it left running is stopped.`)
  }

  /** The cell has ended: says how much of what it printed is missing. */
  ended(cell: number): void {
    const leftOut = this.#budgets.get(cell)?.leftOut() ?? 0
    if (leftOut > 0) this.#warn(`${cellLabel(cell)}: ${byteCount(leftOut)} of what it printed are left out.`)
  }

  #warn(text: string): void {
    this.#emit({ type: 'note', level: 'warning', text })
  }
}

/** As it may be shown; that a line has ended stays, since what is printed next goes on where this ends. */
const displayedLines = (text: string): string => displayText(text) + (text.endsWith('\n') ? '\n' : '')
