import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type * as tsNode from 'ts-node'
import type ts from 'typescript'
import { requireCompiled } from './code-cache.js'
import { cacheFolder } from './compile-cache.js'
import { type MadeFile, usableFile } from './made-file.js'

const require = createRequire(import.meta.url)

/** Known without loading it. */
export const TYPESCRIPT_VERSION: string = require('typescript/package.json').version

/**
 * TypeScript itself. By `require`: an `import` would first search all of its nine megabytes for the names it exports,
 * which takes twice as long as running it.
 */
export function loadTypeScript(): typeof ts {
  const file = require.resolve('typescript')
  if (require.cache[file] === undefined) {
    const code = usableTypeScriptCode()
    try {
      if (code !== undefined) requireCompiled(file, code)
    } catch {
      // it went, or may not be read: without it this only takes longer
    }
  }
  return require(file)
}

/** ts-node, which brings TypeScript's compiler to run code. */
export function loadTsNode(): typeof tsNode {
  return require('ts-node')
}

/** Where the code that V8 made of TypeScript lies, if it does. */
export function usableTypeScriptCode(): string | undefined {
  return usableFile(typeScriptCode(), [fileURLToPath(new URL('.', import.meta.url)), typeScriptCodeFolder()])
}

/** Its folder in the cache of the person. */
export const typeScriptCodeFolder = (): string => cacheFolder('code')

/** Another Node or TypeScript have other code; V8 itself knows sources by their length alone. */
export function typeScriptCode(): MadeFile {
  const file = require.resolve('typescript')
  const what = [process.version, process.arch, TYPESCRIPT_VERSION, file, String(statSync(file).size)]
  return { kind: 'typescript', hash: createHash('sha256').update(what.join('\0')).digest('hex').slice(0, 16) }
}
