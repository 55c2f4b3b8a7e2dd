import { listSessions, type SessionPlace } from '../../journal/place.js'
import { readJournal } from '../../journal/read.js'
import type { SessionRecord } from '../protocol.js'
import { CHANGE_RECORDS, type RecordedChange, RecordedChanges, type RecordedCommand } from './recorded-changes.js'

/** The changes that sessions made, and what could not be read of them. */
export interface ReadChanges {
  readonly changes: readonly RecordedChange[]
  readonly commands: readonly RecordedCommand[]
  /** One sentence for each session that is damaged. */
  readonly problems: readonly string[]
}

/**
 * The changes of all sessions of a history, oldest first; a journal's big texts are read only where a change holds them.
 *
 * @param from only those from this session on
 */
export async function readChanges(history: string, from?: string): Promise<ReadChanges> {
  const sessions = listSessions(history)
  const first = from === undefined ? 0 : sessions.findIndex(({ session }) => session === from)
  const gathered = new RecordedChanges()
  const problems: string[] = []
  for (const place of sessions.slice(Math.max(0, first))) problems.push(...(await readInto(gathered, place)))
  return { changes: gathered.changes, commands: gathered.commands, problems }
}

async function readInto(gathered: RecordedChanges, { session, directory }: SessionPlace): Promise<string[]> {
  gathered.begin(session)
  try {
    for await (const entry of readJournal(directory)) {
      if (entry.kind === 'broken')
        return [`${session} is damaged from line ${entry.line} of ${entry.file} on: ${entry.reason}.`]
      if (entry.kind !== 'record' || !CHANGE_RECORDS.has(entry.type)) continue
      // a journal holds what the kernel wrote: its types are those of the protocol
      gathered.see((await entry.restore()) as SessionRecord)
    }
    return []
  } catch (error) {
    return [`${session} cannot be read: ${error instanceof Error ? error.message : String(error)}`]
  }
}
