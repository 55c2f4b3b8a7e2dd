import { dirname, join, resolve } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import type { JournalRecord } from '../../journal/journal.js'
import { historyDirectory } from '../../journal/place.js'
import { readWhole } from '../../journal/read.js'
import * as operations from '../../operations/index.js'
import { sessionNamed } from '../history/session-named.js'
import { cellsFromRecords } from '../notebook/session-cells.js'
import type { SessionRecord } from '../protocol.js'
import { type ExportContext, type ExportedDeploy, exportDeploy } from './export-deploy.js'

/** A deploy made from a recorded session, without its hosts. */
export interface RecordedExport extends ExportedDeploy {
  /** One sentence for each thing that is wrong with the record. */
  readonly problems: readonly string[]
}

/**
 * Makes a deploy of a session that is over, from its journal. No host is asked.
 *
 * @param name the session's name, or that of a notebook saved from it
 * @param target the file the deploy is for: relative imports are written from there
 * @throws {UsageError} when there is no such session
 */
export async function exportRecorded(
  name: string,
  workingDirectory: string,
  target: string | undefined,
  { shellLines = 'keep', reads = 'conditions' }: Pick<ExportContext, 'shellLines' | 'reads'> = {},
): Promise<RecordedExport> {
  const history = historyDirectory(workingDirectory)
  const session = await sessionNamed(history, name)
  const { records, problems } = await readWhole(join(history, session))
  const known = records.filter(isSessionRecord)
  const start = known.find(record => record.type === 'session.start')
  if (start?.type !== 'session.start')
    throw new UsageError(`The session ${session} ended before it had begun: there is nothing to export.`)
  const { default: compiler } = await import('typescript')
  const exported = exportDeploy(compiler, cellsFromRecords(known), {
    session,
    at: Date.now(),
    inventory: { hosts: start.hosts.map(host => host.name), groups: start.groups },
    domains: Object.keys(operations),
    shellLines,
    reads,
    move: {
      from: start.directory,
      to: target === undefined ? start.directory : dirname(resolve(workingDirectory, target)),
    },
  })
  return { ...exported, problems }
}

/** The journal of a session holds what its kernel reported and nothing else, so a record is known by its type. */
function isSessionRecord(record: JournalRecord): record is JournalRecord & SessionRecord {
  return TYPES.test(record.type)
}

const TYPES = /^(?:session|notebook|cell|task|plan|change|approval|host|question|note)(?:\.|$)/
