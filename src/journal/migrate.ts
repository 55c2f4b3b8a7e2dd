import type { JournalRecord } from './journal.js'

/** Brings a record from one version of the format to the next. */
type Migration = (record: JournalRecord) => JournalRecord

/** What leads from a version to the one after it. */
const MIGRATIONS: Readonly<Record<number, Migration>> = { 1: fromFirst }

/** A record of an older version of the format as the present one would have written it. */
export function migrated(record: JournalRecord, schema: number): JournalRecord {
  let [current, version] = [record, schema]
  for (let migrate = MIGRATIONS[version]; migrate; migrate = MIGRATIONS[++version]) current = migrate(current)
  return current
}

/**
 * Version 2 says who held the session, and keeps the way back of a change with its start, under the identity that made it. Version 1
 * kept it with its end and did not say under which identity that was: there it was the login user, or nobody knows.
 */
function fromFirst(record: JournalRecord): JournalRecord {
  return record.type === 'session.start' && !('by' in record) ? { ...record, ...{ by: 'unknown' } } : record
}
