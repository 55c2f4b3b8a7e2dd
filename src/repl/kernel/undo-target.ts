import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { JOURNAL } from '../../journal/place.js'

/** What is to be taken back. */
export interface UndoTarget {
  readonly session: string
  /** `last`: the last that changed something. */
  readonly cell: number | 'all' | 'last'
}

/**
 * What `:undo` is asked for: nothing, `3`, `all`, `SESSION`, `SESSION/3`, `SESSION/all`.
 *
 * @param session the one it is asked for in
 * @throws {UsageError} for anything else, and for a session that the history does not have
 */
export function undoTarget(argument: string, session: string, history: string): UndoTarget {
  if (argument === '') return { session, cell: 'last' }
  const [, named, part] = /^(?:([^/\s]+)\/)?(\d+|all)$/.exec(argument) ?? []
  const target: UndoTarget =
    part === undefined
      ? { session: argument, cell: 'all' }
      : { session: named ?? session, cell: part === 'all' ? part : Number(part) }
  if (existsSync(join(history, target.session, JOURNAL))) return target
  throw new UsageError(
    `There is no session ${target.session} in ${history}; :undo takes the number of a cell, all, a session, or SESSION/3.`,
  )
}
