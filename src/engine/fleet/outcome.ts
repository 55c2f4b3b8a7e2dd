import type { OutcomeStatus } from '../events.js'

/** How one host answered one call. */
export type Outcome<T> =
  | { readonly status: 'ok'; readonly value: T; readonly ms: number }
  | {
      readonly status: Exclude<OutcomeStatus, 'ok'>
      readonly error: Error
      readonly ms: number
      /** What had been done before it failed: the changes of an operation that were carried out, with their ways back. */
      readonly partial?: T
    }

/** Whether an outcome's value says that the host changed. */
export function hasChanged(outcome: Outcome<unknown>): boolean {
  if (outcome.status !== 'ok') return false
  const { value } = outcome
  return typeof value === 'object' && value !== null && 'changed' in value && value.changed === true
}
