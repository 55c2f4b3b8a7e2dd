import { resolve } from 'node:path'
import type { LinkObserver } from '../engine/connect/link.js'
import { Engine } from '../engine/engine.js'
import type { EngineEvent } from '../engine/events.js'
import type { Fleet } from '../engine/fleet/api.js'
import { resolveInventory } from '../engine/inventory/inventory.js'
import { type Approver, declineAll } from '../engine/run/approval.js'
import * as facts from '../facts/index.js'
import { RecordedAnswers } from '../journal/replay/answers.js'
import { readRecording } from '../journal/replay/recording.js'
import { ReplayLink } from '../journal/replay/replay-link.js'
import * as operations from '../operations/index.js'

export interface TranscriptOptions {
  /** Only what was answered up to the end of this cell; default: all of the session. */
  readonly cell?: number
  /** Decides on plans; nothing can be applied. Default: declines all. */
  readonly approver?: Approver
}

export interface Transcript {
  /** The hosts of the session. Facts and commands answer as they did; what was not asked then fails. */
  readonly fleet: Fleet
  readonly events: readonly EngineEvent[]
  /** What was asked and is not in the record, one sentence each. */
  readonly misses: readonly string[]
  close(): Promise<void>
}

/**
 * The hosts of a recorded session as a test double: a deploy can be planned against what they answered on that day.
 *
 * @param directory the session's folder, `history/2026-11-22-1402`; or a copy of it that is kept beside its notebook, to be shared
 * @throws {UsageError} when there is no journal
 * @example
 * const { fleet, misses } = await transcript('history/transcripts/502-on-web-3')
 * const report = await runDeploy(deploy, fleet, { approver: declineAll, emit: () => {}, signal, dryRun: true })
 * expect(misses).toEqual([])
 */
export async function transcript(
  directory: string,
  { cell, approver = declineAll }: TranscriptOptions = {},
): Promise<Transcript> {
  const { inventory, source, records, moments } = await readRecording(resolve(directory))
  const moment = moments.find(each => each.cell === cell)
  const answers = new RecordedAnswers(records)
  const events: EngineEvent[] = []
  const misses: string[] = []
  const links = new Map<string, ReplayLink>()
  const linkOf = (name: string, observer: LinkObserver): ReplayLink => {
    const time = { within: moment?.records ?? records.length }
    const link = links.get(name) ?? new ReplayLink(name, answers, time, observer, miss => misses.push(miss.message))
    links.set(name, link)
    return link
  }
  const engine = new Engine({
    inventory: resolveInventory(inventory, source),
    catalogue: { facts, operations },
    link: ({ name }, observer) => linkOf(name, observer),
    recall: name => linkOf(name, { state: () => {}, latency: () => {} }).recall,
    approver,
    emit: event => events.push(event),
  })
  return { fleet: engine.fleet, events, misses, close: () => engine.close() }
}
