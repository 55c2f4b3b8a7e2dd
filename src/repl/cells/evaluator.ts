import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { isProxy } from 'node:util/types'
import { CompileCache, compileCacheFolder } from '../../engine/modules/compile-cache.js'
import { type Compiler, createCompiler, positionAt } from '../../engine/modules/compiler.js'
import { OWN_NAMES } from '../../engine/modules/instrument.js'
import { createModuleLoader, type ModuleLoader } from '../../engine/modules/load.js'
import type { Importer } from '../../engine/modules/runtime.js'
import { createRuntime } from '../../engine/modules/runtime.js'
import { runScript, ScriptSyntaxError } from '../../engine/modules/script.js'
import type { SourcePosition } from '../../engine/modules/source-error.js'
import { registerScript, type ScriptOrigin } from '../../engine/modules/stack-trace.js'
import { type Analysis, analyse } from './analyse.js'
import { CellError, CellInterrupt, cellError, cellLabel } from './cell-error.js'
import { createConsole, routeConsole } from './console.js'
import { type CellContext, cellChecks, cellContext, type OutputStream } from './context.js'
import { cellModule, commit, type Names, noNames } from './names.js'
import { offsetAt } from './position-map.js'
import { keepProcess } from './process-exit.js'
import { hidePromiseNotes } from './promise-notes.js'
import { watchRejections } from './rejections.js'
import { GLOBALS, rewriteToRun, type VirtualModule } from './rewrite.js'

export interface EvaluatorOptions {
  /** Directory that relative imports in cells start from. */
  readonly cwd: string
  /** See `ModuleLoaderOptions.provide`. */
  readonly provide?: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  /** Whether what asks is to stop now: every loop in each turn, every function as it begins. See `createInterrupter`. */
  readonly isInterrupting?: () => boolean
  /** Text that a cell, or something it started, wrote to the console. */
  readonly onOutput?: (cell: number, stream: OutputStream, text: string) => void
  /** A rejection nobody handled, or an exception in a callback; `cell` where it can be told which started it. */
  readonly onUncaught?: (error: CellError | undefined, thrown: unknown) => void
  /** Whether objects on the console are coloured. */
  readonly colors?: boolean
}

export interface RunOptions {
  /** Number of the cell; a cell that is run again keeps it. */
  readonly id: number
  /** The prompt's own bindings: read when they are used, so accessors stay current. Declarations of cells hide them. */
  readonly globals: object
  /** Interrupts the cell. */
  readonly signal?: AbortSignal
}

export interface CellResult {
  /** Value of the last expression, awaited. */
  readonly value: unknown
  /** Whether the cell ends in an expression. */
  readonly hasValue: boolean
  /** Names that the cell declared, types included. */
  readonly declared: readonly string[]
  /** Milliseconds, compiling included. */
  readonly ms: number
}

/** Runs cells: each a module of its own, which sees the names of the cells that succeeded before it. */
export class Evaluator {
  readonly modules: ModuleLoader
  readonly #options: EvaluatorOptions
  readonly #cwd: string
  readonly #exports = new Map<string, object>()
  /** The module of each cell. */
  readonly #modules = new Map<number, string>()
  readonly #restore: readonly (() => void)[]
  #names: Names = noNames
  #compiler: Promise<Compiler> | undefined

