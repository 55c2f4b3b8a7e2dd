import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { CompileCache, compileCacheFolder } from './compile-cache.js'
import { type Compiled, type Compiler, createCompiler, displayPath, positionAt } from './compiler.js'
import { isFresh, readStamped } from './freshness.js'
import { type LoadedModule, ModuleGraph, waitsFor } from './graph.js'
import { OWN_NAMES, type Runtime } from './instrument.js'
import { parseJson } from './json.js'
import { forRequire, ImportError, importNamespace, importPackage } from './packages.js'
import { isFileSpecifier, resolveUserFile } from './resolve.js'
import type { Importer } from './runtime.js'
import { type Checks, createRuntime, noChecks } from './runtime.js'
import { runScript, ScriptSyntaxError } from './script.js'
import { SourceError } from './source-error.js'
import { registerScript } from './stack-trace.js'

export interface ModuleLoaderOptions {
  /** Directory whose tsconfig.json (`paths`, decorators) counts. */
  readonly cwd: string
  /**
   * Packages that are this very process's: `muster` and `muster/testing` by their namespaces, so that a user's file gets
   * the running instance wherever it lies. What is not provided is looked up in the user's node_modules.
   */
  readonly provide?: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  /** Run in every loop turn and after every await of loaded code; may throw to stop it. */
  readonly checks?: Checks
  /** Shared with others that compile in this process; default: one of its own, made when first needed. */
  readonly compiler?: () => Promise<Compiler>
}

export interface ModuleLoader {
  /**
   * Runs a user's module (TypeScript, JavaScript or JSON; CommonJS or ESM, top-level await included) unless it is loaded,
   * and returns its exports.
   * @throws {SourceError} for a syntax error or an import that leads nowhere; else whatever the module throws
   */
  load(file: string): Promise<Record<string, unknown>>
  /** Forgets the files that changed on disk and whatever imports them; returns their paths. They load anew when next asked for. */
  invalidate(): readonly string[]
  /** The user's files that a loaded file imports, directly and through others: absolute paths. */
  dependencies(file: string): readonly string[]
  /** @param from absolute path of the importing file, which need not exist */
  importer(from: string): Importer
}

/**
 * Loads a user's modules through one ts-node service, npm packages from the user's node_modules, with stack traces that name
 * the exact line and column of the source.
 *
 * @example
 * const modules = createModuleLoader({ cwd: process.cwd() })
 * const { default: deploy } = await modules.load('deploy.ts')
 */
