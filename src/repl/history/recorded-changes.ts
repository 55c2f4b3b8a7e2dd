import type { ChangeView, UndoView } from '../../engine/events.js'
import { recognise } from '../export/shell/recognise.js'
import type { SessionRecord } from '../protocol.js'

/** A change of one host, as the journal of a session tells it. */
export interface RecordedChange {
  readonly session: string
  /** Who held the session: `alice@laptop`. */
  readonly by: string
  /** When it was begun, milliseconds since the epoch. */
  readonly at: number
  /** The cell that made it; left out for one made outside of cells: by a deploy. */
  readonly cell?: number
  readonly source?: string
  readonly host: string
  /** `files.line /etc/ntp.conf` */
  readonly operation: string
  readonly summary: string
  /** `begun`: how it ended is not known, its process was killed. `failed`: some of it may have been carried out. */
  readonly outcome: 'applied' | 'failed' | 'begun'
  /** What was altered; not known of one that was only begun. */
  readonly change?: ChangeView
  readonly touches: readonly string[]
  readonly undo?: UndoView
  /** Why it was done, in the person's words. */
  readonly reason?: string
  /** The cells that this change takes back something of. */
  readonly takesBack?: readonly CellName[]
  /** It was taken back since. */
  readonly undone: boolean
}

/** A cell of some session. */
export interface CellName {
  readonly session: string
  /** Left out for what a deploy did. */
  readonly cell?: number | undefined
}

/** Something that was run on hosts, which may have altered anything. */
export interface RecordedCommand {
  readonly session: string
  readonly by: string
  readonly at: number
  readonly cell?: number
  readonly hosts: readonly string[]
  /** As it was shown: `sed -i s/a/b/ /etc/ntp.conf`, `upload motd → /etc/motd`. */
  readonly text: string
  readonly reason?: string
}

/** Types of the records that {@link RecordedChanges} looks at; others need not be read. */
export const CHANGE_RECORDS: ReadonlySet<string> = new Set([
  'journal.start',
  'session.start',
  'session.reason',
  'cell.start',
  'task.start',
  'task.host',
  'plan',
  'change.start',
  'change.applied',
  'change.failed',
  'undone',
])

type Draft = { -readonly [K in keyof RecordedChange]: RecordedChange[K] }

interface Task {
  readonly label: string
  readonly cell: number | undefined
  readonly source: string | undefined
  isUndo: boolean
}

/** Name of the operation that takes others back. */
const UNDO = 'undo'

/** Gathers the changes of sessions from their records, session after session, oldest first. */
export class RecordedChanges {
  readonly #changes: Draft[] = []
  readonly #commands: RecordedCommand[] = []
  #session = ''
  #by = 'unknown'
  #reason = ''
  #schema = 0
  #tasks = new Map<number, Task>()
  #cells = new Map<number, string>()
  #open = new Map<string, Draft>()

  /** In the order they were begun. */
  get changes(): readonly RecordedChange[] {
    return this.#changes.toSorted((a, b) => a.at - b.at)
  }

  get commands(): readonly RecordedCommand[] {
    return this.#commands
  }

  /** What follows is another session's. */
  begin(session: string): void {
    this.#session = session
    this.#by = 'unknown'
    this.#reason = ''
    this.#schema = 0
    this.#tasks = new Map()
    this.#cells = new Map()
    this.#open = new Map()
  }

