import { closeSync, constants, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MusterError } from '../engine/errors.js'
import { Blobs } from './blobs.js'
import { writeAll } from './file.js'
import { GENESIS, readLine, SCHEMA, writeLine } from './line.js'
import { BLOBS, JOURNAL } from './place.js'

/** What can be journaled: plain data that says what happened and when. Redacted before it comes here. */
export interface JournalRecord {
  readonly type: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Records that never end and say nothing afterwards. */
const UNJOURNALED: ReadonlySet<string> = new Set(['host.latency', 'task.progress'])

/** The journal cannot be written: what happens from now on is not recorded. */
export class JournalError extends MusterError {
  override readonly name = 'JournalError'
}

/**
 * The append-only record of a session. A record is in the hands of the operating system (write(2)) when {@link append} returns, so
 * that whatever is shown after it survives kill -9 of this process; it is not waited for the disk.
 *
 * @example
 * const journal = Journal.open(session.directory)
 * emit = event => { const record = { ...event, at: Date.now() }; journal.append(record); show(record) }
 */
export class Journal {
  readonly path: string
  readonly #fd: number
  readonly #blobs: Blobs
  #seq: number
  #hash: string
  #size: number

  /**
   * Begins the journal of a session, or goes on with it. What a killed process left half-written at its end is taken off: it was
   * never shown.
   *
   * @param directory the session's own folder
   * @throws {JournalError} when it cannot be written, or what is there is not a journal
   */
  static open(directory: string): Journal {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const path = join(directory, JOURNAL)
    return attempt(path, () => {
      const { O_APPEND, O_CREAT, O_RDWR } = constants
      return new Journal(path, openSync(path, O_APPEND | O_CREAT | O_RDWR, 0o600), new Blobs(join(directory, BLOBS)))
    })
  }

  private constructor(path: string, fd: number, blobs: Blobs) {
    this.path = path
    this.#fd = fd
    this.#blobs = blobs
    const { seq, hash, size, torn } = lastLine(path, readFileSync(fd, 'utf8'))
    this.#seq = seq
    this.#hash = hash
    this.#size = size
    if (torn > 0) ftruncateSync(fd, size)
    const at = Date.now()
    this.append(seq === 0 ? journalStart(at) : journalResume(at, torn))
  }

  /**
   * Records what happened.
   *
   * @throws {JournalError} when it cannot be written (a full disk); the journal stays whole and the next record may succeed
   */
  append(record: JournalRecord): void {
    if (UNJOURNALED.has(record.type)) return
    attempt(this.path, () => {
      const { text, hash } = writeLine(this.#hash, this.#seq, this.#blobs.take(record))
      const bytes = Buffer.from(`${text}\n`)
      try {
        writeAll(this.#fd, bytes)
      } catch (error) {
        ftruncateSync(this.#fd, this.#size)
        throw error
      }
      this.#seq += 1
      this.#hash = hash
      this.#size += bytes.length
    })
  }

  close(): void {
    closeSync(this.#fd)
  }
}

interface JournalStart extends JournalRecord {
  readonly type: 'journal.start'
  readonly schema: number
}

interface JournalResume extends JournalRecord {
  readonly type: 'journal.resume'
  /** Bytes of a half-written line that were taken off. */
  readonly torn: number
}

const journalStart = (at: number): JournalStart => ({ type: 'journal.start', at, schema: SCHEMA })
const journalResume = (at: number, torn: number): JournalResume => ({ type: 'journal.resume', at, torn })

/** Where to go on: the next number, the hash to chain to, and how much of the file is whole. */
function lastLine(path: string, text: string): { seq: number; hash: string; size: number; torn: number } {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const torn = Buffer.byteLength(text) - Buffer.byteLength(whole)
  const lines = whole.split('\n')
  const last = lines.at(-2)
  if (last === undefined) return { seq: 0, hash: GENESIS, size: 0, torn }
  const before = lines.length > 2 ? /"hash":"([0-9a-f]{64})"\}$/.exec(lines.at(-3) ?? '')?.[1] : GENESIS
  const read = readLine(last, before ?? '', lines.length - 2)
  if (!read.ok) throw new JournalError(`${path} cannot be continued: of its last line, ${read.reason}.`)
  return { seq: read.line.seq + 1, hash: read.line.hash, size: Buffer.byteLength(whole), torn }
}

function attempt<T>(path: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    if (error instanceof MusterError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new JournalError(`The journal ${path} cannot be written (${reason}); what happens is not recorded.`)
  }
}
