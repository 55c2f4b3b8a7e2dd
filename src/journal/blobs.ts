import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MusterError } from '../engine/errors.js'
import type { Disk } from './disk.js'
import { writeAtomically } from './file.js'

/** Longer texts (in bytes of UTF-8) are kept beside the journal. */
export const INLINE_BYTES = 16 * 1024

/** What stands in the journal for a text that is kept beside it. */
export interface BlobReference {
  /** SHA-256 of the text in UTF-8, in hexadecimal: the blob's file name. */
  readonly $blob: string
  readonly bytes: number
}

/** What stands in the journal for a text that was too much for it: its beginning, and what it was. */
export interface CutText {
  readonly $cut: { readonly head: string; readonly bytes: number; readonly sha256: string }
}

/** Most bytes that a journal keeps beside itself, and of one text. */
export interface BlobLimits {
  readonly text: number
  readonly all: number
}

const LIMITS: BlobLimits = { text: 32 * 1024 * 1024, all: 1024 * 1024 * 1024 }

/** How the text of a {@link CutText} ends when it is read back. */
const CUT_END = /‹\d+ bytes in all; the rest was too much for the journal›$/

/** Whether a text read back from a journal is not all that was written. */
export function isCut(text: string): boolean {
  return CUT_END.test(text)
}

/** Marks an object that only looks like a reference. */
interface Verbatim {
  readonly $verbatim: Readonly<Record<string, unknown>>
}

/** The texts of a journal that are too big for its lines: one file each, named by its content. */
export class Blobs {
  readonly #directory: string
  readonly #limits: BlobLimits
  readonly #disk: Disk | undefined
  /** Bytes kept; `undefined` until the first one is. */
  #kept: number | undefined

  /**
   * @param directory where the blobs are kept; made when the first one is
   * @param disk brings them to the disk; left out for reading
   */
  constructor(directory: string, disk?: Disk, limits: BlobLimits = LIMITS) {
    this.#directory = directory
    this.#disk = disk
    this.#limits = limits
  }

  /** Plain data with every big text replaced by a reference; the texts are on disk when it returns. */
  take(value: unknown): unknown {
    if (typeof value === 'string') return isBig(value) ? this.#keep(value) : value
    if (Array.isArray(value)) return value.map(item => this.take(item))
    if (!isPlain(value)) return value
    const taken = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.take(item)]))
    return isMarked(value) ? ({ $verbatim: taken } satisfies Verbatim) : taken
  }

  /** The opposite of {@link take}. @throws {MusterError} when a blob is missing or is not what was written. */
  async restore(value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map(item => this.restore(item)))
    if (!isPlain(value)) return value
    if (isVerbatim(value)) return this.#restoreFields(value.$verbatim)
    if (isReference(value)) return this.read(value)
    if (isCutText(value))
      return `${value.$cut.head}\n‹${value.$cut.bytes} bytes in all; the rest was too much for the journal›`
    return this.#restoreFields(value)
  }

  /** The text of one blob. @throws {MusterError} when it is missing or is not what was written. */
  async read({ $blob: hash }: BlobReference): Promise<string> {
    const text = await readFile(join(this.#directory, hash), 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new MusterError(`The journal's blob ${hash.slice(0, 12)}… cannot be read: ${error.code ?? error.message}.`)
    })
    if (hashOf(text) !== hash)
      throw new MusterError(`The journal's blob ${hash.slice(0, 12)}… is not what was written: it was changed.`)
    return text
  }

  async #restoreFields(value: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const fields = Object.entries(value).map(async ([key, item]) => [key, await this.restore(item)] as const)
    return Object.fromEntries(await Promise.all(fields))
  }

  #keep(text: string): BlobReference | CutText {
    const hash = hashOf(text)
    const bytes = Buffer.byteLength(text)
    const path = join(this.#directory, hash)
    if (!existsSync(path)) {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
      this.#kept ??= sizeOf(this.#directory)
      if (bytes > this.#limits.text || this.#kept + bytes > this.#limits.all)
        return { $cut: { head: headOf(text), bytes, sha256: hash } }
      writeAtomically(path, text)
      this.#kept += bytes
      this.#disk?.blob(path)
    }
    return { $blob: hash, bytes }
  }
}

function sizeOf(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}

/** Its beginning, not ending within a surrogate pair. */
function headOf(text: string): string {
  return text.slice(0, INLINE_BYTES / 4).replace(/[\ud800-\udbff]$/, '')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

function isBig(text: string): boolean {
  if (text.length * 3 <= INLINE_BYTES || Buffer.byteLength(text) <= INLINE_BYTES) return false
  // half a surrogate pair has no UTF-8: such a text would not come back as it was
  return Buffer.from(text, 'utf8').toString('utf8') === text
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value)
}

function isMarked(value: object): boolean {
  return '$blob' in value || '$verbatim' in value || '$cut' in value
}

function isVerbatim(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & Verbatim {
  return isPlain(value.$verbatim)
}

function isReference(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & BlobReference {
  return typeof value.$blob === 'string' && /^[0-9a-f]{64}$/.test(value.$blob) && typeof value.bytes === 'number'
}

function isCutText(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & CutText {
  const { $cut: cut } = value
  return isPlain(cut) && typeof cut.head === 'string' && typeof cut.bytes === 'number' && typeof cut.sha256 === 'string'
}
