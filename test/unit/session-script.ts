import type { ChangeView, PlanView } from '../../src/engine/events.js'
import { cellsFromRecords, type SessionCell } from '../../src/repl/notebook/session-cells.js'
import type { CellEnd, Display, SessionEvent, SessionRecord } from '../../src/repl/protocol.js'

/** What a person typed, cell by cell: the source alone, or with how it went. */
export type SessionScript = readonly (string | ScriptedCell)[]

export interface ScriptedCell {
  readonly source: string
  readonly end?: CellEnd['kind']
  readonly focus?: readonly string[]
  /** Operations it planned, each with the things it changed on each host of the focus. */
  readonly operations?: Readonly<Record<string, readonly string[]>>
  /** Operations that cannot settle. */
  readonly imperative?: boolean
  readonly commands?: readonly string[]
  readonly facts?: readonly string[]
  /** Hosts on which what it did failed. */
  readonly failed?: readonly string[]
  /** It gave no value. */
  readonly silent?: boolean
}

export const HOSTS = ['web-1', 'web-2', 'web-3', 'db-1']

/** The records that such a session leaves, as a kernel emits them. */
export function sessionRecords(script: SessionScript): SessionRecord[] {
  let task = 0
  let at = Date.UTC(2026, 10, 22, 14, 2)
  const events = script.flatMap((entry, index): SessionEvent[] => {
    const { source, end = 'ok', focus = HOSTS, ...did } = typeof entry === 'string' ? { source: entry } : entry
    const cell = index + 1
    const tasks: SessionEvent[] = [
      ...(did.facts ?? []).flatMap(label => taskEvents('fact', label)),
      ...(did.commands ?? []).flatMap(label => taskEvents('command', label)),
      ...Object.entries(did.operations ?? {}).flatMap(([operation, subjects]) => operationEvents(operation, subjects)),
    ]
    return [
      { type: 'cell.start', cell, source, focus },
      ...tasks,
      { type: 'cell.end', cell, end: endOf(end, source, did.silent ?? false), ms: 1 },
    ]

    function taskEvents(
      kind: 'fact' | 'command' | 'operation',
      label: string,
      inside: SessionEvent[] = [],
    ): SessionEvent[] {
      task += 1
      const own = task
      return [
        { type: 'task.start', task: own, cell, kind, label, hosts: focus },
        ...inside,
        ...focus.map((host): SessionEvent => {
          const status = did.failed?.includes(host) ? 'failed' : 'ok'
          return { type: 'task.host', task: own, host, outcome: { status, key: 'k', text: '', ms: 1 } }
        }),
        { type: 'task.end', task: own, ms: 1 },
      ]
    }

    function operationEvents(operation: string, subjects: readonly string[]): SessionEvent[] {
      const number = task + 1
      const plan: PlanView = { operation, label: operation, groups: [] }
      const changes = focus
        .filter(host => !did.failed?.includes(host))
        .flatMap(host =>
          subjects.map((subject): SessionEvent => {
            const change = changeOf(subject, did.imperative ?? false)
            return { type: 'change.applied', task: number, host, change, ms: 1 }
          }),
        )
      return taskEvents('operation', operation, [{ type: 'plan', task: number, cell, plan }, ...changes])
    }
  })
  return events.map(event => ({ ...event, at: at++ }))
}

/** The cells of such a session. */
export function sessionCells(script: SessionScript): SessionCell[] {
  return cellsFromRecords(sessionRecords(script))
}

function changeOf(subject: string, imperative: boolean): ChangeView {
  return {
    summary: subject,
    diff: { kind: 'text', subject, before: '', after: 'x' },
    commands: [],
    undoable: true,
    ...(imperative ? { imperative } : {}),
  }
}

function endOf(kind: CellEnd['kind'], source: string, silent: boolean): CellEnd {
  switch (kind) {
    case 'ok':
      return { kind, value: silent || isDeclaration(source) ? { kind: 'nothing' } : displayOf(source) }
    case 'error':
      return { kind, error: { name: 'Error', message: 'x', frames: [] } }
    case 'refused':
      return { kind, problems: [] }
    case 'declined':
      return { kind, text: 'declined' }
    case 'interrupted':
      return { kind }
  }
}

function isDeclaration(source: string): boolean {
  return /^(?:export |async )*(?:const|let|var|function|class|import|interface|type|enum)\b/.test(
    source.split('\n').at(-1) ?? '',
  )
}

function displayOf(source: string): Display {
  return /facts|\$|files|apt|systemd|server/.test(source)
    ? { kind: 'results', of: 'value', groups: [] }
    : { kind: 'text', text: '1' }
}
