import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** What a worker thread or a child process is started with. */
export interface ScriptStart {
  readonly url: URL
  /** Node options the script needs. */
  readonly execArgv: readonly string[]
}

/** The innermost folder of that name, and what is before it. */
const SOURCE = /^(.*)\/src\//

/**
 * The address of a module, by which what lies beside it is found. With `MUSTER_BUILT` that of a module that runs from source (tests,
 * benchmarks) is the one of the last build: what is there starts in a tenth of the time.
 *
 * @param own its `import.meta.url`
 */
export const builtAddress = (own: string): string =>
  process.env.MUSTER_BUILT && own.endsWith('.ts') ? own.replace(SOURCE, '$1/dist/').replace(/ts$/, 'js') : own

/**
 * Finds the compiled script `name` beside the module `base`. A thread cannot inherit the loader that runs muster from its
 * source (tests, benchmarks), so there the script is the `.ts` file, read through tsx.
 *
 * @example
 * const { url, execArgv } = scriptBeside(builtAddress(import.meta.url), 'worker')
 * new Worker(url, { execArgv: [...execArgv] })
 */
export function scriptBeside(base: string, name: string): ScriptStart {
  if (!base.endsWith('.ts')) return { url: new URL(`${name}.js`, base), execArgv: [] }
  const tsx = new URL('esm/api/index.mjs', pathToFileURL(createRequire(base).resolve('tsx')))
  // `--import tsx` does nothing in a thread; registering by hand does, and in a process as well.
  const register = `import { register } from ${JSON.stringify(tsx.href)}; register()`
  return {
    url: new URL(`${name}.ts`, base),
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`],
  }
}
