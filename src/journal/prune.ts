import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { listSessions, type SessionPlace } from './place.js'
import { isBeingWritten } from './writer.js'

/** What of a history is kept; a session goes when any of these says so. */
export interface Keeping {
  /** Milliseconds since the epoch: sessions that were last written before go. */
  readonly since?: number
  /** So many of the newest sessions at most. */
  readonly most?: number
  /** So many bytes at most, the newest sessions first. */
  readonly bytes?: number
}

/** A session with what it takes. */
export interface StoredSession extends SessionPlace {
  readonly bytes: number
  /** When it was last written, milliseconds since the epoch. */
  readonly written: number
}

/** What pruning would remove, oldest first. Sessions that are being held stay. */
export function prunable(history: string, { since, most, bytes }: Keeping): StoredSession[] {
  let kept = 0
  let size = 0
  const gone = listSessions(history)
    .filter(({ directory }) => !isBeingWritten(directory))
    .map(stored)
    .reverse()
    .filter(session => {
      kept += 1
      size += session.bytes
      return (
        (since !== undefined && session.written < since) ||
        (most !== undefined && kept > most) ||
        (bytes !== undefined && size > bytes)
      )
    })
  return gone.reverse()
}

/**
 * Removes a session from a history, whole or not at all: what was begun to be removed is no session any more. Notebooks that were
 * saved of it stay, and so does a session that somebody has begun to write since it was chosen.
 *
 * @returns whether it is gone
 */
export function removeSession(history: string, { session, directory }: SessionPlace): boolean {
  if (isBeingWritten(directory)) return false
  const doomed = join(history, `.${session}${REMOVED}`)
  try {
    renameSync(directory, doomed)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false // another did it
    throw error
  }
  rmSync(doomed, { recursive: true, force: true })
  return true
}

/** Removes what is left of sessions whose removal was cut short. */
export function removeRemains(history: string): void {
  if (!existsSync(history)) return
  for (const name of readdirSync(history))
    if (name.startsWith('.') && name.endsWith(REMOVED)) rmSync(join(history, name), { recursive: true, force: true })
}

/** How the name of a session ends that is being removed. */
const REMOVED = '.removed'

function stored(place: SessionPlace): StoredSession {
  const files = filesBelow(place.directory).map(path => statSync(path))
  return {
    ...place,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    written: Math.max(0, ...files.map(({ mtimeMs }) => mtimeMs)),
  }
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesBelow(join(directory, entry.name)) : [join(directory, entry.name)],
  )
}
