import { createRequire } from 'node:module'
import type * as tsNode from 'ts-node'
import type ts from 'typescript'

/**
 * TypeScript itself. By `require`: an `import` would first search all of its nine megabytes for the names it exports,
 * which takes twice as long as running it.
 */
export function loadTypeScript(): typeof ts {
  return createRequire(import.meta.url)('typescript')
}

/** ts-node, which brings TypeScript's compiler to run code. */
export function loadTsNode(): typeof tsNode {
  return createRequire(import.meta.url)('ts-node')
}

/** Known without loading it. */
export const TYPESCRIPT_VERSION: string = createRequire(import.meta.url)('typescript/package.json').version
