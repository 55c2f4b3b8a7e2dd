import { createRequire, SourceMap } from 'node:module'
import { homedir } from 'node:os'
import path from 'node:path'
import type ts from 'typescript'
import type { CompileCache, Emitted } from './compile-cache.js'
import { collectRequires, instrument, OWN_NAMES, renameOwn } from './instrument.js'
import { SourceError, type SourcePosition } from './source-error.js'
import { installStackTraces } from './stack-trace.js'
import { readUserCompilerOptions, type UserCompilerOptions } from './tsconfig.js'
import { loadTsNode, loadTypeScript, TYPESCRIPT_VERSION } from './typescript.js'

/** JavaScript made from one source text. */
export interface Compiled {
  readonly js: string
  /** Modules it requires as it starts, in order. */
  readonly requires: readonly string[]
  /** Whether `await` may stand at its top. */
  readonly topLevelAwait: boolean
  /** The place in the source for a place in `js`. */
  locate(position: SourcePosition): SourcePosition | undefined
}

export interface Compiler {
  /** Loaded when first asked for. */
  readonly ts: typeof ts
  readonly userOptions: UserCompilerOptions
  /**
   * @param file names the language (by its extension) and appears in errors
   * @throws {SourceError} for a syntax error, with its place in `source`
   */
  compile(source: string, file: string): Compiled
  /** The same for a file that is likely to be compiled again by a later process: what was kept of an earlier time is taken. */
  compileKept(source: string, file: string): Compiled
}

const OPTIONS = {
  module: 'commonjs',
  moduleResolution: 'bundler',
  target: 'es2022',
  lib: ['es2023'],
  types: [],
  esModuleInterop: true,
  resolveJsonModule: true,
  jsx: 'react-jsx',
}

/**
 * The ts-node service that all of a process's cells and user files go through. TypeScript takes some 300 ms to load,
 * so nothing asks for it before there is something to compile that was not compiled before.
 *
 * @param cwd directory whose tsconfig.json counts
 * @param cache what earlier processes compiled
 */
export async function createCompiler(cwd: string, cache?: CompileCache): Promise<Compiler> {
  const formatter = Error.prepareStackTrace
  installStackTraces(formatter)
  const userOptions = readUserCompilerOptions(cwd)
  const { paths: _paths, pathsBase: _base, ...emitted } = userOptions
  let emit: ((source: string, file: string) => Emitted) | undefined

  const emitNow = (source: string, file: string): Emitted => {
    // ts-node puts a formatter of its own in place.
    emit ??= createEmitter(cwd, { ...OPTIONS, ...emitted })
    installStackTraces(formatter)
    return emit(source, commonJsName(file))
  }
  const emitKept = (source: string, file: string): Emitted => {
    const from = [...EMITTER, JSON.stringify({ ...OPTIONS, ...emitted }), path.extname(commonJsName(file)), source]
    const known = cache?.find(from)
    if (known) return known
    const made = emitNow(source, file)
    cache?.keep(from, made)
    return made
  }
  return {
    get ts() {
      return loadTypeScript()
    },
    userOptions,
    compile: (source, file) => compiled(emitNow(source, file), source),
    compileKept: (source, file) => compiled(emitKept(source, file), source),
  }
}

/** What decides, besides settings and source, what is emitted. */
const EMITTER: readonly string[] = [
  TYPESCRIPT_VERSION,
  String(instrument),
  String(collectRequires),
  String(renameOwn),
  JSON.stringify(OWN_NAMES),
]

function createEmitter(cwd: string, compilerOptions: object): (source: string, file: string) => Emitted {
  const compiler = loadTypeScript()
  const tsNode = loadTsNode()
  let requires: string[] = []
  const service = tsNode.create({
    cwd,
    compiler: createRequire(import.meta.url).resolve('typescript'),
    skipProject: true,
    transpileOnly: true,
    typeCheck: false,
    swc: false,
    pretty: false,
    logError: false,
    ignoreDiagnostics: [],
    moduleTypes: { '**/*': 'cjs' },
    transformers: {
      before: [instrument(compiler)],
      after: [collectRequires(compiler, specifier => requires.push(specifier)), renameOwn(compiler)],
    },
    compilerOptions,
  })
  return (source, file) => {
    requires = []
    try {
      return { ...splitSourceMap(service.compile(source, file)), requires }
    } catch (error) {
      if (error instanceof tsNode.TSError) throw syntaxError(compiler, error.diagnostics, source, file)
      throw error
    }
  }
}

