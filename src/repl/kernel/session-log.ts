import { join } from 'node:path'
import type { AnswerEvent } from '../../engine/events.js'
import { foldNames } from '../../engine/nodeset/fold.js'
import type { Redactor } from '../../engine/redact.js'
import { removeDrafts } from '../../journal/file.js'
import { earlierInputs, keepInput, keepOutcome } from '../../journal/inputs.js'
import { Journal, type JournalRecord } from '../../journal/journal.js'
import { historyDirectory, newSession, type SessionPlace } from '../../journal/place.js'
import { readWhole } from '../../journal/read.js'
import { CELL_RECORDS } from '../notebook/session-cells.js'
import type { CellEnd, HistoryEntry, SessionRecord } from '../protocol.js'

/** Drafts of files that are older than this are nobody's any more, milliseconds. */
const DAY = 24 * 3600 * 1000

/** A session's journal with the redaction in front of it, and the inputs of all sessions beside it. */
export class SessionLog {
  /** Where all sessions are kept. */
  readonly history: string
  readonly place: SessionPlace
  /** None in a replay. */
  readonly #journal: Journal | undefined
  readonly #redactor: Redactor
  readonly #records: SessionRecord[] = []

  private constructor(history: string, place: SessionPlace, redactor: Redactor, journal: Journal | undefined) {
    this.history = history
    this.place = place
    this.#redactor = redactor
    this.#journal = journal
  }

  /** Starts the journal of a new session, or goes on with that of one whose kernel is gone. */
  static async start(directory: string, redactor: Redactor, session?: string): Promise<SessionLog> {
    const history = historyDirectory(directory)
    removeDrafts(history, DAY)
    if (session === undefined) {
      const place = newSession(history)
      return new SessionLog(history, place, redactor, Journal.open(place.directory))
    }
    const place = { session, directory: join(history, session) }
    const { records } = await readWhole(place.directory)
    const log = new SessionLog(history, place, redactor, Journal.open(place.directory))
    log.#records.push(...records.filter(isCellRecord))
    return log
  }

  /** The log of a session that is over and is looked at again: what happens is added to no journal. */
  static ofReplay(
    directory: string,
    session: string,
    records: readonly SessionRecord[],
    redactor: Redactor,
  ): SessionLog {
    const history = historyDirectory(directory)
    const log = new SessionLog(history, { session, directory: join(history, session) }, redactor, undefined)
    log.#records.push(...records.filter(isCellRecord))
    return log
  }

  get session(): string {
    return this.place.session
  }

  /** What has been recorded in this session, as saving and exporting need it. */
  get records(): readonly SessionRecord[] {
    return this.#records
  }

  /** Records what happened; gives back what may be shown. It is in the journal before anyone sees it. */
  append(record: SessionRecord): SessionRecord {
    const clean = this.#redactor.data(record)
    this.#journal?.append(clean)
    if (CELL_RECORDS.has(clean.type)) this.#records.push(clean)
    return clean
  }

  /** Records what a host answered; nobody is shown it. */
  heard(answer: AnswerEvent): void {
    this.#journal?.append(this.#redactor.data({ ...answer, at: Date.now() }))
  }

  /** Keeps an input for recall in this and later sessions. */
  keepInput(text: string): { ended(outcome: CellEnd['kind'], hosts: readonly string[]): void } {
    const at = Date.now()
    const { history, session } = this
    if (!this.#journal) return { ended: () => {} }
    keepInput(history, { at, session, text: this.#redactor.text(text) })
    return {
      ended: (kind, hosts) =>
        keepOutcome(history, { at, session, outcome: kind === 'error' ? 'failed' : kind, hosts: foldNames(hosts) }),
    }
  }

  /** Inputs of all sessions, oldest first. */
  inputs(): Promise<readonly HistoryEntry[]> {
    return earlierInputs(this.history)
  }

  close(): void {
    this.#journal?.close()
  }
}

/** The journal holds what this very program wrote there. */
function isCellRecord(record: JournalRecord): record is SessionRecord {
  const types: ReadonlySet<string> = CELL_RECORDS
  return types.has(record.type)
}
