import vm from 'node:vm'
import { nativeImport } from './native-import.js'
import type { SourcePosition } from './source-error.js'

export interface ScriptOptions {
  readonly js: string
  /** File name that V8 reports; see `registerScript`. */
  readonly name: string
  /** Whether `await` may stand at the top of the code. */
  readonly async: boolean
  /** Names the code finds in scope, with their values; `exports` is its `this`. */
  readonly scope: Readonly<Record<string, unknown>>
  /** Whether the code may declare the names of `scope` anew: a cell may, a CommonJS file counts on `var exports` being the same. */
  readonly hides?: boolean
}

/** The code cannot be parsed by V8 although TypeScript let it pass: `break` outside a loop, a name declared twice. */
export class ScriptSyntaxError extends Error {
  constructor(
    readonly reason: string,
    /** In `js`, not in its source. */
    readonly position: SourcePosition,
  ) {
    super(reason)
  }
}

/**
 * Runs code as the body of a function whose parameters are the names of `scope`, and returns what it returns
 * (for an async body: its promise). The head of that function is not counted in columns.
 *
 * @throws {ScriptSyntaxError} when V8 cannot parse it
 */
export function runScript({ js, name, async, scope, hides = false }: ScriptOptions): unknown {
  const start = async ? 'async ' : ''
  const names = Object.keys(scope).join(', ')
  if (!hides)
    return called(parse(`(${start}function (${names}) {`, js, '})', name), scope.exports, Object.values(scope))
  const outer = parse(`(function (${names}) { return ${start}function () {`, js, '}})', name)
  return called(called(outer, undefined, Object.values(scope)), scope.exports, [])
}

function called(body: unknown, self: unknown, values: readonly unknown[]): unknown {
  if (typeof body !== 'function') throw new TypeError('a script is not a function body')
  return Reflect.apply(body, self, values)
}

function parse(head: string, js: string, tail: string, name: string): unknown {
  try {
    return new vm.Script(`${head}${js}\n${tail}`, {
      filename: name,
      columnOffset: -head.length,
      importModuleDynamically: nativeImport(),
    }).runInThisContext()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ScriptSyntaxError(error.message, caretPosition(error.stack ?? '', head))
  }
}

/** Node heads the stack of such an error with `file:line`, the line's text, and carets under the fault. */
function caretPosition(stack: string, head: string): SourcePosition {
  const [where = '', , carets = ''] = stack.split('\n')
  const line = Number(/:(\d+)$/.exec(where)?.[1] ?? 1)
  const column = Math.max(0, carets.indexOf('^'))
  return { line, column: 1 + (line === 1 ? Math.max(0, column - head.length) : column) }
}
