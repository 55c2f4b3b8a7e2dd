import { relative, sep } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DeclinedError, UsageError } from '../../engine/errors.js'
import type { OutcomeStatus, Stamped } from '../../engine/events.js'
import type { OperationResult } from '../../engine/fleet/operation-result.js'
import type { Outcome } from '../../engine/fleet/outcome.js'
import { registerDeclaration } from '../../engine/inventory/declaration.js'
import { ApprovalDesk, type Approver, declineAll } from '../../engine/run/approval.js'
import { inScope } from '../../engine/run/scope.js'
import type { InteractiveShell } from '../../engine/shell/interactive-shell.js'
import { brief } from '../../engine/text/brief.js'
import { byteCount } from '../../engine/text/byte-count.js'
import { whoAmI } from '../../engine/who.js'
import { historyDirectory, listNotebooks } from '../../journal/place.js'
import { catalogue } from '../catalogue.js'
import { CellError, cellLabel } from '../cells/cell-error.js'
import { Evaluator } from '../cells/evaluator.js'
import type { Interrupter } from '../cells/interrupter.js'
import type { Candidates } from '../completion/candidate.js'
import { commandCandidates } from '../completion/command-line.js'
import { definitionViews } from '../definitions.js'
import { displayOf } from '../display.js'
import type { ArgumentText } from '../language/requests.js'
import type { Variable } from '../notebook/linked-cells.js'
import type {
  CellEnd,
  Display,
  FactView,
  HistoryEntry,
  HostView,
  Problem,
  SessionEvent,
  SessionRecord,
  TerminalView,
} from '../protocol.js'
import type { ReplayContext } from '../replay/commands.js'
import { openReplay, type Replay, replayedHosts } from '../replay/replay.js'
import { DEFAULT_SETTINGS } from '../settings/settings.js'
import { readSettings } from '../settings/settings-file.js'
import { openWorkspace, type Workspace } from '../workspace.js'
import { ArgumentValues } from './argument-values.js'
import { CellHosts } from './cell-hosts.js'
import { COLON_COMMANDS, runCommandLine } from './commands.js'
import { usualFacts } from './host-facts.js'
import { LeftRunning } from './left-running.js'
import type { KernelOpened, KernelOptions, KernelReply, PastCell, Replayed } from './messages.js'
import { OutputBudget } from './output-budget.js'
import { People } from './people.js'
import { PromptGlobals } from './prompt-globals.js'
import { replay } from './replay.js'
import { openSaved, type SavedCells } from './saved.js'
import { SessionLog } from './session-log.js'

/** A cell that ran: its source, and what its operations did, in order. */
export interface RanCell {
  readonly cell: number
  readonly source: string
  readonly end: CellEnd['kind']
  readonly operated: readonly ReadonlyMap<string, Outcome<OperationResult>>[]
}

interface Parts {
  /** Where the person works. */
  readonly directory: string
  readonly workspace: Workspace
  readonly evaluator: Evaluator
  readonly globals: PromptGlobals
  readonly log: SessionLog
  readonly values: ArgumentValues
  /** The recorded session that is looked at instead of hosts. */
  readonly replay: Replay | undefined
}

