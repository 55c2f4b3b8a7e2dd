import type { ApprovalRequest, Decision, PlanView } from '../../engine/events.js'
import type { CellEnd } from '../../repl/protocol.js'
import type { Step } from './step.js'

/** A place in the cells pane that the cursor can stand on and that may open: the entry itself, a plan, a group of hosts. */
export type Stop =
  | { readonly kind: 'source' }
  | { readonly kind: 'plan'; readonly plan: number }
  | { readonly kind: 'plan group'; readonly plan: number; readonly group: number }
  /** One change of a group. */
  | { readonly kind: 'plan step'; readonly plan: number; readonly group: number; readonly step: number }
  | { readonly kind: 'result group'; readonly group: number }
  /** One host of a group of answers. */
  | { readonly kind: 'result host'; readonly group: number; readonly host: string }

/** How much of a stop is shown: its row alone, the first lines, all of it, and the hosts one by one. */
export type Openness = 0 | 1 | 2 | 3

/** One thing in the cells pane: a cell, a colon command, or a remark that belongs to neither. */
export interface Entry {
  /** Stays the same for as long as the session lasts. */
  readonly id: number
  /** The cell's number; a command and a remark have none. */
  readonly cell?: number
  /** It is a cell of an opened notebook and has not been run in this session: its number there, for `:run`. */
  readonly saved?: number
  /** The opened notebook that it shows something of. */
  readonly notebook?: string
  /** What the cell of that notebook is known by. */
  readonly notebookKey?: number
  readonly source: string
  readonly startedAt: number
  readonly steps: ReadonlyMap<string, Step>
  readonly plans: readonly PlanView[]
  readonly approval?: { readonly request: ApprovalRequest; readonly decision?: Decision }
  /** What the cell printed, and remarks on it. */
  readonly remarks: readonly Remark[]
  /** How it ended; without one it still runs. */
  readonly end?: CellEnd
  /** Milliseconds it took. */
  readonly ms?: number
  /** Where the person opened or closed something, by `stopKey`. */
  readonly opened: ReadonlyMap<string, Openness>
}

export interface Remark {
  readonly kind: 'prose' | 'printed' | 'info' | 'warning' | 'error'
  readonly text: string
}

export function stopKey(stop: Stop): string {
  switch (stop.kind) {
    case 'source':
      return 'source'
    case 'plan':
      return `plan ${stop.plan}`
    case 'plan group':
      return `plan ${stop.plan} ${stop.group}`
    case 'plan step':
      return `plan ${stop.plan} ${stop.group} ${stop.step}`
    case 'result group':
      return `result ${stop.group}`
    case 'result host':
      return `result ${stop.group} ${stop.host}`
  }
}

export function newEntry(id: number, source: string, startedAt: number): Entry {
  return { id, source, startedAt, steps: new Map(), plans: [], remarks: [], opened: new Map() }
}

export const isRunning = (entry: Entry): boolean => entry.end === undefined
