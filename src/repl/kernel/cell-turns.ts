import { setImmediate } from 'node:timers/promises'
import type { OperationResult } from '../../engine/fleet/operation-result.js'
import type { Outcome } from '../../engine/fleet/outcome.js'
import { ApprovalDesk, type Approver } from '../../engine/run/approval.js'
import { inScope } from '../../engine/run/scope.js'
import type { Interrupter } from '../cells/interrupter.js'
import type { CellEnd, SessionEvent, SessionRecord } from '../protocol.js'
import { endOf, stoppedEnd } from './cell-end.js'
import { CellHosts } from './cell-hosts.js'

/** A cell that ran: its source, and what its operations did, in order. */
export interface RanCell {
  readonly cell: number
  readonly source: string
  readonly end: CellEnd['kind']
  readonly operated: readonly ReadonlyMap<string, Outcome<OperationResult>>[]
}

/** A cell that has ended. */
export interface EndedCell {
  readonly cell: number
  readonly end: CellEnd
}

export interface CellTurnsOptions {
  readonly emit: (event: SessionEvent) => void
  /** Without secrets. */
  readonly redacted: (end: CellEnd) => CellEnd
  /** Whom approvals are asked of. */
  readonly approver: () => Approver
  /** What the files of frames are named from. */
  readonly directory: () => string
  /** Hosts that bare names act on. */
  readonly focus: () => readonly string[]
  readonly interrupter: Pick<Interrupter, 'interrupt' | 'heard'>
  /** Told of the hosts of a cell that asked some. */
  readonly asked: (hosts: CellHosts) => void
  /** Told of every cell that has ended, when that has been said. */
  readonly ended: (cell: number) => void
}

/** Runs cells one after the other, and knows what each did. */
export class CellTurns {
  readonly #options: CellTurnsOptions
  readonly #ran: RanCell[] = []
  /** What the operations of each cell did; one that was cut off may still report after its cell has ended. */
  readonly #operated = new Map<number | undefined, ReadonlyMap<string, Outcome<OperationResult>>[]>()
  /** `stopped`: why muster itself stops it. */
  #running: { readonly cell: number; readonly controller: AbortController; stopped?: string } | undefined
  #hosts = new CellHosts()
  #cells = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: CellTurnsOptions) {
    this.#options = options
  }

  /** The last cell's number: those of another kernel, or of a record, count on. */
  countFrom(cells: number): void {
    this.#cells = cells
  }

  /** The cell that runs. */
  get running(): number | undefined {
    return this.#running?.cell
  }

  get ran(): readonly RanCell[] {
    return this.#ran
  }

  /** How the hosts fared that the latest cell asked. */
  get hosts(): CellHosts {
    return this.#hosts
  }

  /** Resolves when all that was begun has ended. */
  get settled(): Promise<unknown> {
    return this.#turn
  }

  /** Does something after what was begun before it. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run)
    this.#turn = turn.catch(() => {})
    return turn
  }

  /** Runs something as a cell, now: its turn has come. */
  async perform(source: string, run: (cell: number, signal: AbortSignal) => Promise<unknown>): Promise<EndedCell> {
    const { emit, approver, focus, directory } = this.#options
    const cell = ++this.#cells
    const controller = new AbortController()
    const running: { cell: number; controller: AbortController; stopped?: string } = { cell, controller }
    this.#running = running
    this.#hosts = new CellHosts()
    emit({ type: 'cell.start', cell, source, focus: focus() })
    await setImmediate() // the cell may hold this thread from its first moment: what has happened is sent before
    const start = performance.now()
    const { signal } = controller
    const desk = new ApprovalDesk(approver(), event => emit(event), signal, cell)
    const scope = { mode: 'live', cell, signal, desk, since: Date.now() } as const
    const ended = await inScope(scope, () => endOf(() => run(cell, signal), signal, directory()))
    await this.#options.interrupter.heard()
    const { stopped } = running
    const end = stopped !== undefined && ended.kind === 'interrupted' ? stoppedEnd(stopped) : ended
    this.#running = undefined
    if (this.#hosts.asked) this.#options.asked(this.#hosts)
    return this.#ended(cell, source, end, performance.now() - start)
  }

  /** A cell that is not run. */
  refuse(source: string, end: Extract<CellEnd, { kind: 'refused' }>): EndedCell {
    const cell = ++this.#cells
    this.#options.emit({ type: 'cell.start', cell, source, focus: this.#options.focus() })
    return this.#ended(cell, source, end, 0)
  }

  /** Stops the running cell. */
  interrupt(): void {
    this.#running?.controller.abort(new Error('interrupted'))
  }

  /** Stops a cell for a reason of muster's own. @returns whether it runs */
  stop(cell: number, reason: string): boolean {
    const running = this.#running
    if (running?.cell !== cell) return false
    running.stopped = reason
    this.#options.interrupter.interrupt(() => running.controller.abort(new Error('interrupted')))
    return true
  }

  /** Sees what happens on hosts. */
  see(record: SessionRecord): void {
    this.#hosts.see(record, this.#running?.cell)
  }

  /** What the operations of a cell did, to be added to. */
  operatedIn(cell: number | undefined): ReadonlyMap<string, Outcome<OperationResult>>[] {
    const known = this.#operated.get(cell) ?? []
    this.#operated.set(cell, known)
    return known
  }

  #ended(cell: number, source: string, whole: CellEnd, ms: number): EndedCell {
    const end = this.#options.redacted(whole) // it is also the answer to whoever ran the cell
    this.#ran.push({ cell, source, end: end.kind, operated: this.operatedIn(cell) })
    this.#options.emit({ type: 'cell.end', cell, end, ms })
    this.#options.ended(cell)
    return { cell, end }
  }
}
