import { z } from 'zod'
import type { Identity } from '../connect/link.js'
import { type Operation, operation } from '../operation.js'
import type { OperationCall } from '../plan/change.js'
import { identityKey } from '../read/fact-reader.js'

/** Takes operations back: the kept calls planned one after the other against what is there now. */
export const undoOperation: Operation<OperationCall[]> = operation({
  name: 'undo',
  summary: 'Takes back what operations changed.',
  args: z.array(z.custom<OperationCall>(value => typeof value === 'object' && value !== null && 'operation' in value)),
  parts: combined,
  async *plan(host, calls) {
    for (const { operation: inner, args } of combined(calls)) yield* inner.plan(host, args)
  },
})

/**
 * The same calls with those about one thing as one, where the last of them stood: a file that was edited twice goes back to what it was
 * in one step, and once it is there nothing is left to do.
 */
function combined(calls: readonly OperationCall[]): OperationCall[] {
  let left: OperationCall[] = []
  for (const call of calls) {
    const { operation } = call
    let args = call.args
    left = left.filter(earlier => {
      const both = earlier.operation === operation ? operation.combined(earlier.args, args) : undefined
      if (both !== undefined) args = both
      return both === undefined
    })
    left.push({ ...call, args })
  }
  return left
}

/** What is taken back as one plan, by one identity. */
interface UndoRound {
  readonly identity: Identity | undefined
  readonly calls: ReadonlyMap<string, readonly OperationCall[]>
}

/** Parts the calls of many hosts into rounds of one identity each; the order on each host is kept, and rounds are as few as that allows. */
export function undoRounds(calls: ReadonlyMap<string, readonly OperationCall[]>): UndoRound[] {
  const rounds: UndoRound[] = []
  let left = [...calls]
  for (;;) {
    left = left.filter(([, own]) => own.length > 0)
    const first = left[0]?.[1][0]
    if (!first) return rounds
    const round = new Map<string, readonly OperationCall[]>()
    left = left.map(([host, own]) => {
      const end = own.findIndex(call => keyOf(call) !== keyOf(first))
      const run = end < 0 ? own : own.slice(0, end)
      if (run.length > 0) round.set(host, run)
      return [host, own.slice(run.length)]
    })
    rounds.push({ identity: first.identity, calls: round })
  }
}

const keyOf = ({ identity }: OperationCall): string => (identity ? identityKey(identity) : '')
