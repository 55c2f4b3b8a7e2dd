import { DeclinedError, InterruptedError, UnreachableError } from '../errors.js'
import { PlanUnknown } from '../plan/host-plan.js'
import type { Outcome } from './outcome.js'

/** A host had left the run, or was not approved. */
export class SkippedError extends Error {
  override readonly name = 'SkippedError'
}

export interface FanOutOptions {
  /** Most hosts at once. */
  readonly parallel: number
  readonly signal: AbortSignal
}

/**
 * Runs something on many hosts, at most `parallel` at once, and collects how each ended. Never rejects: what is thrown becomes
 * an outcome; when the signal comes, hosts not yet begun are `cancelled`.
 */
export async function fanOut<T>(
  hosts: readonly string[],
  { parallel, signal }: FanOutOptions,
  run: (host: string) => Promise<T>,
  settled: (host: string, outcome: Outcome<T>) => void,
): Promise<Map<string, Outcome<T>>> {
  const outcomes = new Map<string, Outcome<T>>()
  let next = 0
  const worker = async (): Promise<void> => {
    for (let host = hosts[next++]; host !== undefined; host = hosts[next++]) {
      const start = performance.now()
      const outcome = signal.aborted ? cancelled<T>() : await outcomeOf(() => run(host), start, signal)
      outcomes.set(host, outcome)
      settled(host, outcome)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(parallel, hosts.length) || 1) }, worker))
  return new Map(
    hosts.flatMap(host => {
      const outcome = outcomes.get(host)
      return outcome ? [[host, outcome] as const] : []
    }),
  )
}

async function outcomeOf<T>(run: () => Promise<T>, start: number, signal: AbortSignal): Promise<Outcome<T>> {
  try {
    const value = await run()
    return { status: 'ok', value, ms: performance.now() - start }
  } catch (thrown) {
    return { ...failure(thrown, signal), ms: performance.now() - start }
  }
}

function failure(
  thrown: unknown,
  signal: AbortSignal,
): { status: Exclude<Outcome<unknown>['status'], 'ok'>; error: Error } {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  if (error instanceof UnreachableError) return { status: 'unreachable', error }
  if (error instanceof PlanUnknown) return { status: 'unknown', error }
  if (error instanceof SkippedError || error instanceof DeclinedError) return { status: 'skipped', error }
  if (error instanceof InterruptedError)
    return { status: error.how === 'lost' || error.how === 'cancelled' ? 'unknown' : 'failed', error }
  if (signal.aborted && thrown === signal.reason) return { status: 'cancelled', error }
  return { status: 'failed', error }
}

function cancelled<T>(): Outcome<T> {
  return { status: 'cancelled', error: new Error('cancelled before it began'), ms: 0 }
}
