import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type ts from 'typescript'
import { readUserCompilerOptions } from '../../engine/modules/tsconfig.js'
import type { LanguageOptions } from './requests.js'

/** How cells are type-checked: strictly, as ES modules, with the types of Node that muster brings. */
export function compilerOptions(compiler: typeof ts, { cwd, packages }: LanguageOptions): ts.CompilerOptions {
  const { paths = {}, pathsBase = cwd } = readUserCompilerOptions(cwd)
  const userPaths = Object.entries(paths).map(([name, targets]) => [
    name,
    targets.map(target => path.resolve(pathsBase, target)),
  ])
  const ownPaths = Object.entries(packages).map(([name, file]) => [name, [file]])
  return {
    target: compiler.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: compiler.ModuleKind.Preserve,
    moduleResolution: compiler.ModuleResolutionKind.Bundler,
    strict: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: typeRoots(cwd),
    paths: Object.fromEntries([...userPaths, ...ownPaths]),
  }
}

function typeRoots(cwd: string): string[] {
  const own = path.dirname(path.dirname(createRequire(import.meta.url).resolve('@types/node/package.json')))
  return [path.join(cwd, 'node_modules', '@types'), own].filter(root => existsSync(root))
}
