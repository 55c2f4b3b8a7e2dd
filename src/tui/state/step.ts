import type { OutcomeStatus, TaskKind } from '../../engine/events.js'
import type { SessionRecord } from '../../repl/protocol.js'

/** What a cell does on hosts, all tasks of one label together: a loop over hosts shows as one step. */
export interface Step {
  readonly kind: TaskKind
  readonly label: string
  readonly startedAt: number
  /** Hosts asked, counted once for every task. */
  readonly total: number
  readonly done: number
  /** Hosts that have not answered. */
  readonly running: ReadonlySet<string>
  /** What hosts that still run said last. */
  readonly said: ReadonlyMap<string, readonly string[]>
  /** The change that a host is being given, and since when, milliseconds since the epoch. */
  readonly doing: ReadonlyMap<string, { readonly summary: string; readonly since: number }>
  /** What went wrong where, by the first line of what is said of it. */
  readonly failures: ReadonlyMap<string, readonly string[]>
  readonly answered: ReadonlyMap<string, Answer>
  /** What was answered, each text once, as much as is kept. */
  readonly texts: ReadonlyMap<string, string>
  readonly statuses: ReadonlyMap<OutcomeStatus, number>
  /** Hosts on which something was changed. */
  readonly changed: ReadonlySet<string>
  /** An operation that has its plan and goes on to apply it. */
  readonly planned: boolean
  /** How far its transfers are, in bytes, by task. */
  readonly bytes: ReadonlyMap<number, { readonly done: number; readonly total: number }>
}

/** What a host came to in a step. */
export interface Answer {
  /** When, milliseconds since the epoch, and how many it took. */
  readonly at: number
  readonly ms: number
  readonly status: OutcomeStatus
  readonly exitCode?: number
  /** What it said, word for word; left out where it was too much to be kept. */
  readonly text?: string
}

/** Characters of answers that are kept for a step; all of them are in the journal. */
const MOST_KEPT = 1024 * 1024

type TaskStart = Extract<SessionRecord, { type: 'task.start' }>
/** Events that come for every host. */
export type HostProgress = Extract<
  SessionRecord,
  {
    type: 'task.host' | 'task.progress' | 'task.output' | 'change.start' | 'change.applied' | 'change.failed'
  }
>

export const stepKey = ({ kind, label }: Pick<Step, 'kind' | 'label'>): string => `${kind} ${label}`

const newStep = ({ kind, label, at }: TaskStart): Step => ({
  kind,
  label,
  startedAt: at,
  total: 0,
  done: 0,
  running: new Set(),
  said: new Map(),
  doing: new Map(),
  failures: new Map(),
  answered: new Map(),
  texts: new Map(),
  statuses: new Map(),
  changed: new Set(),
  planned: false,
  bytes: new Map(),
})

/**
 * A step while records are taken in: what they change is copied once for all of them, and what they do not change is not copied.
 * Five thousand hosts report in one frame, be it in one task or in a task for each.
 */
export class StepDraft {
  readonly #step: Step
  readonly #running: Copied<ReadonlySet<string>, Set<string>>
  readonly #said: Copied<Step['said'], Map<string, readonly string[]>>
  readonly #doing: Copied<Step['doing'], Map<string, { summary: string; since: number }>>
  readonly #failures: Copied<Step['failures'], Map<string, string[]>>
  readonly #answered: Copied<Step['answered'], Map<string, Answer>>
  readonly #texts: Copied<Step['texts'], Map<string, string>>
  readonly #statuses: Copied<Step['statuses'], Map<OutcomeStatus, number>>
  readonly #changed: Copied<ReadonlySet<string>, Set<string>>
  readonly #bytes: Copied<Step['bytes'], Map<number, { done: number; total: number }>>
  #room = MOST_KEPT
  #total: number
  #done: number
  #planned: boolean

