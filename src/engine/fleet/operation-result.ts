import type { ChangeView } from '../events.js'
import type { OperationCall } from '../plan/change.js'
import { stableJson } from '../stable.js'
import type { Outcome } from './outcome.js'

/** What an operation came to on one host. */
export class OperationResult {
  /**
   * `changed`: applied and measured to differ; `same`: nothing to do, or nothing differed after all;
   * `planned`: in a plan, it would change.
   */
  readonly outcome: 'changed' | 'same' | 'planned'
  readonly operation: string
  readonly changes: readonly ChangeView[]
  /** @internal The ways back, latest change first. */
  readonly undo: readonly OperationCall[]

  constructor(
    operation: string,
    outcome: OperationResult['outcome'],
    changes: readonly ChangeView[],
    undo: readonly OperationCall[] = [],
  ) {
    this.operation = operation
    this.outcome = outcome
    this.changes = changes
    this.undo = undo
  }

  /** Whether the host changed; in a plan: whether it would. */
  get changed(): boolean {
    return this.outcome !== 'same'
  }

  /** @internal */
  get foldKey(): string {
    return stableJson([this.operation, this.outcome, this.changes])
  }

  toJSON(): { operation: string; outcome: string; changes: readonly ChangeView[] } {
    return { operation: this.operation, outcome: this.outcome, changes: this.changes }
  }
}

/** How two operations ended that followed each other on one host. */
export function followed(
  first: Outcome<OperationResult> | undefined,
  second: Outcome<OperationResult>,
): Outcome<OperationResult> {
  const before = first && resultIn(first)
  if (!before) return second
  const after = resultIn(second)
  const both = new OperationResult(
    before.operation,
    before.changed || after?.changed ? 'changed' : 'same',
    [...before.changes, ...(after?.changes ?? [])],
    [...(after?.undo ?? []), ...before.undo],
  )
  return second.status === 'ok' ? { ...second, value: both } : { ...second, partial: both }
}

function resultIn(outcome: Outcome<OperationResult>): OperationResult | undefined {
  return outcome.status === 'ok' ? outcome.value : outcome.partial
}

/** The calls that take back what an operation did on one host, latest change first: also where it failed after some of its changes. */
export function waysBack(outcome: Outcome<unknown>): readonly OperationCall[] {
  const done = outcome.status === 'ok' ? outcome.value : outcome.partial
  return done instanceof OperationResult ? done.undo : []
}
