import type { WriteOptions } from '../connect/link.js'
import type { Machine } from '../fleet/machine.js'
import { identityOf, type Options } from '../fleet/options.js'
import { PlanUnknown } from '../plan/host-plan.js'
import { GuardError } from './command.js'
import type { Scope } from './scope.js'

/** A file's attributes, for `write`. */
export type FileAttributes = Pick<WriteOptions, 'mode' | 'owner' | 'group'>

/** Replaces a file on one host, unless its guard or a plan forbids. */
export async function writeRemote(
  { entry, link, reader }: Machine,
  scope: Scope,
  path: string,
  content: string | Uint8Array,
  attributes: FileAttributes,
  options: Options,
): Promise<void> {
  if (scope.mode === 'plan') throw new PlanUnknown(`it writes ${path} outside an operation, which a plan does not run`)
  if (entry.guard === 'readonly')
    throw new GuardError(`${entry.name}: its guard is readonly, so ${path} was not written.`)
  try {
    await link.write(path, typeof content === 'string' ? Buffer.from(content) : content, {
      ...attributes,
      identity: identityOf(options),
      signal: scope.signal,
    })
  } finally {
    reader.invalidate([`file:${path}`])
  }
}

/** The bytes of a file on one host. @throws {PlanUnknown} in a plan, when an earlier planned change may alter it */
export async function readRemote(
  { entry, link }: Machine,
  { mode, run, signal }: Scope,
  path: string,
  options: Options,
): Promise<Buffer> {
  const planned = mode === 'plan' ? run?.overlay(entry.name) : undefined
  const foreseen = planned?.foresee({ key: `read ${path}`, reads: [`file:${path}`] })
  if (foreseen?.kind === 'doubtful')
    throw new PlanUnknown(`the content of ${path} depends on “${foreseen.because}”, which is planned before it`)
  return link.read(path, { identity: identityOf(options), signal })
}
