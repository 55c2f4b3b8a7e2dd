import { randomBytes } from 'node:crypto'
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

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
