import { leftText } from '../../repl/left-text.js'
import type { CellEnd, SessionRecord } from '../../repl/protocol.js'
import { type Entry, isRunning, newEntry, type Remark } from './entry.js'
import { NOTHING_LEFT, openedCells, type Whole, withEdits } from './opened-notebook.js'
import { addPlan } from './plans.js'
import { type HostProgress, StepDraft, stepKey } from './step.js'

/** The cells pane: everything that was run, oldest first. */
export interface Notebook {
  readonly entries: readonly Entry[]
  /** To which entry and step a task belongs, while it runs. */
  readonly tasks: ReadonlyMap<number, TaskPlace>
  readonly lastId: number
  /** Counts how often the person put the cells into another order. */
  readonly arranged: number
}

interface TaskPlace {
  readonly entry: number
  readonly step: string
}

export const EMPTY_NOTEBOOK: Notebook = { entries: [], tasks: new Map(), lastId: 0, arranged: 0 }

/** Applies what happened in cells. What hosts do is gathered for each step, and taken in together. */
export function applyNotebookRecords(notebook: Notebook, records: readonly SessionRecord[]): Notebook {
  let next = notebook
  const tasks = new TaskDrafts(notebook.tasks)
  for (const record of records) {
    if (record.type === 'task.start') tasks.start(next, record)
    else if (record.type === 'task.end') tasks.end(record.task)
    else if (isProgress(record)) tasks.stepOf(next, record.task)?.progress(record)
    else {
      if (record.type === 'plan') tasks.stepOf(next, record.task)?.plan()
      next = applyRecord(next, record, tasks)
    }
  }
  return tasks.applied(next)
}

/** To which entry and step tasks belong, and the steps that records change; put into the notebook once for all of them. */
class TaskDrafts {
  readonly #before: Notebook['tasks']
  readonly #steps = new Map<number, Map<string, StepDraft>>()
  #tasks: Map<number, TaskPlace> | undefined

  constructor(tasks: Notebook['tasks']) {
    this.#before = tasks
  }

  entryOf(task: number): number | undefined {
    return this.#now.get(task)?.entry
  }

  start(notebook: Notebook, record: Extract<SessionRecord, { type: 'task.start' }>): void {
    const target = record.cell === undefined ? running(notebook) : entryOfCell(notebook, record.cell)
    if (!target) return
    const place = { entry: target.id, step: stepKey(record) }
    this.#own().set(record.task, place)
    const step = this.#draft(target, place.step) ?? this.#add(place, StepDraft.begin(record))
    step.start(record)
  }

  end(task: number): void {
    if (this.#now.has(task)) this.#own().delete(task)
  }

  stepOf({ entries }: Notebook, task: number): StepDraft | undefined {
    const place = this.#now.get(task)
    if (!place) return undefined
    const known = this.#steps.get(place.entry)?.get(place.step)
    return (
      known ??
      this.#draft(
        entries.find(({ id }) => id === place.entry),
        place.step,
      )
    )
  }

  applied(notebook: Notebook): Notebook {
    const tasks = this.#now
    if (this.#steps.size === 0) return tasks === notebook.tasks ? notebook : { ...notebook, tasks }
    const entries = notebook.entries.map(entry => {
      const drafts = this.#steps.get(entry.id)
      if (!drafts) return entry
      const steps = new Map(entry.steps)
      for (const [key, draft] of drafts) steps.set(key, draft.step)
      return { ...entry, steps }
    })
    return { ...notebook, entries, tasks }
  }

  get #now(): Notebook['tasks'] {
    return this.#tasks ?? this.#before
  }

  #own(): Map<number, TaskPlace> {
    this.#tasks ??= new Map(this.#before)
    return this.#tasks
  }

  #draft(entry: Entry | undefined, key: string): StepDraft | undefined {
    const known = entry && this.#steps.get(entry.id)?.get(key)
    if (known) return known
    const step = entry?.steps.get(key)
    return entry && step && this.#add({ entry: entry.id, step: key }, StepDraft.of(step))
  }

  #add({ entry, step }: TaskPlace, draft: StepDraft): StepDraft {
    const ofEntry = this.#steps.get(entry) ?? new Map<string, StepDraft>()
    this.#steps.set(entry, ofEntry.set(step, draft))
    return draft
  }
}

function withoutCells(notebook: Notebook, cells: ReadonlySet<number>): Notebook {
  const entries = notebook.entries.filter(({ cell }) => cell === undefined || !cells.has(cell))
  return { ...notebook, entries }
}

const PROGRESS: ReadonlySet<string> = new Set<HostProgress['type']>([
  'task.host',
  'task.progress',
  'task.output',
  'change.start',
  'change.applied',
  'change.failed',
])

const isProgress = (record: SessionRecord): record is HostProgress => PROGRESS.has(record.type)

