import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** What a worker thread or a child process is started with. */
export interface ScriptStart {
  readonly url: URL
  /** Node options the script needs. */
  readonly execArgv: readonly string[]
}

/**
 * Finds the compiled script `name` beside the module `base`. A thread cannot inherit the loader that runs muster from its
 * source (tests, benchmarks), so there the script is the `.ts` file, read through tsx.
 *
 * @example
 * const { url, execArgv } = scriptBeside(import.meta.url, 'worker')
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