function compiled({ js, map, requires }: Emitted, source: string): Compiled {
  let read:
    | { readonly map: SourceMap; readonly emitted: readonly string[]; readonly lines: readonly string[] }
    | undefined
  return {
    js,
    requires,
    topLevelAwait: true,
    locate(position) {
      read ??= { map: new SourceMap(JSON.parse(map)), emitted: js.split('\n'), lines: source.split(/\r\n|\r|\n/) }
      return originalPosition(read.map, position, read.emitted[position.line - 1] ?? '', read.lines)
    },
  }
}

/** ts-node emits `.mts` and `.mjs` as ES modules, whatever it is told; the code is the same under the neutral extension. */
function commonJsName(file: string): string {
  return file.replace(/\.[cm](ts|js)$/, '.$1')
}

const MAP_COMMENT = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,'

function splitSourceMap(output: string): { js: string; map: string } {
  const at = output.lastIndexOf(MAP_COMMENT)
  return { js: output.slice(0, at), map: Buffer.from(output.slice(at + MAP_COMMENT.length), 'base64').toString('utf8') }
}

function originalPosition(
  map: SourceMap,
  { line, column }: SourcePosition,
  emitted: string,
  lines: readonly string[],
): SourcePosition | undefined {
  const entry = map.findEntry(line - 1, column - 1)
  // Code that TypeScript adds on lines of its own has no origin; the nearest entry would be that of another line.
  if (!('originalLine' in entry) || entry.generatedLine !== line - 1) return undefined
  const text = lines[entry.originalLine] ?? ''
  const { originalColumn, generatedColumn } = entry
  // The map knows where each piece of code begins; inside one that was left as it is, places keep their distance.
  const passed = column - 1 - generatedColumn
  const isSame = text.startsWith(emitted.slice(generatedColumn, column), originalColumn)
  if (passed > 0 && isSame) return { line: entry.originalLine + 1, column: originalColumn + passed + 1 }
  return { line: entry.originalLine + 1, column: calleeStart(text, originalColumn) + 1 }
}

/** A call of an imported function, emitted as `(0, x.f)()`, is reported at the end of its name: the start is meant. */
function calleeStart(line: string, column: number): number {
  if (!/^[(`<?]/.test(line.slice(column))) return column
  return column - (/#?[\p{ID_Continue}$]*$/u.exec(line.slice(0, column))?.[0].length ?? 0)
}

function syntaxError(
  compiler: typeof ts,
  diagnostics: readonly ts.Diagnostic[],
  source: string,
  file: string,
): SourceError {
  const [first] = diagnostics
  const position = positionAt(source, first?.start ?? 0)
  const text = first ? compiler.flattenDiagnosticMessageText(first.messageText, ' ') : 'cannot be compiled'
  return new SourceError({ file: displayPath(file), ...position, reason: text, code: first?.code })
}

/** Line and column of an offset in a text. */
export function positionAt(text: string, offset: number): SourcePosition {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** A path as a person would write it: relative where it lies below the working directory. */
export function displayPath(file: string): string {
  return below(process.cwd(), file) ?? file
}

/**
 * The same for a sentence, in which what is below the person's home begins with `~`.
 *
 * @example
 * spokenPath('/home/ada/.local/state/x.ts', '/srv') // '~/.local/state/x.ts'
 */
export function spokenPath(file: string, directory: string): string {
  const inHome = below(homedir(), file)
  return below(directory, file) ?? (inHome === undefined ? file : path.join('~', inHome))
}

function below(folder: string, file: string): string | undefined {
  const relative = path.relative(folder, file)
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? undefined : relative
}
