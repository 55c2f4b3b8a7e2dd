import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { UnreachableError } from '../errors.js'
import type { OutcomeView } from '../events.js'
import { commonSentence } from '../text/without-address.js'
import { withoutHost } from '../text/without-host.js'
import { CommandError, CommandResult } from './command-result.js'
import { foldKey } from './fold.js'
import { OperationResult } from './operation-result.js'
import type { Outcome } from './outcome.js'
import { TransferResult } from './transfer-result.js'

const MOST = 64 * 1024
/** Most characters of a command's answer that are made into one text, where all of it is asked for. */
const MOST_READ = 16 * 1024 * 1024

/** An outcome as plain data for events. */
export function outcomeView(host: string, outcome: Outcome<unknown>): OutcomeView {
  const key = createHash('sha256').update(foldKey(host, outcome)).digest('base64url').slice(0, 16)
  const exitCode = resultOf(outcome)?.exitCode
  return {
    status: outcome.status,
    key,
    text: cutText(host, outcome),
    ...(exitCode === undefined ? {} : { exitCode }),
    ms: outcome.ms,
  }
}

/** An outcome as a person reads it, without the host's name; of what a command said, the beginning and how much more there is. */
export function outcomeText(host: string, outcome: Outcome<unknown>, most = Number.POSITIVE_INFINITY): string {
  const result = resultOf(outcome)
  if (result) return commandText(result, most)
  return outcome.status === 'ok' ? valueText(outcome.value) : withoutHost(host, outcome.error.message)
}

/** What the hosts of one group came to, in one text: as the first says it, but without addresses where only these differ. */
export function groupText(
  hosts: readonly string[],
  outcomes: ReadonlyMap<string, Outcome<unknown>>,
  most = Number.POSITIVE_INFINITY,
): string {
  const [first = ''] = hosts
  const outcome = outcomes.get(first)
  if (!outcome) return ''
  const reasons = hosts.map(host => unreachableReason(outcomes.get(host))).filter(reason => reason !== undefined)
  return reasons.length > 0 ? commonSentence(reasons) : outcomeText(first, outcome, most)
}

function unreachableReason(outcome: Outcome<unknown> | undefined): string | undefined {
  return outcome && outcome.status !== 'ok' && outcome.error instanceof UnreachableError
    ? outcome.error.reason
    : undefined
}

function cutText(host: string, outcome: Outcome<unknown>): string {
  const text = outcomeText(host, outcome, MOST)
  return resultOf(outcome) ? text : text.slice(0, MOST)
}

function valueText(value: unknown): string {
  if (value instanceof OperationResult)
    return value.outcome === 'same' ? 'nothing to do' : value.changes.map(change => change.summary).join(', ')
  if (value instanceof TransferResult) return value.toString()
  if (typeof value === 'string') return value
  return inspect(value, { depth: 6, breakLength: 100, maxArrayLength: 1000, maxStringLength: MOST })
}

/** stdout, then stderr, without the last line end. */
function commandText(result: CommandResult, most: number): string {
  const { text, left } = result.beginning(Math.min(most, MOST_READ))
  return left > 0 ? `${text}\n… ${left.toLocaleString('en')} more bytes` : text.replace(/\r?\n$/, '')
}

function resultOf(outcome: Outcome<unknown>): CommandResult | undefined {
  if (outcome.status === 'ok') return outcome.value instanceof CommandResult ? outcome.value : undefined
  return outcome.error instanceof CommandError ? outcome.error.result : undefined
}
