import { type FoldedChange, folded } from '../history/audit-text.js'
import { RecordedChanges } from '../history/recorded-changes.js'
import { type ConsoleText, cellsFromRecords } from '../notebook/session-cells.js'
import type { CellEnd, HostView, SessionRecord } from '../protocol.js'

/** A session as reports tell it. Plain data: as JSON it is a report of its own. */
export interface SessionReport {
  readonly session: string
  readonly inventory: string
  /** Who held it: `alice@laptop`. */
  readonly by: string
  /** Milliseconds since the epoch, of its first and its last record. */
  readonly began: number
  readonly ended: number
  readonly hosts: readonly HostView[]
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly cells: readonly ReportCell[]
  /** Why things were done, in the person's words. */
  readonly reasons: readonly string[]
  /** One sentence for each thing that is wrong with the record. */
  readonly problems: readonly string[]
}

export interface ReportCell {
  readonly number: number
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How long it took, milliseconds; left out of one that was cut off. */
  readonly ms?: number
  readonly end: CellEnd
  readonly console: readonly ConsoleText[]
  /** The hosts it was for. */
  readonly focus: readonly string[]
  /** What it changed, folded by what was the same on many hosts. */
  readonly changes: readonly FoldedChange[]
  /** All that it changed was taken back later. */
  readonly undone: boolean
}

/** Makes the report of a session from its records. */
export function sessionReport(
  session: string,
  records: readonly SessionRecord[],
  problems: readonly string[] = [],
): SessionReport {
  const gathered = new RecordedChanges()
  gathered.begin(session)
  const took = new Map<number, number>()
  const reasons = new Set<string>()
  for (const record of records) {
    gathered.see(record)
    if (record.type === 'cell.end') took.set(record.cell, record.ms)
    if (record.type === 'session.reason' && record.text !== '') reasons.add(record.text)
  }
  const start = records.find(record => record.type === 'session.start')
  const cells = cellsFromRecords(records).map(({ id, source, at, end, console, focus, undone }): ReportCell => {
    const changes = gathered.changes.filter(({ cell }) => cell === id)
    const ms = took.get(id)
    return {
      number: id,
      source,
      at,
      ...(ms === undefined ? {} : { ms }),
      end,
      console,
      focus,
      changes: folded(changes),
      undone: undone || (changes.length > 0 && changes.every(change => change.undone)),
    }
  })
  return {
    session,
    inventory: start?.inventory ?? 'unknown',
    by: start?.by ?? 'unknown',
    began: records[0]?.at ?? 0,
    ended: records.at(-1)?.at ?? 0,
    hosts: start?.hosts ?? [],
    groups: start?.groups ?? {},
    cells,
    reasons: [...reasons],
    problems,
  }
}

/** How a cell went, in one word: hosts that failed count. */
export type CellOutcome = 'ok' | 'changed' | 'failed' | 'refused' | 'declined' | 'interrupted'

export function outcomeOf({ end, changes }: ReportCell): CellOutcome {
  if (end.kind === 'error') return 'failed'
  if (end.kind !== 'ok') return end.kind
  const failed =
    end.value.kind === 'results' && end.value.groups.some(({ status }) => status !== 'ok' && status !== 'skipped')
  return failed ? 'failed' : changes.length > 0 ? 'changed' : 'ok'
}

/** What a cell that gave no value came to, in words; empty where there is nothing to say. */
export function endText(end: CellEnd): string {
  switch (end.kind) {
    case 'ok':
      return ''
    case 'error': {
      const { message, line, column, frames } = end.error
      const place = line === undefined ? '' : `${line}:${column ?? 1} `
      return [`${place}${message}`, ...frames.map(frame => `  at ${frame}`)].join('\n')
    }
    case 'refused':
      return [
        ...end.problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
        'Nothing was run and nothing was sent.',
      ].join('\n')
    case 'declined':
      return end.text
    case 'interrupted':
      return 'Interrupted.'
  }
}

/** `0.04 s`, `3 min 20 s` */
export function durationText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
