import type { Stats } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import { type BytePath, below, shownPath } from './byte-path.js'
import { excluding } from './exclude.js'

/** What a tree holds, its top first; directories come before what is in them. */
export type TreeEntry =
  | { readonly type: 'file'; readonly path: BytePath; readonly mode: number; readonly size: number }
  | { readonly type: 'directory'; readonly path: BytePath; readonly mode: number }
  | { readonly type: 'link'; readonly path: BytePath; readonly target: Buffer }

export interface Tree {
  /** Paths are relative to the top, which is the empty path. */
  readonly entries: readonly TreeEntry[]
  /** What is neither file, directory nor link, and is not copied. */
  readonly skipped: readonly string[]
}

export interface TreeOptions {
  /** Patterns of what is left out. */
  readonly exclude?: readonly string[]
  /** Copy what links lead to instead of the links. */
  readonly followLinks?: boolean
}

/**
 * Lists a file or directory of this machine. A link given as the top is followed, for it is what it leads to that is meant.
 *
 * @throws {UsageError} something cannot be read
 */
export async function localTree(top: BytePath, { exclude = [], followLinks = false }: TreeOptions): Promise<Tree> {
  const entries: TreeEntry[] = []
  const skipped: string[] = []
  const isExcluded = excluding(exclude)
  const seen = new Set<string>()

  const visit = async (path: BytePath, isTop: boolean): Promise<void> => {
    const full = below(top, path)
    const stats = await readable(full, () => (isTop || followLinks ? stat(full) : lstat(full)))
    const mode = stats.mode & 0o7777
    if (stats.isFile()) entries.push({ type: 'file', path, mode, size: stats.size })
    else if (stats.isSymbolicLink())
      entries.push({ type: 'link', path, target: await readable(full, () => readlink(full, { encoding: 'buffer' })) })
    else if (stats.isDirectory()) await visitDirectory(path, full, stats)
    else skipped.push(shownPath(full))
  }

  const visitDirectory = async (path: BytePath, full: BytePath, stats: Stats): Promise<void> => {
    const place = `${stats.dev}:${stats.ino}`
    if (followLinks && seen.has(place)) throw new UsageError(`${shownPath(full)}: the symbolic links go in a circle.`)
    seen.add(place)
    entries.push({ type: 'directory', path, mode: stats.mode & 0o7777 })
    const names = await readable(full, () => readdir(full, { encoding: 'buffer' }))
    for (const name of names.sort(Buffer.compare)) {
      const inside = path.length === 0 ? name : below(path, name)
      if (!isExcluded(inside.toString('utf8'))) await visit(inside, false)
    }
    seen.delete(place)
  }

  await visit(Buffer.alloc(0), true)
  return { entries, skipped }
}

async function readable<T>(path: BytePath, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw localTrouble(path, 'read', error)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EILSEQ: 'the file system does not take this name',
}

/** What stood in the way of a file of this machine, as a sentence. */
export function localTrouble(path: BytePath, verb: 'read' | 'written', error: unknown): UsageError {
  if (error instanceof UsageError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error))
  return new UsageError(`${shownPath(path)} cannot be ${verb} on this machine: ${reason}.`, { cause: error })
}
