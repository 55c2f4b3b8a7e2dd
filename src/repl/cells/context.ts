import { AsyncLocalStorage } from 'node:async_hooks'
import type { Checks } from '../../engine/modules/runtime.js'
import { CellInterrupt } from './cell-error.js'

export type OutputStream = 'stdout' | 'stderr'

/** The cell on whose behalf code runs: also in timers, callbacks and unawaited promises that the cell started. */
export interface CellContext {
  readonly id: number
  /** Aborted when the cell is interrupted. */
  readonly signal: AbortSignal
  /** Whether the cell has not ended: what runs for it now is not just something that it left behind. */
  readonly isRunning: () => boolean
  readonly console: Console
  /** Takes what the cell writes to the process's own outputs. */
  readonly write: (stream: OutputStream, text: string) => void
}

export const cellContext = new AsyncLocalStorage<CellContext>()

/** Runs something that is not on behalf of the cell whose code led to it: what it writes goes to the process's own outputs. */
export function outsideCells<T>(run: () => T): T {
  return cellContext.exit(run)
}

/** The cell that the code calling this runs for; `undefined` outside of any. */
export function currentCell(): CellContext | undefined {
  return cellContext.getStore()
}

/**
 * What stops the code of interrupted cells and of the user files they call: loops and functions while an interruption is asked for,
 * awaits once their cell is aborted.
 */
export function cellChecks(isInterrupting: () => boolean): Checks {
  return {
    step() {
      if (isInterrupting()) throw new CellInterrupt(currentCell()?.id)
    },
    resumed() {
      if (isInterrupting() || currentCell()?.signal.aborted) throw new CellInterrupt(currentCell()?.id)
    },
  }
}