/** A session without a face: evaluates cells, holds the engine, writes the journal. */
export class Kernel {
  readonly #send: (record: SessionRecord) => void
  readonly #interrupter: Pick<Interrupter, 'isInterrupting' | 'interrupt'>
  readonly #left = new LeftRunning()
  readonly #budgets = new Map<number, OutputBudget>()
  readonly #people: People
  readonly #ran: RanCell[] = []
  #parts: Parts | undefined
  #notebook: SavedCells | undefined
  /** `stopped`: why muster itself stops it. */
  #running: { readonly cell: number; readonly controller: AbortController; stopped?: string } | undefined
  #replaying = false
  #hosts = new CellHosts()
  /** What the operations of each cell did; one that was cut off may still report after its cell has ended. */
  readonly #operated = new Map<number | undefined, ReadonlyMap<string, Outcome<OperationResult>>[]>()
  /** Source of the last cell that asked hosts. */
  #lastAsking: string | undefined
  /** Stops what is being played. */
  #playing: AbortController | undefined
  #cells = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(send: (record: SessionRecord) => void, interrupter: Pick<Interrupter, 'isInterrupting' | 'interrupt'>) {
    this.#send = send
    this.#interrupter = interrupter
    this.#people = new People(event => this.emit(event))
  }

  /** Opens the inventory and starts the journal. @throws {UsageError} */
  async open(options: KernelOptions): Promise<KernelOpened> {
    const evaluator = new Evaluator({
      cwd: options.directory,
      provide: new Map([['muster', await import('../../index.js')]]),
      isInterrupting: this.#interrupter.isInterrupting,
      onOutput: (cell, stream, text) => this.#print(cell, stream === 'stdout' ? 'out' : 'err', text),
      onUncaught: (error, thrown) =>
        this.emit({
          type: 'note',
          level: 'error',
          text: error?.message ?? (thrown instanceof Error ? thrown.message : String(thrown)),
        }),
      colors: options.colors,
    })
    const replay =
      options.replay === undefined ? undefined : await openReplay(historyDirectory(options.directory), options.replay)
    const workspace = await openWorkspace({
      ...options,
      ...(replay ? replayedHosts(replay) : {}),
      loader: evaluator.modules,
      reconnect: true,
      asker: this.#people.asker,
      approver: replay ? declineAll : this.#people.approver,
      emit: event => this.emit(event),
      heard: answer => this.#parts?.log.heard(answer),
      operated: (outcomes, cell) => this.#operatedIn(cell).push(outcomes),
    })
    const { inventory, engine, redactor } = workspace
    const log = replay
      ? SessionLog.ofReplay(options.directory, replay.recording.session, replay.records, redactor)
      : await SessionLog.start(options.directory, redactor, options.continues?.session)
    const globals = new PromptGlobals(engine)
    this.#cells = options.continues?.cells ?? replay?.lastCell ?? 0
    this.#parts = {
      directory: options.directory,
      workspace,
      evaluator,
      globals,
      log,
      values: new ArgumentValues(engine),
      replay,
    }
    const hosts = [...inventory.hosts.values()].map(
      ({ name, groups, guard, connect }): HostView => ({ name, groups, guard, address: connect.address ?? name }),
    )
    const groups = Object.fromEntries(inventory.groups)
    this.emit({
      type: 'session.start',
      session: log.session,
      inventory: inventory.source,
      hosts,
      groups,
      directory: options.directory,
      by: whoAmI(),
    })
    if (options.continues) this.#goOn(options.continues)
    const settings = readSettings(text => this.emit({ type: 'note', level: 'warning', text }))
    if (settings !== DEFAULT_SETTINGS) this.emit({ type: 'session.settings', settings })
    if (replay) {
      for (const text of replay.recording.problems) this.emit({ type: 'note', level: 'warning', text })
      if (options.replayFrom === 'start') replay.goTo(0)
      this.showAgain(replay.unseen())
    }
    if (options.notebook !== undefined) await this.openNotebook(options.notebook)
    void evaluator.warmUp()
    if (options.connect && !replay) void engine.fleet.connect()
    return {
      registerDeclaration: registerDeclaration(inventory),
      domains: Object.keys(catalogue.operations),
      definitions: definitionViews(),
      hosts: hosts.map(({ name }) => name),
      groups,
    }
  }

  /** The one way out: journal first, then the front end. */
  emit(event: SessionEvent): void {
    if (this.#replaying && event.type.startsWith('task.')) return // it was shown when it happened
    // in a replay every plan is declined: nobody is to be asked
    if (this.#parts?.replay && event.type.startsWith('approval.')) return
    const record: Stamped<SessionEvent> = { ...event, at: Date.now() }
    this.#hosts.see(record, this.#running?.cell)
    const kept = this.#parts?.log.append(record) ?? record
    this.#send(kept)
  }

  /** Shows what was recorded, to whoever looks; it is in its journal already. */
  showAgain(records: Iterable<SessionRecord>): void {
    for (const record of records) {
      if (record.type === 'session.focus') this.#parts?.globals.setFocus(record.pattern)
      this.#send(record)
    }
  }

  /** What the commands of a replay work on. @throws {UsageError} in a session that is none */
  inReplay(): ReplayContext {
    const { replay, workspace, globals } = this.#opened()
    if (!replay) throw new UsageError('This is no replay; muster replay SESSION opens one.')
    this.#playing = new AbortController()
    return {
      replay,
      show: records => this.showAgain(records),
      hide: cells => this.emit({ type: 'replay.back', cells }),
      focus: pattern => {
        globals.setFocus(pattern)
        this.emit({ type: 'session.focus', pattern: globals.pattern, hosts: globals.focus })
      },
      hosts: workspace.engine.universe.hosts,
      signal: this.#playing.signal,
    }
  }

  /** Runs a cell after those before it. With `problems` it is refused: recorded, not run. */
  run(source: string, problems: readonly Problem[]): Promise<{ cell: number; end: CellEnd }> {
    const turn = this.#turn.then(() => this.#runNow(source, problems))
    this.#turn = turn.catch(() => {})
    return turn
  }

  /** Runs the last cell that asked any host again on these hosts only. @throws {UsageError} when there is none. */
  async retry(hosts: readonly string[]): Promise<Display> {
    const source = this.#lastAsking
    if (source === undefined) throw new UsageError('There is no cell to run again: none has asked a host.')
    if (hosts.length === 0) throw new UsageError('No host failed or was unreachable in the last cell.')
    const { end } = await this.#opened().globals.narrowed(hosts, () => this.run(source, []))
    return end.kind === 'ok' ? end.value : { kind: 'nothing' }
  }

  /** The notebook that was opened beside the session. */
  get notebook(): SavedCells | undefined {
    return this.#notebook
  }

  /** Opens a saved notebook: shows its cells, runs none. @throws {UsageError} when there is none of that name. */
  async openNotebook(name: string): Promise<void> {
    const { log } = this.#opened()
    const opened = await openSaved(log.history, name)
    this.#notebook = opened.cells
    this.emit({ type: 'notebook.opened', name: opened.name, title: opened.title, cells: opened.views })
    for (const text of opened.problems) this.emit({ type: 'note', level: 'warning', text })
  }

  /** What cells left running. */
  get left(): LeftRunning {
    return this.#left
  }

  /** What may stand at the end of a colon command. */
  completeCommand(typed: string): Candidates {
    const { log, workspace } = this.#opened()
    const { universe } = workspace.engine
    return commandCandidates(typed, {
      commands: Object.entries(COLON_COMMANDS).map(([name, { usage, summary }]) => ({ name, usage, summary })),
      inventory: { hosts: universe.hosts, groups: Object.fromEntries(universe.groups) },
      definitions: Object.entries(definitionViews()).map(([name, { kind, summary }]) => ({
        name,
        kind,
        detail: summary,
      })),
      notebooks: () => listNotebooks(log.history),
      cells: () =>
        this.#ran.map(({ cell, source }) => ({ name: String(cell), kind: 'cell', detail: brief(source) })).reverse(),
    })
  }

  /** What may stand in an argument that names something hosts have. */
  completeArgument(argument: ArgumentText): Promise<Candidates | undefined> {
    const { values, globals } = this.#opened()
    return values.candidates(argument, globals.focus)
  }

  /** Stops the running cell. */
  interrupt(): void {
    this.#playing?.abort()
    this.#running?.controller.abort(new Error('interrupted'))
  }

  get #approver(): Approver {
    return this.#parts?.replay ? declineAll : this.#people.approver
  }

  get people(): People {
    return this.#people
  }

  get ran(): readonly RanCell[] {
    return this.#ran
  }

  /** What a variable of a cell holds. */
  readonly valueOf = (variable: Variable): unknown => this.#opened().evaluator.valueOf(variable)

  async command(line: string): Promise<KernelReply> {
    const { workspace, globals, log } = this.#opened()
    return workspace.redactor.data(await runCommandLine(line, { kernel: this, workspace, globals, log }))
  }

  async facts(host: string, afresh: boolean): Promise<readonly FactView[]> {
    const { engine, redactor } = this.#opened().workspace
    if (afresh) engine.machine(host).reader.invalidateAll()
    return redactor.data(await usualFacts(engine, host))
  }

  history(): Promise<readonly HistoryEntry[]> {
    return this.#opened().log.inputs()
  }

  /** Starts a login shell on a host: it belongs to no cell and runs beside them. */
  attach(host: string, { columns, rows, term }: TerminalView): Promise<InteractiveShell> {
    const { engine } = this.#opened().workspace
    const { signal } = new AbortController()
    const desk = new ApprovalDesk(this.#approver, event => this.emit(event), signal)
    const options = { pty: { columns, rows }, ...(term === undefined ? {} : { term }) }
    return inScope({ mode: 'live', signal, desk }, () => engine.fleet.host(host).shell(options))
  }

  select(hosts: readonly string[]): void {
    this.#parts?.globals.select(hosts)
  }

  async close(): Promise<void> {
    this.interrupt()
    this.#people.dismiss()
    await this.#turn
    await this.#parts?.workspace.close()
    this.#parts?.evaluator.close()
    this.#left.close()
    this.#parts?.log.close()
  }

  /** Runs something as a cell of its own: an undo, say, asked for by a colon command. */
  async asCell(
    source: string,
    run: (signal: AbortSignal, cell: number) => Promise<unknown>,
  ): Promise<{ cell: number; end: CellEnd }> {
    const turn = this.#turn.then(() => this.#perform(source, (cell, signal) => run(signal, cell)))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #runNow(source: string, problems: readonly Problem[]): Promise<{ cell: number; end: CellEnd }> {
    const { evaluator, globals, log, workspace } = this.#opened()
    workspace.redactor.learnSource(source)
    const input = log.keepInput(source)
    if (problems.length > 0) {
      const cell = ++this.#cells
      this.emit({ type: 'cell.start', cell, source, focus: globals.focus })
      input.ended('refused', [])
      return this.#ended(cell, source, { kind: 'refused', problems }, 0)
    }
    const ran = await this.#perform(source, async (cell, signal) => {
      const { value } = await evaluator.run(source, { id: cell, globals: globals.bindings, signal })
      globals.keep(cell, value)
      return value
    })
    if (this.#hosts.asked) this.#lastAsking = source
    input.ended(failedSomewhere(ran.end) ? 'error' : ran.end.kind, this.#hosts.asked ? globals.focus : [])
    return ran
  }

  async #perform(
    source: string,
    run: (cell: number, signal: AbortSignal) => Promise<unknown>,
  ): Promise<{ cell: number; end: CellEnd }> {
    const { globals } = this.#opened()
    const cell = ++this.#cells
    const controller = new AbortController()
    const running: { cell: number; controller: AbortController; stopped?: string } = { cell, controller }
    this.#running = running
    this.#hosts = new CellHosts()
    this.emit({ type: 'cell.start', cell, source, focus: globals.focus })
    await setImmediate() // the cell may hold this thread from its first moment: what has happened is sent before
    const start = performance.now()
    const { signal } = controller
    const desk = new ApprovalDesk(this.#approver, event => this.emit(event), signal, cell)
    const scope = { mode: 'live', cell, signal, desk, since: Date.now() } as const
    const ended = await inScope(scope, () => this.#endOf(() => run(cell, signal), signal))
    const { stopped } = running
    const end = stopped !== undefined && ended.kind === 'interrupted' ? stoppedEnd(stopped) : ended
    this.#running = undefined
    if (this.#hosts.asked) globals.keepHosts(this.#hosts.last())
    return this.#ended(cell, source, end, performance.now() - start)
  }

  async #endOf(run: () => Promise<unknown>, signal: AbortSignal): Promise<CellEnd> {
    try {
      const value = await run()
      return { kind: 'ok', value: displayOf(value instanceof Promise ? await value : value) }
    } catch (thrown) {
      const cause = thrown instanceof CellError ? thrown.cause : thrown
      if (cause instanceof DeclinedError) return { kind: 'declined', text: cause.message }
      if (signal.aborted || (thrown instanceof CellError && thrown.kind === 'interrupted'))
        return { kind: 'interrupted' }
      return { kind: 'error', error: errorView(thrown, this.#opened().directory) }
    }
  }

  #ended(cell: number, source: string, whole: CellEnd, ms: number): { cell: number; end: CellEnd } {
    const end = this.#opened().workspace.redactor.data(whole) // it is also the answer to whoever ran the cell
    this.#ran.push({ cell, source, end: end.kind, operated: this.#operatedIn(cell) })
    this.emit({ type: 'cell.end', cell, end, ms })
    this.#after(cell)
    return { cell, end }
  }

  /** The kernel before this one is gone, perhaps in the middle of a cell. */
  #goOn({ running, focus }: NonNullable<KernelOptions['continues']>): void {
    if (running !== undefined) this.emit({ type: 'cell.end', cell: running, end: { kind: 'interrupted' }, ms: 0 })
    const { globals } = this.#opened()
    if (focus === '') return
    globals.setFocus(focus)
    this.emit({ type: 'session.focus', pattern: globals.pattern, hosts: globals.focus })
  }

  /** Passes on what a cell prints, as far as anyone can take it in. */
  #print(cell: number, stream: 'out' | 'err', text: string): void {
    if (this.#replaying) return
    const now = performance.now()
    const budget = this.#budgets.get(cell) ?? new OutputBudget(now)
    this.#budgets.set(cell, budget)
    const printed = budget.take(text, now)
    if (printed.text !== '') this.emit({ type: 'cell.console', cell, stream, text: displayText(printed.text) })
    if (printed.begins)
      this.#warn(`${cellLabel(cell)} prints faster than it can be shown: from here on some is left out.`)
    if (printed.runaway) this.#stopPrinting(cell)
  }

  #stopPrinting(cell: number): void {
    const running = this.#running
    if (running?.cell === cell) {
      running.stopped = 'it printed without end'
      this.#interrupter.interrupt(() => running.controller.abort(new Error('interrupted')))
      return
    }
    for (const { id } of this.#left.all().filter(each => each.cell === cell)) this.#left.stop(id)
    this.#warn(`${cellLabel(cell)} printed without end: what it left running is stopped.`)
  }

  #warn(text: string): void {
    this.emit({ type: 'note', level: 'warning', text })
  }

  /** What there is to say of a cell when it has ended. */
  #after(cell: number): void {
    const leftOut = this.#budgets.get(cell)?.leftOut() ?? 0
    if (leftOut > 0) this.#warn(`${cellLabel(cell)}: ${byteCount(leftOut)} of what it printed are left out.`)
    // a server listens a moment after it was told to
    setTimeout(() => {
      const running = this.#left.of(cell)
      if (running.length === 0 || !this.#parts) return
      const views = running.map(({ id, what, place }) => ({ id, what, ...(place === undefined ? {} : { place }) }))
      this.emit({ type: 'cell.left', cell, running: views })
    }, 25).unref()
  }

  /** Runs again what cells of a kernel that is gone have declared, as far as that only reads. */
  async replay(cells: readonly PastCell[]): Promise<Replayed> {
    const { workspace, evaluator, globals } = this.#opened()
    this.#replaying = true
    const turn = this.#turn.then(() => replay(cells, { engine: workspace.engine, evaluator, globals }))
    this.#turn = turn.catch(() => {})
    try {
      return await turn
    } finally {
      this.#replaying = false
    }
  }

  #operatedIn(cell: number | undefined): ReadonlyMap<string, Outcome<OperationResult>>[] {
    const known = this.#operated.get(cell) ?? []
    this.#operated.set(cell, known)
    return known
  }

  #opened(): Parts {
    if (!this.#parts) throw new UsageError('The session is not open yet.')
    return this.#parts
  }
}