export function createModuleLoader(options: ModuleLoaderOptions): ModuleLoader {
  const { cwd, provide = new Map(), checks = noChecks } = options
  const graph = new ModuleGraph()
  let versions = 0
  let compiling: Promise<Compiler> | undefined
  let compiler: Compiler | undefined
  const ready = async (): Promise<Compiler> => {
    compiling ??= options.compiler ? options.compiler() : createCompiler(cwd, new CompileCache(compileCacheFolder()))
    compiler = await compiling
    return compiler
  }

  /** Loads `file` on behalf of `owner`; inside a cycle it comes back half-loaded, as in CommonJS. */
  const loadFor = async (file: string, owner?: LoadedModule): Promise<LoadedModule> => {
    owner?.imports.add(file)
    const module = graph.get(file) ?? start(file)
    if (owner && waitsFor(module, owner)) return module
    owner?.waitsFor.add(module)
    try {
      await module.ready
    } finally {
      owner?.waitsFor.delete(module)
    }
    return module
  }

  const start = (file: string): LoadedModule => {
    const { module, text } = admit(file)
    module.ready = run(module, text).catch(error => {
      graph.drop([file])
      throw error
    })
    // In a cycle nobody may be waiting for it.
    module.ready.catch(() => {})
    return module
  }

  const admit = (file: string): { module: LoadedModule; text: string } => {
    const { text, stamp } = readStamped(file)
    const module: LoadedModule = {
      file,
      stamp,
      module: { exports: {} },
      imports: new Set(),
      waitsFor: new Set(),
      ready: Promise.resolve(),
    }
    graph.add(module)
    return { module, text }
  }

  const run = async (module: LoadedModule, text: string): Promise<void> => {
    const tools = await ready()
    const code = translate(tools, module, text)
    if (!code) return
    const importer = importerFor(module.file, module)
    try {
      await importer.preload(code.requires)
    } catch (error) {
      throw error instanceof ImportError ? importFault(tools, error, text, module.file) : error
    }
    await execute(module, code, text, code.topLevelAwait, importer)
  }

  /** What `require()` inside a function does: everything at once, without top-level await. */
  const loadNow = (file: string, owner: LoadedModule | undefined): unknown => {
    owner?.imports.add(file)
    const known = graph.get(file)
    if (known) return known.module.exports
    if (!compiler) throw new ImportError(file, 'nothing can be required before the first file is loaded')
    const { module, text } = admit(file)
    try {
      const code = translate(compiler, module, text)
      if (code) execute(module, code, text, false, importerFor(file, module))
    } catch (error) {
      graph.drop([file])
      throw error
    }
    return module.module.exports
  }

  const translate = (tools: Compiler, module: LoadedModule, text: string): Compiled | undefined => {
    if (/\.d\.[cm]?ts$/.test(module.file)) return undefined
    if (module.file.endsWith('.json')) {
      module.module.exports = parseJson(text, module.file)
      return undefined
    }
    return isPlainCommonJs(tools, module.file, text) ? verbatim(text) : tools.compileKept(text, module.file)
  }

  const execute = (module: LoadedModule, code: Compiled, text: string, async: boolean, importer: Importer): unknown => {
    const { file } = module
    versions += 1
    // Each version has a script name of its own: frames of code that is still around keep their own lines.
    const name = versions === 1 ? file : `${file}?${versions}`
    registerScript(name, { label: file, locate: code.locate })
    const meta = {
      url: pathToFileURL(file).href,
      filename: file,
      dirname: path.dirname(file),
      resolve: (specifier: string) => resolveUrl(specifier, file),
    }
    const require = Object.assign(importer.require, { resolve: createRequire(file).resolve })
    const runtime: Runtime = createRuntime({ importer, meta, checks, place: at => ({ source: file, ...at }) })
    try {
      return runScript({
        js: code.js,
        name,
        async,
        scope: {
          exports: module.module.exports,
          require,
          [OWN_NAMES.exports]: module.module.exports,
          [OWN_NAMES.require]: require,
          module: module.module,
          __filename: file,
          __dirname: path.dirname(file),
          __muster: runtime,
        },
      })
    } catch (error) {
      if (!(error instanceof ScriptSyntaxError)) throw error
      const place = code.locate(error.position) ?? positionAt(text, 0)
      throw new SourceError({ file: displayPath(file), ...place, reason: error.reason })
    }
  }

  const resolve = (specifier: string, from: string): string | undefined =>
    resolveUserFile(specifier, path.dirname(from), compiler?.userOptions)

  const resolveUrl = (specifier: string, from: string): string => {
    const file = resolve(specifier, from) ?? createRequire(from).resolve(specifier)
    return path.isAbsolute(file) ? pathToFileURL(file).href : file
  }

  const importerFor = (from: string, owner?: LoadedModule): Importer => {
    const packages = new Map<string, unknown>()
    const missing = (specifier: string) => new ImportError(specifier, `cannot find '${specifier}'`)
    return {
      async preload(specifiers) {
        await ready()
        for (const specifier of specifiers) {
          const provided = provide.get(specifier)
          const file = provided ? undefined : resolve(specifier, from)
          if (provided) packages.set(specifier, forRequire(provided))
          else if (file !== undefined) await loadFor(file, owner)
          else if (isFileSpecifier(specifier)) throw missing(specifier)
          else packages.set(specifier, await importPackage(specifier, from))
        }
      },
      require(specifier) {
        if (packages.has(specifier)) return packages.get(specifier)
        const provided = provide.get(specifier)
        if (provided) return forRequire(provided)
        const file = resolve(specifier, from)
        if (file !== undefined) return loadNow(file, owner)
        if (isFileSpecifier(specifier)) throw missing(specifier)
        return createRequire(from)(specifier)
      },
      async import(given) {
        const specifier = String(given)
        await ready()
        const provided = provide.get(specifier)
        if (provided) return provided
        const file = resolve(specifier, from)
        if (file !== undefined) return namespaceOf((await loadFor(file, owner)).module.exports)
        if (isFileSpecifier(specifier)) throw missing(specifier)
        return importNamespace(specifier, from)
      },
    }
  }

  return {
    async load(file) {
      const absolute = resolveUserFile(path.resolve(cwd, file), cwd)
      if (absolute === undefined) throw new ImportError(file, `cannot find ${file}`)
      return namespaceOf((await loadFor(absolute)).module.exports)
    },
    invalidate: () => graph.drop(graph.filter(({ file, stamp }) => !isFresh(file, stamp))),
    dependencies: file => graph.dependencies(resolveUserFile(path.resolve(cwd, file), cwd) ?? file),
    importer: from => importerFor(from),
  }
}

/** JavaScript without `import` or `export` runs as it is: strict mode would change what it means. */
function isPlainCommonJs(tools: Compiler, file: string, text: string): boolean {
  if (file.endsWith('.cjs')) return true
  if (!file.endsWith('.js')) return false
  const { ts } = tools // which takes long to load: not asked for before
  return !ts.isExternalModule(ts.createSourceFile(file, text, ts.ScriptTarget.Latest))
}

function verbatim(js: string): Compiled {
  return { js, requires: [], topLevelAwait: false, locate: position => position }
}

/** What `import()` gives for the exports of a module. */
function namespaceOf(exports: unknown): Record<string, unknown> {
  if (!isRecord(exports)) return { default: exports }
  return '__esModule' in exports ? exports : { ...exports, default: exports }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function importFault({ ts }: Compiler, { specifier, reason }: ImportError, text: string, file: string): SourceError {
  const reference = ts.preProcessFile(text, true, true).importedFiles.find(({ fileName }) => fileName === specifier)
  return new SourceError({ file: displayPath(file), ...positionAt(text, reference?.pos ?? 0), reason })
}