  see(record: SessionRecord | { readonly type: 'journal.start'; readonly at: number; readonly schema: number }): void {
    switch (record.type) {
      case 'journal.start':
        this.#schema = record.schema
        break
      case 'session.start':
        this.#by = record.by
        break
      case 'session.reason':
        this.#reason = record.text
        break
      case 'cell.start':
        this.#cells.set(record.cell, record.source)
        break
      case 'task.start': {
        const source = record.cell === undefined ? undefined : this.#cells.get(record.cell)
        this.#tasks.set(record.task, { label: record.label, cell: record.cell, source, isUndo: false })
        if (mayAlter(record)) this.#commands.push({ ...this.#origin(record), hosts: record.hosts, text: record.label })
        break
      }
      case 'plan': {
        const task = this.#tasks.get(record.task)
        if (task) task.isUndo = record.plan.operation === UNDO
        break
      }
      case 'change.start':
        this.#start(record)
        break
      case 'change.applied':
      case 'change.failed':
        this.#end(record)
        break
      case 'task.host':
        if (record.outcome.status === 'ok') this.#undoneTheFirstWay(record.task, record.host)
        break
      case 'undone':
        for (const change of this.#changes)
          if (change.session === this.#session && change.cell === record.as && record.hosts.includes(change.host))
            change.takesBack = [...(change.takesBack ?? []), { session: record.session, cell: record.cell }]
        this.#undone(record, record.hosts)
    }
  }

  #start({ task, host, summary, at, touches = [], undo }: Extract<SessionRecord, { type: 'change.start' }>): void {
    const { label = '', cell, source, isUndo = false } = this.#tasks.get(task) ?? {}
    const takesBack = isUndo && this.#schema === 1 ? takenBack(source, this.#session) : undefined
    const draft: Draft = {
      ...this.#origin({ at, cell }),
      ...(source === undefined ? {} : { source }),
      host,
      operation: label,
      summary,
      outcome: 'begun',
      touches,
      ...(undo ? { undo } : {}),
      ...(takesBack ? { takesBack: [takesBack] } : {}),
      undone: false,
    }
    this.#open.set(`${task} ${host}`, draft)
    this.#changes.push(draft)
  }

  #origin({ at, cell }: { readonly at: number; readonly cell?: number | undefined }) {
    return {
      session: this.#session,
      by: this.#by,
      at,
      ...(cell === undefined ? {} : { cell }),
      ...(this.#reason === '' ? {} : { reason: this.#reason }),
    }
  }

  #end(record: Extract<SessionRecord, { type: 'change.applied' | 'change.failed' }>): void {
    const { task, host, change } = record
    const draft = this.#open.get(`${task} ${host}`)
    if (!draft) return
    this.#open.delete(`${task} ${host}`)
    draft.change = change
    // the first version kept the way back here, of a failed change only where it was begun
    const undo = 'undo' in record && isUndoView(record.undo) ? record.undo : undefined
    if (undo) draft.undo = undo
    draft.outcome = record.type === 'change.applied' ? 'applied' : 'failed'
    if (record.type === 'change.failed' && !record.begun && !undo) delete draft.undo
  }

  /** The first version said what was taken back only by the source of the cell: `:undo 12`. */
  #undoneTheFirstWay(number: number, host: string): void {
    const task = this.#tasks.get(number)
    const target = this.#schema === 1 && task?.isUndo ? takenBack(task.source, this.#session) : undefined
    if (target) this.#undone(target, [host])
  }

  #undone({ session, cell }: CellName, hosts: readonly string[]): void {
    for (const change of this.#changes) {
      if (change.session !== session || change.cell !== cell || !hosts.includes(change.host)) continue
      change.undone = true
      // an undo that is taken back: what it took back stands again
      for (const again of change.takesBack ?? [])
        for (const other of this.#changes)
          if (other.session === again.session && other.cell === again.cell && other.host === change.host)
            other.undone = false
    }
  }
}

/** What a cell `:undo 3` took back. */
function takenBack(source: string | undefined, session: string): CellName | undefined {
  const named = /^:undo (\d+)$/.exec(source ?? '')
  return named ? { session, cell: Number(named[1]) } : undefined
}

/** Commands that send nothing by themselves. */
const NO_COMMAND: ReadonlySet<string> = new Set(['each', 'connect'])

function mayAlter({ kind, label }: Extract<SessionRecord, { type: 'task.start' }>): boolean {
  if (kind === 'transfer') return /^(?:write|upload) /.test(label)
  return kind === 'command' && !NO_COMMAND.has(label) && recognise([label]).kind !== 'reads'
}

function isUndoView(value: unknown): value is UndoView {
  return typeof value === 'object' && value !== null && 'operation' in value && 'args' in value
}
