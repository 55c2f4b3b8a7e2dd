import { AsyncLocalStorage } from 'node:async_hooks'
import { setMaxListeners } from 'node:events'
import type { Machine } from '../fleet/machine.js'
import type { ApprovalDesk } from './approval.js'
import type { DeployRun } from './deploy-run.js'

/**
 * In what a call stands: the cell or deploy that made it, how to stop it, and whom to ask. It travels with the asynchronous
 * context, so that user code calls a fleet without naming it.
 *
 * `live`: at the prompt; each operation is planned, asked for and applied. `plan`: a deploy is planned, nothing is touched.
 * `apply`: a deploy is carried out as approved.
 */
export interface Scope {
  readonly mode: 'live' | 'plan' | 'apply'
  readonly cell?: number
  readonly signal: AbortSignal
  readonly desk: ApprovalDesk
  /** Plans rely on no reading from before this time: somebody else may have been there. Milliseconds since the epoch. */
  readonly since?: number
  /** Set in `plan` and `apply`. */
  readonly run?: DeployRun
}

const storage = new AsyncLocalStorage<Scope>()
let only: Scope | undefined

/** Runs code in a scope; what it starts stays in it. */
export function inScope<T>(scope: Scope, run: () => T): T {
  setMaxListeners(0, scope.signal) // every host of a fleet listens
  return storage.run(scope, run)
}

/**
 * Runs code in the one scope of the process, for a program that does a single thing: with no asynchronous context to follow, promises
 * cost half as much (on Node 20, where AsyncLocalStorage stands on promise hooks).
 */
export async function inOnlyScope<T>(scope: Scope, run: () => Promise<T>): Promise<T> {
  setMaxListeners(0, scope.signal)
  only = scope
  try {
    return await run()
  } finally {
    only = undefined
  }
}

export function currentScope(): Scope | undefined {
  return storage.getStore() ?? only
}

/** Between planning and applying a deploy time passed: the first call to each host forgets what was read for the plan. */
export function readAfresh({ mode, run }: Scope, { entry, reader }: Machine): void {
  if (mode === 'apply' && run?.begins(entry.name)) reader.invalidateAll()
}
