import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Writes all of it: write(2) may take less than it was given. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}

/**
 * Puts a file in place whole or not at all: whoever reads it finds the old content or the new, also after kill -9.
 *
 * @param mode permission bits of the file; default 0600
 */
export function writeAtomically(path: string, content: string | Uint8Array, mode = 0o600): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const fd = openSync(draft, 'wx', mode)
  try {
    writeAll(fd, Buffer.from(content))
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
  renameSync(draft, path)
}

/** How drafts are called; see {@link writeAtomically}. */
const DRAFT = /\.[0-9a-f]{12}\.tmp$/

/**
 * Removes what a killed process left of files that it was about to put in place.
 *
 * @param age only those older than this, milliseconds: a younger one may be another process's, at work
 */
export function removeDrafts(directory: string, age: number): void {
  if (!existsSync(directory)) return
  for (const name of readdirSync(directory)) {
    if (!DRAFT.test(name)) continue
    const path = join(directory, name)
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (written !== undefined && Date.now() - written >= age) rmSync(path, { force: true })
  }
}
