import type { JournalRecord } from '../../journal/journal.js'
import type { RecordedAnswers } from '../../journal/replay/answers.js'
import type { SessionRecord } from '../protocol.js'

/** What is known of a file: its text after a change, `null` where it was removed. */
interface KnownFile {
  readonly index: number
  readonly host: string
  readonly path: string
  readonly before: string | null
  readonly after: string | null
}

/** What was known of hosts at any moment of a session: facts as they were answered, files as they were changed. */
export class HostStates {
  readonly #answers: RecordedAnswers
  readonly #files: KnownFile[] = []

  constructor(records: readonly JournalRecord[], answers: RecordedAnswers) {
    this.#answers = answers
    // a journal holds what its kernel wrote
    for (const [index, record] of (records as readonly SessionRecord[]).entries()) {
      if (record.type !== 'change.applied' || record.change.diff.kind !== 'text') continue
      const { subject, before, after } = record.change.diff
      this.#files.push({ index, host: record.host, path: subject, before, after })
    }
  }

  /** By name (`server.os`, `file /etc/motd`): what was known within so many records. */
  at(host: string, within: number): Map<string, string> {
    const known = this.#answers.factsOf(host, within)
    for (const file of this.#files.filter(each => each.host === host).reverse())
      if (file.before !== null) known.set(`file ${file.path}`, file.before)
    for (const file of this.#files.filter(each => each.host === host && each.index < within)) {
      if (file.after === null) known.delete(`file ${file.path}`)
      else known.set(`file ${file.path}`, file.after)
    }
    return known
  }
}
