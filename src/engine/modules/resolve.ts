import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { UserCompilerOptions } from './tsconfig.js'

/** Source extensions tried, in TypeScript's order, for an import without one. */
const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json']

/** TypeScript sources that an import of a JavaScript file may mean: `./x.js` in the text, `x.ts` on disk. */
const SOURCES_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['.js', ['.ts', '.tsx']],
  ['.jsx', ['.tsx']],
  ['.mjs', ['.mts']],
  ['.cjs', ['.cts']],
])

/**
 * The user's own file that an import names, or `undefined` when it names a package (or nothing).
 *
 * @param specifier as written: relative, absolute, `file:` URL, or an alias from tsconfig's `paths`
 * @param from directory of the importing file
 */
export function resolveUserFile(
  specifier: string,
  from: string,
  options: Pick<UserCompilerOptions, 'paths' | 'pathsBase'> = {},
): string | undefined {
  if (isFileSpecifier(specifier)) return existing(toPath(specifier, from))
  for (const target of aliasTargets(specifier, options)) {
    const file = existing(target)
    if (file !== undefined && !file.split(path.sep).includes('node_modules')) return file
  }
  return undefined
}

/** Whether an import names a file rather than a package. */
export function isFileSpecifier(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier) || path.isAbsolute(specifier) || specifier.startsWith('file:')
}

function toPath(specifier: string, from: string): string {
  return specifier.startsWith('file:') ? fileURLToPath(specifier) : path.resolve(from, specifier)
}

function existing(target: string): string | undefined {
  const file = candidates(target).find(isFile)
  return file === undefined ? undefined : realpathSync(file)
}

function candidates(target: string): string[] {
  const extension = path.extname(target)
  const stem = target.slice(0, target.length - extension.length)
  return [
    ...(SOURCES_OF.get(extension) ?? []).map(source => stem + source),
    target,
    ...EXTENSIONS.map(added => target + added),
    `${target}.d.ts`,
    ...EXTENSIONS.map(added => path.join(target, `index${added}`)),
  ]
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}

/** https://www.typescriptlang.org/tsconfig/#paths: an exact name first, else the pattern with the longest prefix before `*`. */
function aliasTargets(specifier: string, options: Pick<UserCompilerOptions, 'paths' | 'pathsBase'>): string[] {
  const { paths = {}, pathsBase = '.' } = options
  const matches = Object.keys(paths)
    .map(pattern => ({ pattern, star: matchPattern(pattern, specifier) }))
    .filter(match => match.star !== undefined)
    .sort((a, b) => prefixLength(b.pattern) - prefixLength(a.pattern))
  const best = matches[0]
  if (!best) return []
  return (paths[best.pattern] ?? []).map(target =>
    path.resolve(
      pathsBase,
      target.replace('*', () => best.star ?? ''),
    ),
  )
}

function matchPattern(pattern: string, specifier: string): string | undefined {
  const [prefix = '', suffix] = pattern.split('*')
  if (suffix === undefined) return pattern === specifier ? '' : undefined
  const fits =
    specifier.startsWith(prefix) && specifier.endsWith(suffix) && specifier.length >= prefix.length + suffix.length
  return fits ? specifier.slice(prefix.length, specifier.length - suffix.length) : undefined
}

function prefixLength(pattern: string): number {
  return pattern.includes('*') ? pattern.indexOf('*') : Number.POSITIVE_INFINITY
}
