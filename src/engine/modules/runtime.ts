import type { Runtime } from './instrument.js'
import type { SourcePosition } from './source-error.js'
import { noteAwait, type SourceFrame } from './stack-trace.js'

/** What code at one place in the file system can import. */
export interface Importer {
  /** Loads modules, so that `require` finds them. @throws {ImportError} for one that leads nowhere */
  preload(specifiers: readonly string[]): Promise<void>
  require(specifier: string): unknown
  import(specifier: unknown): Promise<unknown>
}

/** What loaded code calls as it runs; either may throw to stop it. */
export interface Checks {
  /** In every turn of a loop and as a function begins: must be cheap. */
  step(): void
  /** After every `await`. */
  resumed(): void
}

export const noChecks: Checks = { step: () => {}, resumed: () => {} }

export interface RuntimeOptions {
  readonly importer: Pick<Importer, 'import'>
  readonly meta: Readonly<Record<string, unknown>>
  readonly checks: Checks
  /** Where a place in the compiled text is, as a frame. */
  place(position: SourcePosition): SourceFrame | undefined
}

/** The `__muster` of one script. */
export function createRuntime({ importer, meta, checks, place }: RuntimeOptions): Runtime {
  return {
    import: importer.import,
    meta,
    step: checks.step,
    mark: (awaited, line, column) => (isThenable(awaited) ? noted(awaited, () => place({ line, column })) : awaited),
    resume(value) {
      checks.resumed()
      return value
    },
    each: iterable => eachChecked(iterable, checks),
  }
}

async function* eachChecked(iterable: unknown, checks: Checks): AsyncGenerator<unknown> {
  if (!isIterable(iterable)) throw new TypeError('for await needs an iterable')
  for await (const value of iterable) {
    checks.resumed()
    yield value
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return (
    typeof value === 'string' ||
    (typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value))
  )
}

/**
 * Waits for what is awaited, noting where if it fails: an error made in a socket's callback has no frame of the code that
 * awaits it. An async function, rather than a `catch` put on the promise, keeps V8's own asynchronous stack traces going.
 */
async function noted<T>(awaited: PromiseLike<T>, place: () => SourceFrame | undefined): Promise<T> {
  try {
    return await awaited
  } catch (error) {
    noteAwait(error, place)
    throw error
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isRecord(value) && 'then' in value && typeof value.then === 'function'
}

function isRecord(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
