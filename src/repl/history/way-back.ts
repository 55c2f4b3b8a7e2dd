import { LOGIN } from '../../engine/connect/link.js'
import type { Operation } from '../../engine/operation.js'
import type { OperationCall } from '../../engine/plan/change.js'
import { REDACTED } from '../../engine/secret.js'
import { revivedData } from '../../engine/stable.js'
import { isCut } from '../../journal/blobs.js'
import type { RecordedChange } from './recorded-changes.js'

/**
 * The call that takes a recorded change back, or the reason why the record does not do for it.
 *
 * @param operationNamed an operation by its name: `files.restore`
 */
export function wayBack(
  { undo, change }: RecordedChange,
  operationNamed: (name: string) => Operation<unknown> | undefined,
): OperationCall | string {
  if (!undo) return change?.irreversible ?? 'it has no way back'
  const operation = operationNamed(undo.operation)
  if (!operation) return `there is no operation ${undo.operation} in this session`
  if (holds(undo.args, text => text.includes(REDACTED)))
    return 'what was there before holds a secret, which the journal does not keep'
  if (holds(undo.args, isCut)) return 'what was there before was too big for the journal'
  try {
    const args = revivedData(undo.args)
    return { operation, args, identity: undo.identity ?? LOGIN }
  } catch {
    return 'its way back was made by code, which the journal does not keep'
  }
}

/** Whether any text in some data is such. */
function holds(data: unknown, is: (text: string) => boolean): boolean {
  if (typeof data === 'string') return is(data)
  return typeof data === 'object' && data !== null && Object.values(data).some(item => holds(item, is))
}
