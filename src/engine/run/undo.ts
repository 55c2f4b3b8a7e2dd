import { z } from 'zod'
import { type Operation, operation } from '../operation.js'
import type { OperationCall } from '../plan/change.js'

/** Takes operations back: the kept calls planned one after the other against what is there now. */
export const undoOperation: Operation<OperationCall[]> = operation({
  name: 'undo',
  summary: 'Takes back what operations changed.',
  args: z.array(z.custom<OperationCall>(value => typeof value === 'object' && value !== null && 'operation' in value)),
  async *plan(host, calls) {
    for (const { operation: inner, args } of calls) yield* inner.plan(host, args)
  },
})
