import type { Identity } from '../../engine/connect/link.js'
import type { AnswerEvent, EngineEvent, RecordedFact, RecordedOutput } from '../../engine/events.js'
import { identityKey } from '../../engine/read/fact-reader.js'
import type { JournalRecord } from '../journal.js'

/** What a command said and how it ended. */
export interface RecordedRun {
  readonly stdout: RecordedOutput
  readonly stderr: RecordedOutput
  readonly exitCode: number
}

/** An answer, or why there is none. */
export type Found<T> =
  /** `index`: how many records had been written by then. */
  { readonly answer: T; readonly index: number; readonly missing?: never } | { readonly missing: string }

/** Something that was answered, and how many records had been written by then. */
interface Answered<T> {
  readonly index: number
  readonly answer: T
}

/** What hosts answered in a session: facts and commands, each with when. */
export class RecordedAnswers {
  readonly #commands = new Map<string, Answered<RecordedRun>[]>()
  readonly #facts = new Map<string, Answered<RecordedFact>[]>()

  constructor(records: readonly JournalRecord[]) {
    const labels = new Map<number, string>()
    const [first] = records
    const isFirst = first?.type === 'journal.start' && 'schema' in first && first.schema === 1
    for (const [index, record] of records.entries()) {
      if (!isAnswer(record)) continue
      if (record.type === 'answer.command')
        keep(this.#commands, commandKey(record.host, record.identity, record.command), index, record)
      else if (record.type === 'answer.fact')
        keep(this.#facts, factKey(record.host, record.identity, record.key), index, record.answer)
      else if (isFirst && record.type === 'task.start' && record.kind === 'command')
        labels.set(record.task, record.label)
      else if (record.type === 'task.host') this.#fromTheFirst(record, labels.get(record.task), index)
    }
  }

  /** The latest answer to a command within so many records, or why there is none. */
  command(host: string, identity: Identity, command: string, within: number): Found<RecordedRun> {
    return latest(
      this.#commands.get(commandKey(host, identity, command)) ??
        this.#commands.get(commandKey(host, undefined, command)),
      within,
    )
  }

  /** The same for a fact. */
  fact(host: string, identity: Identity, key: string, within: number): Found<RecordedFact> {
    return latest(this.#facts.get(factKey(host, identity, key)), within)
  }

  /** The latest answer to every fact that a host was asked within so many records, by its key. */
  *answersOf(host: string, within: number): Generator<Answered<RecordedFact> & { readonly key: string }> {
    for (const [name, answers] of this.#facts) {
      const [of, , key = ''] = name.split('\u0000')
      const found = of === host ? answers.findLast(({ index }) => index < within) : undefined
      if (found) yield { key, ...found }
    }
  }

  /** The first version kept answers only as they were shown, and not as whom they were given. */
  #fromTheFirst(record: Extract<EngineEvent, { type: 'task.host' }>, label: string | undefined, index: number): void {
    const { host, outcome } = record
    if (label === undefined || outcome.exitCode === undefined) return
    const answer = { stdout: outcome.text === '' ? '' : `${outcome.text}\n`, stderr: '', exitCode: outcome.exitCode }
    keep(this.#commands, commandKey(host, undefined, label), index, answer)
  }
}

function keep<T>(map: Map<string, Answered<T>[]>, key: string, index: number, answer: T): void {
  const known = map.get(key)
  if (known) known.push({ index, answer })
  else map.set(key, [{ index, answer }])
}

function latest<T>(answers: readonly Answered<T>[] | undefined, within: number): Found<T> {
  const found = answers?.findLast(({ index }) => index < within)
  if (found) return found
  return { missing: answers ? 'it was asked only later in the session' : 'it was not asked in this session' }
}

function commandKey(host: string, identity: Identity | undefined, command: string): string {
  return [host, identity ? identityKey(identity) : '', command].join('\u0000')
}

function factKey(host: string, identity: Identity, key: string): string {
  return [host, identityKey(identity), key].join('\u0000')
}

const ANSWERS: ReadonlySet<string> = new Set(['answer.command', 'answer.fact', 'task.start', 'task.host'])

// a journal holds what the engine reported: a record's type tells its fields
const isAnswer = (record: JournalRecord): record is JournalRecord & (AnswerEvent | EngineEvent) =>
  ANSWERS.has(record.type)
