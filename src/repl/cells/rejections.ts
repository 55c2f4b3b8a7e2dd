import { isProxy } from 'node:util/types'
import { sourceFrames } from '../../engine/modules/stack-trace.js'
import { type CellError, CellInterrupt, cellError } from './cell-error.js'
import { currentCell } from './context.js'

/**
 * Reports rejections that nobody handles and exceptions in callbacks, with the cell that started them where that can be told:
 * from the asynchronous context they come from, else from what was thrown. Returns what stops it.
 */
export function watchRejections(report: (error: CellError | undefined, thrown: unknown) => void): () => void {
  const onUncaught = (thrown: unknown) => {
    const cell = currentCell()?.id ?? cellOf(thrown)
    report(cell === undefined ? undefined : cellError(cell, thrown), thrown)
  }
  process.on('unhandledRejection', onUncaught)
  process.on('uncaughtException', onUncaught)
  return () => {
    process.off('unhandledRejection', onUncaught)
    process.off('uncaughtException', onUncaught)
  }
}

function cellOf(thrown: unknown): number | undefined {
  // a microtask that throws has no context any more
  if (!isProxy(thrown) && thrown instanceof CellInterrupt && thrown.cell !== undefined) return thrown.cell
  for (const { source } of sourceFrames(thrown)) {
    const id = /^cell (\d+)$/.exec(source)?.[1]
    if (id !== undefined) return Number(id)
  }
  return undefined
}
