import { createRequire } from 'node:module'
import type ts from 'typescript'

/**
 * TypeScript itself. By `require`: an `import` would first search all of its nine megabytes for the names it exports,
 * which takes twice as long as running it.
 */
export function loadTypeScript(): typeof ts {
  return createRequire(import.meta.url)('typescript')
}
