import type { ChangeView } from '../../engine/events.js'
import type { CellEnd, SessionEvent, SessionRecord } from '../protocol.js'

/** A cell as it ran: what was typed, where it acted, and what came of it. */
export interface SessionCell {
  /** Its number in the session, from 1. */
  readonly id: number
  readonly source: string
  /** When it began, milliseconds since the epoch. */
  readonly at: number
  /** `interrupted` where the session ended before the cell did. */
  readonly end: CellEnd
  /** The hosts that bare `$`, `facts`, `apt` … acted on. */
  readonly focus: readonly string[]
  readonly console: readonly ConsoleText[]
  readonly effects: CellEffects
  /** The latest cell before it that asked hosts anything: `failed`, `changed` and `unreachable` are its hosts. */
  readonly lastAsked?: number
  /** All that it changed was taken back later. */
  readonly undone: boolean
}

export interface ConsoleText {
  readonly stream: 'out' | 'err'
  readonly text: string
}

/** What a cell did to hosts, as recorded. */
export interface CellEffects {
  /** An operation changed a host. */
  readonly changed: boolean
  /** What was changed: a text for each host and thing on it, equal for equal ones. */
  readonly touched: readonly string[]
  /** Commands and remote writes, as they were shown. */
  readonly commands: readonly string[]
  /** Names of the operations that were planned: `files.line`. */
  readonly operations: readonly string[]
  /** Those of them that change something each time they run. */
  readonly imperative: readonly string[]
  /** Hosts on which something failed. */
  readonly failed: readonly string[]
  /** The selections that were asked anything, each once. */
  readonly selections: readonly (readonly string[])[]
}

/** Labels of command tasks that send nothing themselves. */
const NO_COMMAND: ReadonlySet<string> = new Set(['each', 'connect'])

/** Name of the operation that takes others back. */
const UNDO = 'undo'

/** Types of the records that saving and exporting look at; others need not be kept. */
export const CELL_RECORDS: ReadonlySet<SessionRecord['type']> = new Set([
  'session.arranged',
  'notebook.saved',
  'cell.start',
  'cell.console',
  'cell.end',
  'task.start',
  'task.host',
  'plan',
  'change.applied',
])

/**
 * The cells of a session, in the order they ran, from its records. A cell that begins with a colon is a command that ran as a
 * cell (`:undo 3`).
 */
export function cellsFromRecords(records: readonly SessionRecord[]): SessionCell[] {
  const drafts = new Map<number, Draft>()
  const tasks = new Map<number, Task>()
  for (const record of records) {
    if (record.type === 'cell.start') drafts.set(record.cell, beginning(record))
    else if (record.type === 'cell.console') drafts.get(record.cell)?.console.push(consoleText(record))
    else if (record.type === 'cell.end') end(drafts.get(record.cell), record.end)
    else if (record.type === 'task.start') {
      const draft = record.cell === undefined ? undefined : drafts.get(record.cell)
      tasks.set(record.task, { draft, isUndo: false })
      draft?.selections.set(JSON.stringify(record.hosts), record.hosts)
      if (draft && isCommand(record)) draft.commands.add(record.label)
    } else noteEngineEvent(record, tasks, drafts)
  }
  let lastAsked: number | undefined
  return [...drafts.values()].map(draft => {
    const cell = finished(draft, lastAsked)
    if (draft.selections.size > 0) lastAsked = draft.id
    return cell
  })
}

interface Task {
  readonly draft: Draft | undefined
  readonly isUndo: boolean
}

interface Draft {
  readonly id: number
  readonly source: string
  readonly at: number
  readonly focus: readonly string[]
  end: CellEnd
  readonly console: ConsoleText[]
  readonly commands: Set<string>
  readonly operations: Set<string>
  readonly imperative: Set<string>
  readonly failed: Set<string>
  /** What was changed and not taken back since: host and subject. */
  readonly standing: Set<string>
  readonly touched: Set<string>
  /** Something of it was taken back. */
  takenBack: boolean
  readonly selections: Map<string, readonly string[]>
}

type Event<K extends SessionEvent['type']> = Extract<SessionRecord, { readonly type: K }>

function beginning({ cell, source, at, focus }: Event<'cell.start'>): Draft {
  return {
    id: cell,
    source,
    at,
    focus,
    end: { kind: 'interrupted' },
    console: [],
    commands: new Set(),
    operations: new Set(),
    imperative: new Set(),
    failed: new Set(),
    standing: new Set(),
    touched: new Set(),
    takenBack: false,
    selections: new Map(),
  }
}

function end(draft: Draft | undefined, how: CellEnd): void {
  if (draft) draft.end = how
}

function consoleText({ stream, text }: Event<'cell.console'>): ConsoleText {
  return { stream, text }
}

function isCommand({ kind, label }: Event<'task.start'>): boolean {
  return (kind === 'command' && !NO_COMMAND.has(label)) || (kind === 'transfer' && /^(?:write|upload) /.test(label))
}

function noteEngineEvent(record: SessionRecord, tasks: Map<number, Task>, drafts: ReadonlyMap<number, Draft>): void {
  if (record.type === 'plan') {
    const task = tasks.get(record.task)
    tasks.set(record.task, { draft: task?.draft, isUndo: record.plan.operation === UNDO })
    task?.draft?.operations.add(record.plan.operation)
  } else if (record.type === 'task.host') {
    const { status } = record.outcome
    if (status !== 'ok' && status !== 'skipped') tasks.get(record.task)?.draft?.failed.add(record.host)
  } else if (record.type === 'change.applied') {
    const task = tasks.get(record.task)
    if (task?.isUndo) takeBack(record.host, record.change, drafts)
    else if (task?.draft) noteChange(task.draft, record.host, record.change)
  }
}

function noteChange(draft: Draft, host: string, change: ChangeView): void {
  const key = changeKey(host, change)
  draft.touched.add(key)
  // what has no state of its own, an update of package lists, cannot be taken back and need not
  if (!change.imperative || change.undoable) draft.standing.add(key)
  if (change.imperative) for (const operation of draft.operations) draft.imperative.add(operation)
}

/** What an undo changes belongs to the latest cell that changed the same thing there. */
function takeBack(host: string, change: ChangeView, drafts: ReadonlyMap<number, Draft>): void {
  const key = changeKey(host, change)
  const owner = [...drafts.values()].reverse().find(draft => draft.standing.has(key))
  if (!owner) return
  owner.standing.delete(key)
  owner.takenBack = true
}

/** What is taken back may be told in other words than what was done: a directory that was made, and a name that is no more. */
function changeKey(host: string, change: ChangeView): string {
  return JSON.stringify([host, change.diff.subject.replace(/^(?:file|directory|link) (?=\/)/, '')])
}

function finished(draft: Draft, lastAsked: number | undefined): SessionCell {
  const { id, source, at, end, focus, console } = draft
  const changed = draft.touched.size > 0
  return {
    id,
    source,
    at,
    end,
    focus,
    console,
    effects: {
      changed,
      touched: [...draft.touched],
      commands: [...draft.commands],
      operations: [...draft.operations],
      imperative: [...draft.imperative],
      failed: [...draft.failed],
      selections: [...draft.selections.values()],
    },
    ...(lastAsked === undefined ? {} : { lastAsked }),
    undone: draft.takenBack && draft.standing.size === 0,
  }
}
