import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * A file that is made once, to be read by every later start: good for one build of muster in one place, and one Node. Its name tells
 * which: `KIND-HASH.blob`.
 */
export interface MadeFile {
  readonly kind: string
  /** Sixteen hexadecimal digits, of all that it depends on. */
  readonly hash: string
}

/** Milliseconds after which nobody works on a draft any more. */
const ABANDONED = 3_600_000

const nameOf = ({ kind, hash }: MadeFile): string => `${kind}-${hash}.blob`

/** Where it lies, in the first folder that has one that nobody but the person and root may have written: what is in it is run. */
export function usableFile(made: MadeFile, folders: readonly string[]): string | undefined {
  return folders.map(folder => join(folder, nameOf(made))).find(isOurs)
}

/**
 * Makes it, whole or not at all, and removes those of other builds that are there.
 *
 * @param write writes it to a file of another name, and may leave more beside that whose names go on behind a dot
 * @returns where it is
 */
export async function makeFile(
  made: MadeFile,
  folder: string,
  write: (draft: string) => Promise<void>,
): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = nameOf(made)
  const [file, draft] = [join(folder, name), `.${name}.${process.pid}`]
  try {
    await write(join(folder, draft))
    chmodSync(join(folder, draft), 0o644)
    renameSync(join(folder, draft), file)
  } finally {
    // the draft of another process may begin with this one's number
    for (const left of readdirSync(folder))
      if (left === draft || left.startsWith(`${draft}.`)) rmSync(join(folder, left), { force: true })
  }
  const mine = new RegExp(`^${made.kind}-[0-9a-f]{16}\\.blob$`)
  // what somebody who was killed in the midst of it left behind
  const drafts = new RegExp(`^\\.${made.kind}-[0-9a-f]{16}\\.blob\\.\\d`)
  for (const other of readdirSync(folder))
    if ((mine.test(other) && other !== name) || (drafts.test(other) && isAbandoned(join(folder, other))))
      rmSync(join(folder, other), { force: true })
  return file
}

/**
 * Runs Node to make such a file.
 *
 * @param signal it has time, and may be stopped
 */
export async function runNode(args: readonly string[], signal?: AbortSignal): Promise<void> {
  const making = promisify(execFile)(process.execPath, args, { env: {}, ...(signal ? { signal } : {}) })
  if (signal) yieldToOthers(making.child.pid)
  await making
}

function yieldToOthers(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // where that may not be set it is made all the same
  }
}

function isAbandoned(draft: string): boolean {
  const status = statSync(draft, { throwIfNoEntry: false })
  return status !== undefined && Date.now() - status.mtimeMs > ABANDONED
}

function isOurs(file: string): boolean {
  const status = statSync(file, { throwIfNoEntry: false })
  return status !== undefined && [0, process.getuid?.()].includes(status.uid) && (status.mode & 0o022) === 0
}
