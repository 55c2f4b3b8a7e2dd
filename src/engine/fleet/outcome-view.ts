import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import type { OutcomeView } from '../events.js'
import { withoutHost } from '../text/without-host.js'
import { CommandError, CommandResult } from './command-result.js'
import { foldKey } from './fold.js'
import { OperationResult } from './operation-result.js'
import type { Outcome } from './outcome.js'
import { TransferResult } from './transfer-result.js'

const MOST = 64 * 1024

/** An outcome as plain data for events. */
export function outcomeView(host: string, outcome: Outcome<unknown>): OutcomeView {
  const key = createHash('sha256').update(foldKey(host, outcome)).digest('base64url').slice(0, 16)
  const exitCode = exitCodeOf(outcome)
  return {
    status: outcome.status,
    key,
    text: outcomeText(host, outcome).slice(0, MOST),
    ...(exitCode === undefined ? {} : { exitCode }),
    ms: outcome.ms,
  }
}

/** An outcome as a person reads it, without the host's name. */
export function outcomeText(host: string, outcome: Outcome<unknown>): string {
  if (outcome.status === 'ok') return valueText(outcome.value)
  if (outcome.error instanceof CommandError) return commandText(outcome.error.result)
  return withoutHost(host, outcome.error.message)
}

function valueText(value: unknown): string {
  if (value instanceof CommandResult) return commandText(value)
  if (value instanceof OperationResult)
    return value.outcome === 'same' ? 'nothing to do' : value.changes.map(change => change.summary).join(', ')
  if (value instanceof TransferResult) return value.toString()
  if (typeof value === 'string') return value
  return inspect(value, { depth: 6, breakLength: 100, maxArrayLength: 1000, maxStringLength: MOST })
}

/** stdout, then stderr, without the last line end. */
function commandText({ stdout, stderr }: CommandResult): string {
  const between = stdout !== '' && stderr !== '' && !stdout.endsWith('\n') ? '\n' : ''
  return (stdout + between + stderr).replace(/\r?\n$/, '')
}

function exitCodeOf(outcome: Outcome<unknown>): number | undefined {
  if (outcome.status === 'ok') return outcome.value instanceof CommandResult ? outcome.value.exitCode : undefined
  return outcome.error instanceof CommandError ? outcome.error.result.exitCode : undefined
}