function stoppedEnd(reason: string): CellEnd {
  return { kind: 'error', error: { name: 'Error', message: `stopped: ${reason}`, frames: [] } }
}

function failedSomewhere(end: CellEnd): boolean {
  return end.kind === 'ok' && end.value.kind === 'results' && end.value.groups.some(group => isFailure(group.status))
}

const isFailure = (status: OutcomeStatus): boolean => status !== 'ok' && status !== 'skipped'

function displayText(text: string): string {
  const display = displayOf(text)
  return display.kind === 'text' ? display.text : ''
}

/** @param directory what the files of frames are named from */
function errorView(thrown: unknown, directory: string): Extract<CellEnd, { kind: 'error' }>['error'] {
  if (!(thrown instanceof CellError))
    return { name: 'Error', message: thrown instanceof Error ? thrown.message : String(thrown), frames: [] }
  const { line, column, reason, frames, cause } = thrown
  return {
    name: cause instanceof Error ? cause.name : thrown.name,
    message: displayText(reason),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    frames: frames
      .filter(frame => !(frame.source === cellLabel(thrown.cell) && frame.line === line && frame.column === column))
      .map(frame => `${nameFrom(directory, frame.source)}:${frame.line}:${frame.column}`),
  }
}

/** A file by its path from a directory that it is in; all else as it is. */
function nameFrom(directory: string, source: string): string {
  return source.startsWith(directory + sep) ? relative(directory, source) : source
}
