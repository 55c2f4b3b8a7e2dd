import { join } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { GUARDS, type InventorySpec } from '../../engine/inventory/spec.js'
import type { JournalRecord } from '../journal.js'
import { readWhole } from '../read.js'

/** A recorded session, to be looked at and asked again. */
export interface Recording {
  readonly session: string
  /** Its hosts and groups as they were; addresses are kept, how they were logged in to is not. */
  readonly inventory: InventorySpec
  /** Where the inventory came from: `inventory.ts`. */
  readonly source: string
  readonly directory: string
  readonly records: readonly JournalRecord[]
  readonly moments: readonly Moment[]
  /** One sentence for each thing that is wrong with the record. */
  readonly problems: readonly string[]
}

/** The end of a cell: a place in the time of a session. */
export interface Moment {
  readonly cell: number
  readonly source: string
  /** When the cell began, milliseconds since the epoch. */
  readonly at: number
  /** How many records had been written by then. */
  readonly records: number
}

/**
 * Reads a recorded session whole.
 *
 * @param directory the session's own folder
 * @throws {UsageError} when there is none, or it ended before it had begun
 */
export async function readRecording(directory: string): Promise<Recording> {
  const { records, problems } = await readWhole(directory)
  const start = records.find(isStart)
  if (!start)
    throw new UsageError(`The session in ${join(directory)} ended before it had begun: there is nothing to replay.`)
  const names = new Set(start.hosts.map(({ name }) => name))
  return {
    session: start.session,
    source: start.inventory,
    directory: start.directory,
    inventory: {
      hosts: Object.fromEntries(
        start.hosts.map(({ name, address, guard }) => [
          name,
          { connector: 'replay', address, guard: GUARDS.find(each => each === guard) ?? 'confirm' },
        ]),
      ),
      groups: Object.fromEntries(
        Object.entries(start.groups).map(([group, hosts]) => [group, { hosts: hosts.filter(host => names.has(host)) }]),
      ),
    },
    records,
    moments: momentsOf(records),
    problems,
  }
}

function momentsOf(records: readonly JournalRecord[]): Moment[] {
  const begun = new Map<number, { source: string; at: number }>()
  return records.flatMap((record, index): Moment[] => {
    if (!isCell(record)) return []
    if (record.type === 'cell.start') begun.set(record.cell, { source: record.source ?? '', at: record.at })
    const cell = begun.get(record.cell)
    return record.type === 'cell.end' && cell ? [{ cell: record.cell, ...cell, records: index + 1 }] : []
  })
}

interface Start extends JournalRecord {
  readonly session: string
  readonly inventory: string
  readonly directory: string
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly guard: string }[]
  readonly groups: Readonly<Record<string, readonly string[]>>
}

// a journal holds what its kernel wrote: a record's type tells its fields
const isStart = (record: JournalRecord): record is Start => record.type === 'session.start'

interface Cell extends JournalRecord {
  readonly cell: number
  readonly source?: string
}

const isCell = (record: JournalRecord): record is Cell => record.type === 'cell.start' || record.type === 'cell.end'
