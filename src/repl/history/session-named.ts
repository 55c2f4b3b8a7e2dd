import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { JOURNAL, listSessions, notebookPath } from '../../journal/place.js'
import { openNotebook } from '../notebook/notebook-file.js'

/** Below a history: journals kept under the names of their notebooks, to be shared with them. They are no sessions of this history. */
const TRANSCRIPTS = 'transcripts'

/**
 * The session of a name, or that which a notebook was saved from, or else the transcript kept beside it; `last` is the latest.
 *
 * @throws {UsageError} when there is no such session, or its journal is gone
 */
export async function sessionNamed(history: string, name: string): Promise<string> {
  if (existsSync(join(history, name, JOURNAL))) return name
  const last = listSessions(history).at(-1)
  if (name === 'last' && last) return last.session
  const path = notebookPath(history, name)
  if (existsSync(path)) {
    const { session } = (await openNotebook(path)).notebook.meta
    if (session !== undefined && existsSync(join(history, session, JOURNAL))) return session
    const transcript = join(TRANSCRIPTS, name)
    if (existsSync(join(history, transcript, JOURNAL))) return transcript
    throw new UsageError(
      `The notebook ${name} is there, but not the journal of its session${session === undefined ? '' : ` ${session}`}.`,
    )
  }
  throw new UsageError(
    `There is no session or notebook ${name} in ${history}${last ? `; the latest session is ${last.session}.` : '.'}`,
  )
}