  constructor(options: EvaluatorOptions) {
    this.#options = options
    this.#cwd = path.resolve(options.cwd)
    this.modules = createModuleLoader({
      cwd: this.#cwd,
      checks: cellChecks(options.isInterrupting ?? (() => false)),
      compiler: () => this.#compile(),
      ...(options.provide ? { provide: options.provide } : {}),
    })
    this.#restore = [
      routeConsole(),
      keepProcess(),
      hidePromiseNotes(),
      watchRejections((error, thrown) => options.onUncaught?.(error, thrown)),
    ]
  }

  /** The names that cells have declared so far. */
  get names(): Names {
    return this.#names
  }

  /** What a variable holds that a cell declared; `undefined` where there is none. */
  valueOf({ name, cell }: { readonly name: string; readonly cell: number }): unknown {
    const exports = this.#exports.get(this.#modules.get(cell) ?? '')
    return exports && Object.hasOwn(exports, name) ? Reflect.get(exports, name) : undefined
  }

  /** Loads the compiler, so that the first cell need not wait for it. */
  async warmUp(): Promise<void> {
    const { compile } = await this.#compile()
    compile('export {}', path.join(this.#cwd, '.cell-0.ts'))
  }

  /**
   * Runs one cell and, when it succeeds, keeps the names it declared.
   * @throws {CellError} for a syntax error, an exception, an interruption: its names are not kept
   */
  run(source: string, { id, globals, signal = new AbortController().signal }: RunOptions): Promise<CellResult> {
    const interrupted = () => new CellError({ cell: id, kind: 'interrupted', reason: 'interrupted' })
    const write = (stream: OutputStream, text: string) => this.#options.onOutput?.(id, stream, text)
    let runs = true
    const printed = createConsole(write, this.#options.colors ?? false)
    const context: CellContext = { id, signal, isRunning: () => runs, write, console: printed }
    return new Promise((resolve, reject) => {
      const stop = () => reject(interrupted())
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      cellContext
        .run(context, () => this.#evaluate(source, id, globals, signal))
        .then(resolve, reject)
        .finally(() => {
          runs = false
          signal.removeEventListener('abort', stop)
        })
    })
  }

  /** What there is to know of a cell without running it. */
  async analyse(source: string): Promise<Analysis> {
    return analyse((await this.#compile()).ts, source)
  }

  /** Gives the console and the process's rejections back. */
  close(): void {
    for (const restore of this.#restore) restore()
  }

  #compile(): Promise<Compiler> {
    this.#compiler ??= createCompiler(this.#cwd, new CompileCache(compileCacheFolder()))
    return this.#compiler
  }

  async #evaluate(source: string, id: number, globals: object, signal: AbortSignal): Promise<CellResult> {
    const started = performance.now()
    const compiler = await this.#compile()
    const analysis = analyse(compiler.ts, source)
    refuse(id, analysis, analysis.syntaxErrors)
    const virtual = rewriteToRun(analysis, this.#names, name => Object.hasOwn(globals, name))
    refuse(id, analysis, virtual.faults)

    const cell = {
      label: cellLabel(id),
      module: cellModule(id, module => this.#exports.has(module)),
    }
    const outcome = await this.#execute({ id, analysis, virtual, compiler, globals, ...cell })
    if (signal.aborted) throw new CellInterrupt(id)
    this.#names = commit(this.#names, analysis, cell)
    return {
      ...outcome,
      declared: [...new Set(analysis.declarations.map(({ name }) => name))],
      ms: performance.now() - started,
    }
  }

  async #execute(cell: RunningCell): Promise<Pick<CellResult, 'value' | 'hasValue'>> {
    const { id, analysis, virtual, compiler, globals, label, module } = cell
    const file = path.join(this.#cwd, `${module}.ts`)
    const code = compiler.compile(virtual.text, file)
    const placeInCell = (position: SourcePosition) => toCell(virtual, analysis.source, position)
    const origin: ScriptOrigin = {
      label,
      locate: position => {
        const inVirtual = code.locate(position)
        return inVirtual && placeInCell(inVirtual)
      },
    }
    registerScript(file, origin)

    const exports = {}
    this.#exports.set(module, exports)
    this.#modules.set(id, module)
    const importer = this.modules.importer(file)
    await this.#preload(cell, code.requires, importer)
    let result: Pick<CellResult, 'value' | 'hasValue'> = { value: undefined, hasValue: false }
    const runtime = {
      ...createRuntime({
        importer,
        meta: { url: pathToFileURL(file).href, filename: file, dirname: this.#cwd },
        checks: cellChecks(this.#options.isInterrupting ?? (() => false)),
        place: position => {
          const place = placeInCell(position)
          return place && { source: label, ...place }
        },
      }),
      names: (accessors: object) => Object.defineProperties(exports, Object.getOwnPropertyDescriptors(accessors)),
      value: (value: unknown) => {
        result = { value, hasValue: true }
      },
    }
    const require = (specifier: string) =>
      specifier === GLOBALS ? globals : (this.#exports.get(specifier) ?? importer.require(specifier))
    try {
      await runScript({
        js: code.js,
        name: file,
        async: true,
        hides: true,
        scope: {
          exports,
          require: Object.assign(require, { resolve: createRequire(file).resolve }),
          [OWN_NAMES.exports]: exports,
          [OWN_NAMES.require]: require,
          module: { exports },
          __filename: file,
          __dirname: this.#cwd,
          __muster: runtime,
        },
      })
      return result
    } catch (error) {
      if (!isProxy(error) && error instanceof ScriptSyntaxError) {
        const place = origin.locate(error.position)
        throw new CellError({ cell: id, kind: 'syntax', reason: error.reason, place })
      }
      throw cellError(id, error)
    }
  }

  /** Loads what a cell imports; files that changed since they were loaded are loaded anew. */
  async #preload(
    { id, analysis, compiler }: RunningCell,
    requires: readonly string[],
    importer: Importer,
  ): Promise<void> {
    this.modules.invalidate()
    for (const specifier of requires) {
      if (specifier === GLOBALS || this.#exports.has(specifier)) continue
      try {
        await importer.preload([specifier])
      } catch (error) {
        const imports = compiler.ts.preProcessFile(analysis.source, true, true).importedFiles
        const at = imports.find(({ fileName }) => fileName === specifier)
        throw cellError(id, error, at && positionAt(analysis.source, at.pos))
      }
    }
  }
}

interface RunningCell {
  readonly id: number
  readonly label: string
  readonly module: string
  readonly analysis: Analysis
  readonly virtual: VirtualModule
  readonly compiler: Compiler
  readonly globals: object
}

function refuse(
  id: number,
  { source }: Analysis,
  [first]: readonly { readonly start: number; readonly message: string }[],
): void {
  if (!first) return
  throw new CellError({ cell: id, kind: 'syntax', reason: first.message, place: positionAt(source, first.start) })
}

/** The place in a cell for one in its virtual module; none for text the person did not write. */
function toCell(virtual: VirtualModule, source: string, position: SourcePosition): SourcePosition | undefined {
  const offset = offsetAt(virtual.text, position)
  return offset < virtual.head ? undefined : positionAt(source, virtual.toOriginal(offset))
}
