import type { JournalRecord } from '../../journal/journal.js'
import type { RecordedAnswers } from '../../journal/replay/answers.js'
import type { SessionRecord } from '../protocol.js'
import { fileName, NO_FILE, summedPath, toldFact } from './told-fact.js'

/** What was known of a file: its text after a change, `null` where it was removed. */
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

  /** By name (`server.os`, `file /etc/motd`): what was known within so many records, the latest of each. */
  at(host: string, within: number): Map<string, string> {
    const known = new Map<string, { readonly index: number; readonly text: string }>()
    const learn = (name: string, index: number, text: string): void => {
      if ((known.get(name)?.index ?? Number.NEGATIVE_INFINITY) <= index) known.set(name, { index, text })
    }
    for (const { key, index, answer } of this.#answers.answersOf(host, within)) {
      const told = toldFact(key, answer)
      if (told) learn(told.name, index, told.text)
    }
    for (const { index, path, before, after } of this.#files.filter(file => file.host === host)) {
      if (index < within) learn(fileName(path), index, after ?? NO_FILE)
      // what a later change found there is what was there, as long as nothing nearer is known
      else if (!known.has(fileName(path))) learn(fileName(path), -1, before ?? NO_FILE)
    }
    const told = [...known].filter(([name]) => !known.has(fileName(summedPath(name) ?? '')))
    return new Map(told.map(([name, { text }]) => [name, text]))
  }
}