function applyRecord(notebook: Notebook, record: SessionRecord, tasks: TaskDrafts): Notebook {
  switch (record.type) {
    case 'cell.start':
      return addEntry(notebook, { source: record.source, at: record.at, cell: record.cell })
    case 'replay.back':
      return withoutCells(notebook, new Set(record.cells))
    case 'cell.console':
      return updateEntry(notebook, entryOfCell(notebook, record.cell), entry => ({
        ...entry,
        remarks: withPrinted(entry.remarks, record.text),
      }))
    case 'cell.end':
      return endEntry(notebook, entryOfCell(notebook, record.cell)?.id, record.end, record.ms)
    case 'plan': {
      const target = notebook.entries.find(({ id }) => id === tasks.entryOf(record.task))
      return updateEntry(notebook, target, entry => ({ ...entry, plans: addPlan(entry.plans, record.plan) }))
    }
    case 'approval.asked': {
      const { request } = record
      const target = request.cell === undefined ? running(notebook) : entryOfCell(notebook, request.cell)
      const home = target ? notebook : addEntry(notebook, { source: request.title, at: record.at })
      return updateEntry(home, target ?? home.entries.at(-1), entry => ({
        ...entry,
        plans: request.plans.reduce((plans, plan) => addPlan(plans, plan, true), entry.plans),
        approval: { request },
      }))
    }
    case 'approval.given': {
      const target = notebook.entries.findLast(entry => entry.approval?.request.id === record.id)
      return updateEntry(notebook, target, entry =>
        entry.approval ? { ...entry, approval: { ...entry.approval, decision: record.decision } } : entry,
      )
    }
    case 'notebook.opened':
      return withNotebook(notebook, record)
    case 'cell.left':
      return updateEntry(notebook, entryOfCell(notebook, record.cell), entry => ({
        ...entry,
        remarks: [...entry.remarks, { kind: 'info', text: leftText(record.running) }],
      }))
    case 'note':
      return addRemark(notebook, { kind: record.level, text: record.text }, record.at)
    default:
      return notebook
  }
}

/** Shows a notebook that was opened; one that is shown already as its file is by now. */
function withNotebook(notebook: Notebook, record: Extract<SessionRecord, { type: 'notebook.opened' }>): Notebook {
  const isShown = record.altered && notebook.entries.some(entry => entry.notebook === record.name)
  if (isShown) return { ...notebook, ...withEdits(notebook, record) }
  const entries = notebook.entries.filter(entry => entry.notebook !== record.name)
  return openedCells(record).reduce<Notebook>((next, cell) => addWhole(next, cell, record.at), { ...notebook, entries })
}

/** Begins an entry for a colon command; its end comes from who ran it. */
export function startCommand(notebook: Notebook, source: string, at: number): Notebook {
  return addEntry(notebook, { source, at })
}

export function endEntry(notebook: Notebook, id: number | undefined, end: CellEnd, ms?: number): Notebook {
  const target = notebook.entries.find(entry => entry.id === id)
  return updateEntry(notebook, target, entry => ({ ...entry, end, ...(ms === undefined ? {} : { ms }) }))
}

/** The entry that runs now. */
export function running(notebook: Notebook): Entry | undefined {
  return notebook.entries.findLast(isRunning)
}

export function updateEntry(notebook: Notebook, target: Entry | undefined, change: (entry: Entry) => Entry): Notebook {
  if (!target) return notebook
  return { ...notebook, entries: notebook.entries.map(entry => (entry.id === target.id ? change(entry) : entry)) }
}

function addEntry(
  notebook: Notebook,
  { source, at, cell }: { readonly source: string; readonly at: number; readonly cell?: number },
): Notebook {
  const id = notebook.lastId + 1
  const entry = { ...newEntry(id, source, at), ...(cell === undefined ? {} : { cell }) }
  return { ...notebook, lastId: id, entries: [...notebook.entries, entry] }
}

function entryOfCell(notebook: Notebook, cell: number): Entry | undefined {
  return notebook.entries.findLast(entry => entry.cell === cell)
}

/** A remark belongs to what runs; when nothing does, it stands for itself. */
function addRemark(notebook: Notebook, remark: Remark, at: number): Notebook {
  const home = running(notebook)
  if (home) return updateEntry(notebook, home, entry => ({ ...entry, remarks: [...entry.remarks, remark] }))
  return addWhole(notebook, { source: '', remarks: [remark] }, at)
}

/** Adds an entry of which nothing is to come. */
function addWhole(notebook: Notebook, { source, ...rest }: Whole, at: number): Notebook {
  const added = addEntry(notebook, { source, at })
  return updateEntry(added, added.entries.at(-1), entry => ({ ...entry, ...NOTHING_LEFT, ...rest }))
}

/** Characters of printed text that are kept for an entry; the whole of it is in the journal. */
const MOST_PRINTED = 64 * 1024

function withPrinted(remarks: readonly Remark[], text: string): readonly Remark[] {
  const last = remarks.at(-1)
  if (last?.kind !== 'printed') return [...remarks, { kind: 'printed', text: text.slice(-MOST_PRINTED) }]
  return remarks.with(-1, { kind: 'printed', text: (last.text + text).slice(-MOST_PRINTED) })
}
