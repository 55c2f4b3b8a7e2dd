import { closeSync, constants, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MusterError } from '../engine/errors.js'
import { type BlobLimits, Blobs } from './blobs.js'
import { Disk } from './disk.js'
import { removeDrafts, writeAll } from './file.js'
import { GENESIS, readLine, SCHEMA, writeLine } from './line.js'
import { BLOBS, JOURNAL, journalFile, journalFiles } from './place.js'
import { claimWriting, endWriting, isBeingWritten } from './writer.js'

/** What can be journaled: plain data that says what happened and when. Redacted before it comes here. */
export interface JournalRecord {
  readonly type: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Records that never end and say nothing afterwards. */
const UNJOURNALED: ReadonlySet<string> = new Set(['host.latency', 'task.progress', 'task.output'])

/** Records of what is about to be done to hosts, or was: they are brought to the disk at once. */
const URGENT: ReadonlySet<string> = new Set(['approval.given', 'change.start', 'change.applied', 'change.failed'])

/** The journal cannot be written: what happens from now on is not recorded. */
export class JournalError extends MusterError {
  override readonly name = 'JournalError'
}

export interface JournalOptions {
  /** Bytes after which the journal goes on in another file; default 32 MiB. */
  readonly fileBytes?: number
  readonly blobs?: BlobLimits
  readonly disk?: Disk
}

/**
 * The append-only record of a session. A record is in the hands of the operating system (write(2)) when {@link append} returns, so
 * that whatever is shown after it survives kill -9 of this process. It is brought to the disk behind it, within a second, and at
 * once where hosts are changed; nobody waits for that.
 *
 * @example
 * const journal = Journal.open(session.directory)
 * emit = event => { const record = { ...event, at: Date.now() }; journal.append(record); show(record) }
 */
export class Journal {
  readonly #directory: string
  readonly #fileBytes: number
  readonly #disk: Disk
  readonly #blobs: Blobs
  /** Number of the file that is written, from 1. */
  #number: number
  #path: string
  #fd: number
  #seq: number
  #hash: string
  #size: number

  /**
   * Begins the journal of a session, or goes on with it. What a killed process left half-written at its end is taken off: it was
   * never shown.
   *
   * @param directory the session's own folder
   * @throws {JournalError} when it cannot be written, another process writes it, or what is there is not a journal
   */
  static open(directory: string, options: JournalOptions = {}): Journal {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return attempt(join(directory, JOURNAL), () => {
      if (isBeingWritten(directory))
        throw new JournalError(
          `The journal in ${directory} is being written by another session; start one of your own.`,
        )
      return new Journal(directory, options)
    })
  }

  private constructor(directory: string, { fileBytes = 32 * 1024 * 1024, blobs, disk = new Disk() }: JournalOptions) {
    this.#directory = directory
    this.#fileBytes = fileBytes
    this.#disk = disk
    this.#blobs = new Blobs(join(directory, BLOBS), disk, blobs)
    const files = journalFiles(directory)
    this.#number = files.length
    this.#path = journalFile(directory, this.#number)
    // before there is anything that could be taken for a session that nobody holds
    claimWriting(directory)
    try {
      this.#fd = openToAppend(this.#path)
      const { seq, hash, size, torn } = lastLine(files)
      this.#seq = seq
      this.#hash = hash
      this.#size = size
      this.#begin(torn)
    } catch (error) {
      endWriting(directory)
      throw error
    }
  }

  #begin(torn: number): void {
    const directory = this.#directory
    for (const own of [directory, join(directory, BLOBS)]) removeDrafts(own, 0)
    this.#disk.blob(this.#path) // a new file: its folder is brought to the disk, too
    if (torn > 0) ftruncateSync(this.#fd, this.#size)
    const at = Date.now()
    this.append(this.#seq === 0 ? journalStart(at) : journalResume(at, torn))
  }

  /**
   * Records what happened.
   *
   * @throws {JournalError} when it cannot be written (a full disk); the journal stays whole and the next record may succeed
   */
  append(record: JournalRecord): void {
    if (UNJOURNALED.has(record.type)) return
    attempt(this.#path, () => {
      if (this.#size >= this.#fileBytes) this.#goOn()
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
      this.#disk.line(this.#path, URGENT.has(record.type))
    })
  }

  /** Resolves when all of it is on the disk. */
  flush(): Promise<void> {
    return this.#disk.flush()
  }

  close(): void {
    closeSync(this.#fd)
    endWriting(this.#directory)
    void this.#disk.flush()
  }

  #goOn(): void {
    const path = journalFile(this.#directory, this.#number + 1)
    const fd = openToAppend(path)
    closeSync(this.#fd)
    this.#number += 1
    this.#path = path
    this.#fd = fd
    this.#size = 0
    this.#disk.blob(path)
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
  /** What is written from here on is of this version of the format. */
  readonly schema: number
}

const journalStart = (at: number): JournalStart => ({ type: 'journal.start', at, schema: SCHEMA })
const journalResume = (at: number, torn: number): JournalResume => ({
  type: 'journal.resume',
  at,
  torn,
  schema: SCHEMA,
})

function openToAppend(path: string): number {
  const { O_APPEND, O_CREAT, O_RDWR } = constants
  return openSync(path, O_APPEND | O_CREAT | O_RDWR, 0o600)
}

/** Where to go on: the next number, the hash to chain to, and how much of the last file is whole. */
function lastLine(files: readonly string[]): { seq: number; hash: string; size: number; torn: number } {
  const path = files.at(-1) ?? ''
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const [size, torn] = [Buffer.byteLength(whole), Buffer.byteLength(text) - Buffer.byteLength(whole)]
  const former = files.at(-2)
  const lines = `${former === undefined ? '' : readFileSync(former, 'utf8')}${whole}`.split('\n')
  const last = lines.at(-2)
  if (last === undefined) return { seq: 0, hash: GENESIS, size, torn }
  const before = lines.length > 2 ? /"hash":"([0-9a-f]{64})"\}$/.exec(lines.at(-3) ?? '')?.[1] : GENESIS
  const seq = Number(/^\{"seq":(\d+),/.exec(last)?.[1])
  const read = readLine(last, before ?? '', files.length > 2 ? seq : lines.length - 2)
  if (!read.ok) throw new JournalError(`${path} cannot be continued: of its last line, ${read.reason}.`)
  return { seq: read.line.seq + 1, hash: read.line.hash, size, torn }
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
