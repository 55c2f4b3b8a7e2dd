import { relative, sep } from 'node:path'
import { DeclinedError } from '../../engine/errors.js'
import { CellError, cellLabel } from '../cells/cell-error.js'
import { displayOf } from '../display.js'
import { hasFailures } from '../has-failures.js'
import type { CellEnd, ErrorView } from '../protocol.js'

/**
 * How something ended that a cell does.
 *
 * @param signal aborted when the cell is interrupted
 * @param directory what the files of frames are named from
 */
export async function endOf(run: () => Promise<unknown>, signal: AbortSignal, directory: string): Promise<CellEnd> {
  try {
    const value = await run()
    return { kind: 'ok', value: displayOf(value instanceof Promise ? await value : value) }
  } catch (thrown) {
    const cause = thrown instanceof CellError ? thrown.cause : thrown
    if (cause instanceof DeclinedError) return { kind: 'declined', text: cause.message }
    if (signal.aborted || (thrown instanceof CellError && thrown.kind === 'interrupted')) return { kind: 'interrupted' }
    return { kind: 'error', error: errorView(thrown, directory) }
  }
}

/** The end of a cell that muster itself stopped. */
export function stoppedEnd(reason: string): CellEnd {
  return { kind: 'error', error: { name: 'Error', message: `stopped: ${reason}`, frames: [] } }
}

/** Whether a cell that ended well has hosts on which it did not. */
export function failedSomewhere(end: CellEnd): boolean {
  return end.kind === 'ok' && hasFailures(end.value)
}

/** A text as it may be shown. */
export function displayText(text: string): string {
  const display = displayOf(text)
  return display.kind === 'text' ? display.text : ''
}

function errorView(thrown: unknown, directory: string): ErrorView {
  if (!(thrown instanceof CellError))
    return { name: 'Error', message: thrown instanceof Error ? thrown.message : String(thrown), frames: [] }
  const { line, column, reason, frames, cause } = thrown
  return {
    name: cause instanceof Error ? cause.name : thrown.name,
    message: displayText(reason),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    frames: frames
      .filter(frame => !(frame.source === cellLabel(thrown.cell) && frame.line === line && frame.column === column))
      .map(frame => `${nameFrom(directory, frame.source)}:${frame.line}:${frame.column}`),
  }
}

/** A file by its path from a directory that it is in; all else as it is. */
function nameFrom(directory: string, source: string): string {
  return source.startsWith(directory + sep) ? relative(directory, source) : source
}
