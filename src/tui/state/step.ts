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
  /** When each had answered, milliseconds since the epoch. */
  readonly ends: ReadonlyMap<string, number>
  /** Milliseconds each took that has answered. */
  readonly times: ReadonlyMap<string, number>
  readonly statuses: ReadonlyMap<OutcomeStatus, number>
  /** Hosts on which something was changed. */
  readonly changed: ReadonlySet<string>
  /** An operation that has its plan and goes on to apply it. */
  readonly planned: boolean
  /** How far its transfers are, in bytes, by task. */
  readonly bytes: ReadonlyMap<number, { readonly done: number; readonly total: number }>
}

type TaskStart = Extract<SessionRecord, { type: 'task.start' }>
/** Events that come once for every host. */
export type HostProgress = Extract<
  SessionRecord,
  {
    type: 'task.host' | 'task.progress' | 'task.output' | 'change.start' | 'change.applied' | 'change.failed'
  }
>

export const stepKey = ({ kind, label }: Pick<Step, 'kind' | 'label'>): string => `${kind} ${label}`

export function startStep(step: Step | undefined, { kind, label, hosts, at }: TaskStart): Step {
  if (!step)
    return {
      kind,
      label,
      startedAt: at,
      total: hosts.length,
      done: 0,
      running: new Set(hosts),
      said: new Map(),
      doing: new Map(),
      failures: new Map(),
      ends: new Map(),
      times: new Map(),
      statuses: new Map(),
      changed: new Set(),
      planned: false,
      bytes: new Map(),
    }
  return { ...step, total: step.total + hosts.length, running: new Set([...step.running, ...hosts]) }
}

/** Takes in what many hosts did: the sets are copied once for all of them. */
export function progressStep(step: Step, records: readonly HostProgress[]): Step {
  const running = new Set(step.running)
  const changed = new Set(step.changed)
  const statuses = new Map(step.statuses)
  const times = new Map(step.times)
  const doing = new Map(step.doing)
  const failures = new Map(step.failures)
  const ends = new Map(step.ends)
  const said = new Map(step.said)
  const bytes = new Map(step.bytes)
  let { done } = step
  for (const record of records) {
    if (record.type === 'change.start') doing.set(record.host, { summary: record.summary, since: record.at })
    else if (record.type === 'change.applied' || record.type === 'change.failed') {
      doing.delete(record.host)
      if (record.type === 'change.applied') changed.add(record.host)
    } else if (record.type === 'task.output')
      for (const [host, lines] of Object.entries(record.hosts)) said.set(host, lines)
    else if (record.type === 'task.progress') bytes.set(record.task, { done: record.done, total: record.total })
    else {
      const { status, ms, text } = record.outcome
      times.set(record.host, ms)
      ends.set(record.host, record.at)
      doing.delete(record.host)
      if (status === 'failed' || status === 'unreachable' || status === 'unknown') {
        const [said = ''] = text.trim().split('\n')
        const sentence = said === '' ? status : said
        failures.set(sentence, [...(failures.get(sentence) ?? []), record.host])
      }
      said.delete(record.host)
      running.delete(record.host)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      done += 1
    }
  }
  return { ...step, running, changed, statuses, said, doing, failures, ends, times, bytes, done }
}
