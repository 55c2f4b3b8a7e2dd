import { createRequire, isBuiltin } from 'node:module'
import path from 'node:path'
import vm from 'node:vm'
import { MusterError } from '../errors.js'
import { nativeImport } from './native-import.js'

/** An import that leads nowhere. The caller knows which place in which file it stands at. */
export class ImportError extends MusterError {
  override readonly name = 'ImportError'
  constructor(
    readonly specifier: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options)
  }
}

/**
 * Imports an npm package or Node module as an ES module at `from` would, so that packages without a CommonJS form load too,
 * and returns what `require` should give to code compiled to CommonJS.
 *
 * @param from absolute path of the importing file
 * @throws {ImportError} when there is no such package
 */
export async function importPackage(specifier: string, from: string): Promise<unknown> {
  if (isBuiltin(specifier)) return createRequire(from)(specifier)
  const namespace = await importNamespace(specifier, from)
  const { default: main } = namespace
  return isCommonJs(main) ? main : forRequire(namespace)
}

/** Imports an npm package or Node module: what `import()` gives. @throws {ImportError} when there is no such package */
export async function importNamespace(specifier: string, from: string): Promise<Record<string, unknown>> {
  try {
    return await importerAt(from)(specifier)
  } catch (error) {
    if (isMissing(error, specifier))
      throw new ImportError(specifier, `cannot find package '${specifier}': is it installed?`, { cause: error })
    throw error
  }
}

type NativeImport = (specifier: string) => Promise<Record<string, unknown>>
const importers = new Map<string, NativeImport>()

/** Node's own `import()`, resolving from another file's directory. */
function importerAt(from: string): NativeImport {
  const directory = path.dirname(from)
  const known = importers.get(directory)
  if (known) return known
  const created: NativeImport = new vm.Script('specifier => import(specifier)', {
    filename: path.join(directory, '[import]'),
    importModuleDynamically: nativeImport(),
  }).runInThisContext()
  importers.set(directory, created)
  return created
}

const requireHere = createRequire(import.meta.url)

/** A namespace's default export is a CommonJS module's `exports` if and only if some loaded module has it. */
function isCommonJs(main: unknown): boolean {
  if (main === null || (typeof main !== 'object' && typeof main !== 'function')) return false
  return Object.values(requireHere.cache).some(module => module?.exports === main)
}

const views = new WeakMap<object, object>()

/** An ES module's namespace marked so that `import x from` in code compiled to CommonJS gives its default export. */
export function forRequire(namespace: Readonly<Record<string, unknown>>): unknown {
  const known = views.get(namespace)
  if (known) return known
  const view = Object.defineProperty({}, '__esModule', { value: true })
  for (const name of Object.keys(namespace))
    Object.defineProperty(view, name, { enumerable: true, get: () => namespace[name] })
  views.set(namespace, view)
  return view
}

function isMissing(error: unknown, specifier: string): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  const codes = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return codes.includes(String(error.code)) && error.message.includes(`'${name}'`)
}
