import { stat } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import { bytePath } from './byte-path.js'
import { localTrouble } from './local-tree.js'
import { fileSource, sourceSum } from './source.js'

/** A file of this machine that is too big to be held in memory, as it is known without that. */
export interface LocalFile {
  /** Absolute. */
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** Checksums by path, each with what the file was like when it was read. */
const known = new Map<string, { readonly as: string; readonly sum: Promise<string> }>()

/**
 * Size and SHA-256 of a local file. A file that has not been touched since is not read again: forty hosts may ask.
 *
 * @throws {UsageError} it cannot be read, or is no file
 */
export async function localFile(path: string): Promise<LocalFile> {
  const place = bytePath(path)
  const stats = await stat(path).catch(error => {
    throw localTrouble(place, 'read', error)
  })
  if (!stats.isFile()) throw new UsageError(`${path} cannot be read on this machine: it is no file.`)
  const as = `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs}`
  const before = known.get(path)
  const entry = before?.as === as ? before : { as, sum: sourceSum(fileSource(place, stats.size), 'sha256') }
  known.set(path, entry)
  try {
    return { path, size: stats.size, sha256: await entry.sum }
  } catch (error) {
    known.delete(path)
    throw error
  }
}
