import { join } from 'node:path'
import type { LinkObserver } from '../../engine/connect/link.js'
import { UsageError } from '../../engine/errors.js'
import { hostsText } from '../../engine/nodeset/fold.js'
import { RecordedAnswers } from '../../journal/replay/answers.js'
import { type Moment, type Recording, readRecording } from '../../journal/replay/recording.js'
import { type NotRecorded, ReplayLink } from '../../journal/replay/replay-link.js'
import { sessionNamed } from '../history/session-named.js'
import type { SessionRecord } from '../protocol.js'
import type { WorkspaceOptions } from '../workspace.js'
import { HostStates } from './host-states.js'

/** Records that a front end is shown again; questions that were answered then are not asked again. */
const SHOWN = /^(?:cell|task|plan|change|session\.focus|session\.reason|note|notebook)(?:\.|$)/

/** A recorded session with a moment in it: what is asked now is answered as it was known then. */
export class Replay {
  readonly recording: Recording
  readonly states: HostStates
  readonly #answers: RecordedAnswers
  readonly #links = new Map<string, ReplayLink>()
  readonly #misses: NotRecorded[] = []
  readonly #time: { within: number }
  #shown = 0

  constructor(recording: Recording) {
    this.recording = recording
    this.#answers = new RecordedAnswers(recording.records)
    this.states = new HostStates(recording.records, this.#answers)
    this.#time = { within: recording.records.length }
  }

  /** The record as the protocol has it: a journal holds what its kernel wrote. */
  get records(): readonly SessionRecord[] {
    return this.recording.records as readonly SessionRecord[]
  }

  /** Number of the last cell of the recorded session. */
  get lastCell(): number {
    return Math.max(0, ...this.recording.moments.map(({ cell }) => cell))
  }

  /** The moment: how many of the cells had ended by then. */
  get position(): number {
    return this.recording.moments.filter(({ records }) => records <= this.#time.within).length
  }

  /** What bare `$` and facts acted on at the moment; empty: all hosts. */
  get focus(): string {
    const focus = this.records.slice(0, this.#time.within).findLast(({ type }) => type === 'session.focus')
    return focus?.type === 'session.focus' ? focus.pattern : ''
  }

  /** What was asked so far and is not in the record, one sentence each, with the hosts that were asked. */
  get misses(): readonly string[] {
    const hosts = new Map<string, Set<string>>()
    for (const { reason, host } of this.#misses) hosts.set(reason, (hosts.get(reason) ?? new Set()).add(host))
    return [...hosts].map(([reason, names]) => `${hostsText([...names])}: ${reason}`)
  }

  /** Goes to the end of a cell, counted from 1 in the order they ended; 0 is before the first. */
  goTo(position: number): Moment | undefined {
    const { moments, records } = this.recording
    const place = Math.min(Math.max(0, position), moments.length)
    const moment = moments[place - 1]
    this.#time.within = place === moments.length ? records.length : (moment?.records ?? 0)
    return moment
  }

  /** The cells that were shown and lie behind the moment now; they are given again when it comes to them. */
  takeBack(): readonly number[] {
    const { within } = this.#time
    const gone = this.records.slice(within, this.#shown)
    this.#shown = Math.min(this.#shown, within)
    return gone.flatMap(record => (record.type === 'cell.start' ? [record.cell] : []))
  }

  /** Where a cell of that number stands among the moments, from 1. @throws {UsageError} when there is none */
  positionOf(cell: number): number {
    const index = this.recording.moments.findLastIndex(moment => moment.cell === cell)
    if (index < 0) throw new UsageError(`The session has no cell ${cell}; :timeline shows those that it has.`)
    return index + 1
  }

  /** The records up to the moment that were not given yet, for a front end to show. */
  *unseen(): Generator<SessionRecord> {
    for (; this.#shown < this.#time.within; this.#shown += 1) {
      const record = this.records[this.#shown]
      if (record && SHOWN.test(record.type)) yield record
    }
  }

  link(name: string, observer: LinkObserver): ReplayLink {
    const known = this.#links.get(name)
    if (known) return known
    const link = new ReplayLink(name, this.#answers, this.#time, observer, miss => this.#misses.push(miss))
    this.#links.set(name, link)
    return link
  }

  recall(name: string): ReplayLink['recall'] {
    return this.link(name, { state: () => {}, latency: () => {} }).recall
  }
}

/** Opens a recorded session. @param name the session's, `last`, or that of a notebook saved from it @throws {UsageError} */
export async function openReplay(history: string, name: string): Promise<Replay> {
  return new Replay(await readRecording(join(history, await sessionNamed(history, name))))
}

/** What an engine stands on in a replay. */
export function replayedHosts(replay: Replay): Pick<WorkspaceOptions, 'inventory' | 'source' | 'link' | 'recall'> {
  const { inventory, source } = replay.recording
  return {
    inventory,
    source,
    link: ({ name }, observer) => replay.link(name, observer),
    recall: name => replay.recall(name),
  }
}
