import { existsSync } from 'node:fs'
import path from 'node:path'
import { loadTypeScript } from './typescript.js'

/** The few settings of a user's tsconfig.json that change what their code means when it runs. */
export interface UserCompilerOptions {
  readonly paths?: Readonly<Record<string, readonly string[]>>
  /** Directory that the targets of `paths` are relative to. */
  readonly pathsBase?: string
  readonly experimentalDecorators?: boolean
  readonly emitDecoratorMetadata?: boolean
  readonly jsxImportSource?: string
}

/**
 * Reads the nearest tsconfig.json at or above `cwd`, following `extends`. A missing or broken one is as good as none:
 * muster does not need it.
 */
export function readUserCompilerOptions(cwd: string): UserCompilerOptions {
  const file = findConfigFile(path.resolve(cwd))
  if (file === undefined) return {}
  const compiler = loadTypeScript()
  const { config } = compiler.readConfigFile(file, compiler.sys.readFile)
  // Which files belong to the project does not matter here, and listing them could take long.
  const host = { ...compiler.sys, readDirectory: () => [] }
  const { options } = compiler.parseJsonConfigFileContent(config ?? {}, host, path.dirname(file))
  const base = options.baseUrl ?? options.pathsBasePath ?? path.dirname(file)
  return {
    ...(options.paths ? { paths: options.paths, pathsBase: String(base) } : {}),
    ...(options.experimentalDecorators === undefined ? {} : { experimentalDecorators: options.experimentalDecorators }),
    ...(options.emitDecoratorMetadata === undefined ? {} : { emitDecoratorMetadata: options.emitDecoratorMetadata }),
    ...(options.jsxImportSource === undefined ? {} : { jsxImportSource: options.jsxImportSource }),
  }
}

/** As TypeScript's own `findConfigFile` does, which would have to be loaded for it. */
function findConfigFile(directory: string): string | undefined {
  const file = path.join(directory, 'tsconfig.json')
  if (existsSync(file)) return file
  const parent = path.dirname(directory)
  return parent === directory ? undefined : findConfigFile(parent)
}
