import { type BigIntStats, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** A small file as it was found. */
export interface SmallFile {
  readonly stats: BigIntStats
  /** What is in it. @throws {NodeJS.ErrnoException} */
  text(): string | Promise<string>
}

/**
 * Looks at a small file on this machine, such as a key. A regular file is read on the spot, which for a hundred hosts at once costs a
 * fraction of what the thread pool takes; anything else (`<(…)` of a shell is a pipe) may keep its reader waiting and is left to the pool.
 *
 * @returns nothing where there is no such file.
 * @throws {NodeJS.ErrnoException}
 */
export function smallFile(path: string): SmallFile | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (!stats) return undefined
  return { stats, text: () => (stats.isFile() ? readFileSync(path, 'utf8') : readFile(path, 'utf8')) }
}
