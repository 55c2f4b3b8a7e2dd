import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

/** Identity of a file's content as it was read. */
export interface Stamp {
  /** Changes with every write, also of the same length within a timer's tick or with the time set back. */
  readonly status: string
  readonly hash: string
}

/** Reads a source file together with its stamp; without a byte order mark, and with `#!` made a comment. */
export function readStamped(file: string): { readonly text: string; readonly stamp: Stamp } {
  const status = statusOf(file)
  const bytes = readFileSync(file)
  return {
    text: bytes
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .replace(/^#!/, '//'),
    stamp: { status, hash: hashOf(bytes) },
  }
}

/** Whether a file still holds what it held; a file that was only touched does. */
export function isFresh(file: string, stamp: Stamp): boolean {
  try {
    return statusOf(file) === stamp.status || hashOf(readFileSync(file)) === stamp.hash
  } catch {
    return false
  }
}

function statusOf(file: string): string {
  const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
  return [ino, size, mtimeNs, ctimeNs].join(':')
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}
