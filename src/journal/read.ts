import { createReadStream } from 'node:fs'
import { basename, join } from 'node:path'
import { MusterError, UsageError } from '../engine/errors.js'
import { Blobs } from './blobs.js'
import type { JournalRecord } from './journal.js'
import { GENESIS, readLine, SCHEMA } from './line.js'
import { migrated } from './migrate.js'
import { BLOBS, JOURNAL, journalFiles } from './place.js'

/** A journal as it is read back, in order. */
export type JournalEntry =
  | {
      readonly kind: 'record'
      readonly seq: number
      readonly type: string
      readonly at: number
      /** The record whole; big texts are read from their blobs only now. @throws {MusterError} when one is missing or changed. */
      restore(): Promise<JournalRecord>
    }
  /** The last line was being written when its process was killed. */
  | { readonly kind: 'torn'; readonly file: string; readonly line: number; readonly bytes: number }
  /** From here on the journal is not what was written: reading ends. */
  | { readonly kind: 'broken'; readonly file: string; readonly line: number; readonly reason: string }

/**
 * Reads a session's journal, a record at a time, and checks its chain of hashes. What is wrong with it is an entry, not an exception.
 *
 * @param directory the session's own folder
 * @throws {UsageError} when there is no journal, or it was written by a later version of muster
 */
export async function* readJournal(directory: string): AsyncGenerator<JournalEntry, void, void> {
  const blobs = new Blobs(join(directory, BLOBS))
  let previous = GENESIS
  let seq = 0
  let schema = SCHEMA
  for await (const { text, whole, file, line } of linesOf(journalFiles(directory))) {
    if (!whole) {
      yield { kind: 'torn', file, line, bytes: Buffer.byteLength(text) }
      return
    }
    const read = readLine(text, previous, seq)
    const record = read.ok ? read.line.record : undefined
    if (!read.ok || !isRecord(record)) {
      yield { kind: 'broken', file, line, reason: read.ok ? 'it holds no record' : read.reason }
      return
    }
    if (seq === 0 || record.type === 'journal.resume') schema = schemaOf(directory, record, schema)
    const version = schema
    yield { kind: 'record', seq, type: record.type, at: record.at, restore: () => restore(blobs, record, version) }
    previous = read.line.hash
    seq += 1
  }
}

/** A journal read whole. */
export interface JournalContent {
  readonly records: readonly JournalRecord[]
  /** One sentence for each thing that is wrong with it. */
  readonly problems: readonly string[]
}

/**
 * Reads a session's journal whole, big texts included.
 *
 * @throws {UsageError} when there is none, or it was written by a later version of muster
 */
export async function readWhole(directory: string): Promise<JournalContent> {
  const records: JournalRecord[] = []
  const problems: string[] = []
  for await (const entry of readJournal(directory)) {
    if (entry.kind === 'record') {
      try {
        records.push(await entry.restore())
      } catch (error) {
        if (!(error instanceof MusterError)) throw error
        problems.push(`Record ${entry.seq} is left out: ${error.message}`)
      }
    } else problems.push(problemText(entry))
  }
  return { records, problems }
}

function problemText(entry: Exclude<JournalEntry, { kind: 'record' }>): string {
  const place = `Line ${entry.line}${entry.file === JOURNAL ? '' : ` of ${entry.file}`}`
  return entry.kind === 'torn'
    ? `${place} was cut off when its process was killed; nothing of it had been shown.`
    : `${place} and what follows is left out: ${entry.reason}.`
}

async function restore(blobs: Blobs, record: JournalRecord, schema: number): Promise<JournalRecord> {
  const whole = await blobs.restore(record)
  if (!isRecord(whole)) throw new MusterError('A record of the journal lost its type.')
  return migrated(whole, schema)
}

function isRecord(value: unknown): value is JournalRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'at' in value &&
    typeof value.at === 'number'
  )
}

/** The version of the format in which the lines from here on are written. */
function schemaOf(directory: string, record: JournalRecord, before: number): number {
  // the first version did not say it again where a session went on
  const schema = 'schema' in record ? record.schema : record.type === 'journal.resume' ? before : undefined
  if (typeof schema === 'number' && schema <= SCHEMA) return schema
  throw new UsageError(
    `${join(directory, JOURNAL)} was written by a later version of muster (format ${schema}, this one reads ${SCHEMA}).`,
  )
}

interface FileLine {
  readonly text: string
  readonly whole: boolean
  /** Name of the file. */
  readonly file: string
  /** Its number in the file, from 1. */
  readonly line: number
}

/** The lines of files, one after the other; a file's last is not whole when no line end follows it. */
async function* linesOf(paths: readonly string[]): AsyncGenerator<FileLine> {
  for (const path of paths) {
    const file = basename(path)
    let rest = ''
    let line = 0
    try {
      for await (const chunk of createReadStream(path, 'utf8')) {
        const lines = (rest + String(chunk)).split('\n')
        rest = lines.pop() ?? ''
        for (const text of lines) yield { text, whole: true, file, line: ++line }
      }
    } catch (error) {
      if (isMissing(error)) throw new UsageError(`There is no journal ${path}.`)
      throw error
    }
    if (rest !== '') yield { text: rest, whole: false, file, line: line + 1 }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
