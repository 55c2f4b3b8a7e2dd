import { leftText } from '../../repl/left-text.js'
import type { CellEnd, SessionRecord } from '../../repl/protocol.js'
import { type Entry, isRunning, newEntry, type Remark } from './entry.js'
import { addPlan } from './plans.js'
import { type HostProgress, progressStep, type Step, startStep, stepKey } from './step.js'

/** The cells pane: everything that was run, oldest first. */
export interface Notebook {
  readonly entries: readonly Entry[]
  /** To which entry and step a task belongs, while it runs. */
  readonly tasks: ReadonlyMap<number, { readonly entry: number; readonly step: string }>
  readonly lastId: number
  /** Counts how often the person put the cells into another order. */
  readonly arranged: number
}

export const EMPTY_NOTEBOOK: Notebook = { entries: [], tasks: new Map(), lastId: 0, arranged: 0 }

/** Applies what happened in cells. What comes once for every host is taken in together. */
export function applyNotebookRecords(notebook: Notebook, records: readonly SessionRecord[]): Notebook {
  let next = notebook
  let progress: HostProgress[] = []
  for (const record of records) {
    if (isProgress(record)) progress.push(record)
    else {
      next = applyRecord(progressHosts(next, progress), record)
      progress = []
    }
  }
  return progressHosts(next, progress)
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

function applyRecord(notebook: Notebook, record: SessionRecord): Notebook {
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
    case 'task.start':
      return startTask(notebook, record)
    case 'task.end':
      return endTask(notebook, record.task)
    case 'plan': {
      const { entries, ...rest } = updateStep(notebook, record.task, step => ({ ...step, planned: true }))
      const target = notebook.tasks.get(record.task)?.entry
      return {
        ...rest,
        entries: entries.map(entry =>
          entry.id === target ? { ...entry, plans: addPlan(entry.plans, record.plan) } : entry,
        ),
      }
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
      // shown again when its file was changed: once is enough
      return openedCells(record).reduce((next, cell) => addWhole(next, cell, record.at), without(notebook, record.name))
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

/** Without what was shown of a notebook. */
function without({ entries, ...rest }: Notebook, opened: string): Notebook {
  return { ...rest, entries: entries.filter(entry => entry.notebook !== opened) }
}

/** Adds an entry of which nothing is to come. */
function addWhole(
  notebook: Notebook,
  { source, ...rest }: Pick<Entry, 'source'> & Partial<Pick<Entry, 'remarks' | 'saved' | 'notebook' | 'end'>>,
  at: number,
): Notebook {
  const added = addEntry(notebook, { source, at })
  const whole = { end: { kind: 'ok', value: { kind: 'nothing' } }, ...rest } as const
  return updateEntry(added, added.entries.at(-1), entry => ({ ...entry, ...whole }))
}

/** The cells of an opened notebook with what they came to when they last ran, and how to run them. */
function openedCells({
  name,
  title,
  cells,
}: Extract<SessionRecord, { type: 'notebook.opened' }>): Parameters<typeof addWhole>[1][] {
  const entries = cells.map(({ number, source, end, stale }): Parameters<typeof addWhole>[1] => {
    if (number === undefined) return { source: '', notebook: name, remarks: [{ kind: 'prose', text: source }] }
    const remarks: Remark[] = stale ? [{ kind: 'warning', text: 'changed since it gave this' }] : []
    return { source, notebook: name, saved: number, remarks, ...(end ? { end } : {}) }
  })
  const hint = `${title}: nothing of it runs by itself. :run runs the next cell, :run N one of them, :run rest all that only read.`
  return [...entries, { source: '', notebook: name, remarks: [{ kind: 'info', text: hint }] }]
}

/** Characters of printed text that are kept for an entry; the whole of it is in the journal. */
const MOST_PRINTED = 64 * 1024

function withPrinted(remarks: readonly Remark[], text: string): readonly Remark[] {
  const last = remarks.at(-1)
  if (last?.kind !== 'printed') return [...remarks, { kind: 'printed', text: text.slice(-MOST_PRINTED) }]
  return remarks.with(-1, { kind: 'printed', text: (last.text + text).slice(-MOST_PRINTED) })
}

function startTask(notebook: Notebook, record: Extract<SessionRecord, { type: 'task.start' }>): Notebook {
  const target = record.cell === undefined ? running(notebook) : entryOfCell(notebook, record.cell)
  if (!target) return notebook
  const key = stepKey(record)
  const tasks = new Map(notebook.tasks).set(record.task, { entry: target.id, step: key })
  return updateEntry({ ...notebook, tasks }, target, entry => ({
    ...entry,
    steps: new Map(entry.steps).set(key, startStep(entry.steps.get(key), record)),
  }))
}

function endTask(notebook: Notebook, task: number): Notebook {
  if (!notebook.tasks.has(task)) return notebook
  const tasks = new Map(notebook.tasks)
  tasks.delete(task)
  return { ...notebook, tasks }
}

function progressHosts(notebook: Notebook, records: readonly HostProgress[]): Notebook {
  const byTask = new Map<number, HostProgress[]>()
  for (const record of records) {
    const ofTask = byTask.get(record.task)
    if (ofTask) ofTask.push(record)
    else byTask.set(record.task, [record])
  }
  return [...byTask].reduce(
    (next, [task, ofTask]) => updateStep(next, task, step => progressStep(step, ofTask)),
    notebook,
  )
}

function updateStep(notebook: Notebook, task: number, change: (step: Step) => Step): Notebook {
  const place = notebook.tasks.get(task)
  const target = notebook.entries.find(entry => entry.id === place?.entry)
  const step = place && target?.steps.get(place.step)
  if (!step) return notebook
  return updateEntry(notebook, target, entry => ({
    ...entry,
    steps: new Map(entry.steps).set(place.step, change(step)),
  }))
}