  private constructor(step: Step) {
    this.#step = step
    this.#running = new Copied(step.running, set => new Set(set))
    this.#said = new Copied(step.said, map => new Map(map))
    this.#doing = new Copied(step.doing, map => new Map(map))
    this.#failures = new Copied(step.failures, map => new Map([...map].map(([text, hosts]) => [text, [...hosts]])))
    this.#answered = new Copied(step.answered, map => new Map(map))
    this.#texts = new Copied(step.texts, map => new Map(map))
    for (const text of step.texts.values()) this.#room -= text.length
    this.#statuses = new Copied(step.statuses, map => new Map(map))
    this.#changed = new Copied(step.changed, set => new Set(set))
    this.#bytes = new Copied(step.bytes, map => new Map(map))
    this.#total = step.total
    this.#done = step.done
    this.#planned = step.planned
  }

  static of(step: Step): StepDraft {
    return new StepDraft(step)
  }

  static begin(record: TaskStart): StepDraft {
    return new StepDraft(newStep(record))
  }

  get step(): Step {
    return {
      ...this.#step,
      running: this.#running.now,
      said: this.#said.now,
      doing: this.#doing.now,
      failures: this.#failures.now,
      answered: this.#answered.now,
      texts: this.#texts.now,
      statuses: this.#statuses.now,
      changed: this.#changed.now,
      bytes: this.#bytes.now,
      total: this.#total,
      done: this.#done,
      planned: this.#planned,
    }
  }

  /** One more task of the step. */
  start({ hosts }: TaskStart): void {
    this.#total += hosts.length
    const running = this.#running.own()
    for (const host of hosts) running.add(host)
  }

  plan(): void {
    this.#planned = true
  }

  progress(record: HostProgress): void {
    switch (record.type) {
      case 'change.start':
        this.#doing.own().set(record.host, { summary: record.summary, since: record.at })
        break
      case 'change.applied':
        this.#changed.own().add(record.host)
        this.#doneChange(record.host)
        break
      case 'change.failed':
        this.#doneChange(record.host)
        break
      case 'task.output':
        for (const [host, lines] of Object.entries(record.hosts)) this.#said.own().set(host, lines)
        break
      case 'task.progress':
        this.#bytes.own().set(record.task, { done: record.done, total: record.total })
        break
      case 'task.host':
        this.#end(record)
    }
  }

  #doneChange(host: string): void {
    if (this.#doing.now.has(host)) this.#doing.own().delete(host)
  }

  #end({ host, at, outcome }: Extract<HostProgress, { type: 'task.host' }>): void {
    const { status, ms, text, exitCode } = outcome
    const kept = this.#keep(text)
    this.#answered.own().set(host, {
      at,
      ms,
      status,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(kept === undefined ? {} : { text: kept }),
    })
    this.#doneChange(host)
    if (status === 'failed' || status === 'unreachable' || status === 'unknown') {
      const [said = ''] = text.trim().split('\n')
      const sentence = said === '' ? status : said
      const failures = this.#failures.own()
      const hosts = failures.get(sentence)
      if (hosts) hosts.push(host)
      else failures.set(sentence, [host])
    }
    if (this.#said.now.has(host)) this.#said.own().delete(host)
    this.#running.own().delete(host)
    this.#statuses.own().set(status, (this.#statuses.now.get(status) ?? 0) + 1)
    this.#done += 1
  }

  /** The text of an answer, shared by all hosts with the same one; nothing where there is no more room. */
  #keep(text: string): string | undefined {
    const known = this.#texts.now.get(text)
    if (known !== undefined || this.#room < text.length) return known
    this.#room -= text.length
    this.#texts.own().set(text, text)
    return text
  }
}

/** Something shared that is copied when it is first to be changed. */
class Copied<R, W extends R> {
  readonly #shared: R
  readonly #copy: (shared: R) => W
  #own: W | undefined

  constructor(shared: R, copy: (shared: R) => W) {
    this.#shared = shared
    this.#copy = copy
  }

  get now(): R {
    return this.#own ?? this.#shared
  }

  own(): W {
    this.#own ??= this.#copy(this.#shared)
    return this.#own
  }
}
