import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import { matchesWildcard } from './wildcard.js'

/** A `Host` or `Match` block of an ssh_config, or what stands before the first one (patterns `*`). */
export interface ConfigBlock {
  /** `match`: a Match block, whose condition only `ssh` itself can judge. */
  readonly patterns: readonly string[] | 'match'
  /** Keyword (lower case) and argument text of each line. */
  readonly lines: readonly (readonly [keyword: string, argument: string])[]
}

/** How deep Include may nest; OpenSSH's own limit. */
const DEEPEST_INCLUDE = 16

/** The user's and the system's ssh_config. */
export function defaultConfigFiles(): string[] {
  return [join(homedir(), '.ssh', 'config'), '/etc/ssh/ssh_config']
}

/**
 * Reads the blocks of an ssh_config, following Include, without judging them.
 * Relative Include paths are taken from the folder of the first file, `~` is the home directory (ssh_config(5)).
 */
export function scanSshConfig(file: string, base = dirname(file), depth = 0): ConfigBlock[] {
  if (depth > DEEPEST_INCLUDE || !existsSync(file)) return []
  const blocks: ConfigBlock[] = []
  let patterns: ConfigBlock['patterns'] = ['*']
  let lines: (readonly [string, string])[] = []
  const close = () => {
    if (lines.length > 0 || patterns === 'match' || patterns[0] !== '*') blocks.push({ patterns, lines })
    lines = []
  }
  for (const [keyword, argument] of configLines(readFileSync(file, 'utf8'))) {
    if (keyword === 'host' || keyword === 'match') {
      close()
      patterns = keyword === 'match' ? 'match' : words(argument)
    } else if (keyword === 'include') {
      close()
      for (const pattern of words(argument)) {
        for (const path of expandGlob(includePath(pattern, base))) blocks.push(...scanSshConfig(path, base, depth + 1))
      }
    } else lines.push([keyword, argument])
  }
  close()
  return blocks
}

/**
 * The hosts an ssh_config names: the aliases of its Host lines, in order, without wildcards and negations.
 * @param file default: the user's `~/.ssh/config`.
 * @example
 * sshConfigHosts('./ssh_config') // ['web-1', 'web-2', 'db-1']
 */
export function sshConfigHosts(file = join(homedir(), '.ssh', 'config')): string[] {
  const aliases = scanSshConfig(file).flatMap(block => (block.patterns === 'match' ? [] : block.patterns))
  return [...new Set(aliases.filter(alias => !/[*?!]/.test(alias)))]
}

function* configLines(text: string): Iterable<readonly [string, string]> {
  for (const raw of text.split(/\r?\n/)) {
    const found = raw.match(/^\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)(.*?)\s*$/)
    if (found?.[1] && found[2] !== undefined) yield [found[1].toLowerCase(), found[2]]
  }
}

function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

function includePath(pattern: string, base: string): string {
  return pattern.startsWith('~/') ? join(homedir(), pattern.slice(2)) : resolve(base, pattern)
}

function expandGlob(path: string): string[] {
  if (!/[*?]/.test(path)) return [path]
  let found: string[] = [sep]
  for (const part of path.split(sep).filter(Boolean)) {
    found = found.flatMap(folder =>
      /[*?]/.test(part)
        ? entries(folder)
            .filter(entry => matchesWildcard(part, entry.name) && (part.startsWith('.') || !entry.name.startsWith('.')))
            .map(entry => join(folder, entry.name))
        : [join(folder, part)],
    )
  }
  return found.sort()
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
