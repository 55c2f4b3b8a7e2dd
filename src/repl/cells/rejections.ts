import { sourceFrames } from '../../engine/modules/stack-trace.js'
import { type CellError, cellError } from './cell-error.js'
import { currentCell } from './context.js'

/**
 * Reports rejections that nobody handles and exceptions in callbacks, with the cell that started them where that can be told:
 * from the asynchronous context they come from, else from their stack. Returns what stops it.
 */
export function watchRejections(report: (error: CellError | undefined, thrown: unknown) => void): () => void {
  const onUncaught = (thrown: unknown) => {
    const cell = currentCell()?.id ?? cellInStack(thrown)
    report(cell === undefined ? undefined : cellError(cell, thrown), thrown)
  }
  process.on('unhandledRejection', onUncaught)
  process.on('uncaughtException', onUncaught)
  return () => {
    process.off('unhandledRejection', onUncaught)
    process.off('uncaughtException', onUncaught)
  }
}

function cellInStack(thrown: unknown): number | undefined {
  for (const { source } of sourceFrames(thrown)) {
    const id = /^cell (\d+)$/.exec(source)?.[1]
    if (id !== undefined) return Number(id)
  }
  return undefined
}
