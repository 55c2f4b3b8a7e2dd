/**
 * Whether a path of a tree is left out. A pattern without `/` means a name at any depth; one with `/` a path from the top of
 * the tree. `*` and `?` stop at `/`, `**` does not; a directory left out takes along all it holds.
 *
 * @example
 * const isExcluded = excluding(['*.log', 'build/cache'])
 * isExcluded('a/b.log') // true
 * isExcluded('src/build/cache') // false
 */
export function excluding(patterns: readonly string[]): (path: string) => boolean {
  const tests = patterns.map(pattern => {
    const bare = pattern.replace(/^\//, '').replace(/\/$/, '')
    const anchored = bare.includes('/') || pattern.startsWith('/')
    return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${glob(bare)}$`, 's')
  })
  return path => tests.some(test => test.test(path))
}

function glob(pattern: string): string {
  return pattern.replace(/\*\*\/?|[*?]|[^*?]+/g, part => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  })
}
