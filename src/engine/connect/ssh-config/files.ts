import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { type ConfigLine, configLines } from './lines.js'

/** Configuration files as they are on the disk, each read once. */
export class ConfigFiles {
  readonly #lines = new Map<string, readonly ConfigLine[]>()
  readonly #globs = new Map<string, readonly string[]>()

  /** The lines of a file; none when it is not there. @throws {Error} when it cannot be read. */
  lines(file: string): readonly ConfigLine[] {
    const known = this.#lines.get(file)
    if (known) return known
    const lines = configLines(readIfThere(file), file)
    this.#lines.set(file, lines)
    return lines
  }

  /** The paths that an absolute path with the wildcards of glob(7) stands for, in order; without wildcards, itself. */
  glob(path: string): readonly string[] {
    const known = this.#globs.get(path)
    if (known) return known
    const paths = expandGlob(path)
    this.#globs.set(path, paths)
    return paths
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

function expandGlob(path: string): readonly string[] {
  if (!/[*?[]/.test(path)) return [path]
  let found: string[] = [sep]
  for (const part of path.split(sep).filter(Boolean)) {
    const pattern = /[*?[]/.test(part) ? segmentPattern(part) : undefined
    found = found.flatMap(folder =>
      pattern === undefined
        ? [join(folder, part)]
        : entries(folder)
            .filter(({ name }) => pattern.test(name) && (part.startsWith('.') || !name.startsWith('.')))
            .map(({ name }) => join(folder, name)),
    )
  }
  return found.sort()
}

/** One part of a path; a bracket that is never closed stands for itself. */
function segmentPattern(part: string): RegExp {
  const source = part.replace(/\*+|\?|\[(!?)(\]?[^\]]*)\]|./gs, (found, not: string | undefined, set: string) => {
    if (found.startsWith('*')) return '.*'
    if (found === '?') return '.'
    if (set === undefined) return found.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
    return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`
  })
  try {
    return new RegExp(`^${source}$`, 's')
  } catch {
    // A set such as [z-a] fits nothing.
    return /(?!)/
  }
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
