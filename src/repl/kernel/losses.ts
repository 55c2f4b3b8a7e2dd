import { UsageError } from '../../engine/errors.js'
import type { Kernel } from './kernel.js'

/**
 * Refuses to cut a cell off, in a sentence that says how that is done all the same.
 *
 * @param insisting how: `:restart! starts the kernel anew`
 * @throws {UsageError} when a cell runs
 */
export function refuseToCutOff({ running }: Pick<Kernel, 'running'>, insisting: string): void {
  if (running !== undefined)
    throw new UsageError(`Cell ${running} still runs, and would be cut off: ${insisting} all the same.`)
}

/** Refuses to end what cells left running. @throws {UsageError} naming it */
export function refuseToEndTasks({ left }: Pick<Kernel, 'left'>, insisting: string): void {
  const tasks = left.all().map(({ id, cell, what }) => `${id}: ${what} (cell ${cell})`)
  if (tasks.length > 0)
    throw new UsageError(`Cells left this running, which would end: ${tasks.join(', ')}. ${insisting} all the same.`)
}
