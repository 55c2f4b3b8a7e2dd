import { UsageError } from '../../engine/errors.js'
import type { Stamped } from '../../engine/events.js'
import { identityOf } from '../../engine/fleet/options.js'
import { registerDeclaration } from '../../engine/inventory/declaration.js'
import { ApprovalDesk, type Approver, declineAll } from '../../engine/run/approval.js'
import { inScope } from '../../engine/run/scope.js'
import { targetUser } from '../../engine/shell/identity.js'
import type { InteractiveShell } from '../../engine/shell/interactive-shell.js'
import { whoAmI } from '../../engine/who.js'
import { catalogue } from '../catalogue.js'
import type { CellError } from '../cells/cell-error.js'
import type { Interrupter } from '../cells/interrupter.js'
import type { Candidates } from '../completion/candidate.js'
import { definitionViews } from '../definitions.js'
import type { ArgumentText } from '../language/requests.js'
import type { Variable } from '../notebook/linked-cells.js'
import type {
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
import { DEFAULT_SETTINGS } from '../settings/settings.js'
import { readSettings } from '../settings/settings-file.js'
import { failedSomewhere } from './cell-end.js'
import { CellTurns, type EndedCell, type RanCell } from './cell-turns.js'
import { commandCompletions } from './command-completions.js'
import { runCommandLine } from './commands.js'
import { usualFacts } from './host-facts.js'
import { LeftRunning } from './left-running.js'
import type { KernelOpened, KernelOptions, KernelReply, PastCell, Replayed } from './messages.js'
import type { NotebookBeside } from './notebook-beside.js'
import { OpenNotebook } from './open-notebook.js'
import { openParts, type Parts } from './parts.js'
import { People } from './people.js'
import { Printing } from './printing.js'
import { replay } from './replay.js'
import { replayContext } from './replay-context.js'

/** A session without a face: evaluates cells, holds the engine, writes the journal. */
export class Kernel {
  readonly #send: (record: SessionRecord) => void
  readonly #interrupter: Pick<Interrupter, 'isInterrupting' | 'interrupt' | 'heard'>
  readonly #left = new LeftRunning()
  readonly #people: People
  readonly #turns: CellTurns
  readonly #printing: Printing
  #parts: Parts | undefined
  #notebook: OpenNotebook | undefined
  /** The notebook that guides through muster, which is nobody's to change. */
  #guide: OpenNotebook | undefined
  #replaying = false
  /** Source of the last cell that asked hosts. */
  #lastAsking: string | undefined
  /** Stops what is being played. */
  #playing: AbortController | undefined

  constructor(
    send: (record: SessionRecord) => void,
    interrupter: Pick<Interrupter, 'isInterrupting' | 'interrupt' | 'heard'>,
  ) {
    this.#send = send
    this.#interrupter = interrupter
    this.#people = new People(event => this.emit(event))
    this.#turns = new CellTurns({
      emit: event => this.emit(event),
      redacted: end => this.#opened().workspace.redactor.data(end),
      approver: () => this.#approver,
      directory: () => this.#opened().directory,
      focus: () => this.#opened().globals.focus,
      interrupter,
      asked: hosts => this.#opened().globals.keepHosts(hosts.last()),
      ended: cell => this.#after(cell),
    })
    this.#printing = new Printing(
      event => this.emit(event),
      cell => this.#stopPrinting(cell),
    )
  }

  /** Opens the inventory and starts the journal. @throws {UsageError} */
  async open(options: KernelOptions): Promise<KernelOpened> {
    const parts = await openParts(options, {
      isInterrupting: this.#interrupter.isInterrupting,
      people: this.#people,
      emit: event => this.emit(event),
      printed: (cell, stream, text) => {
        if (!this.#replaying) this.#printing.print(cell, stream, text)
      },
      uncaught: (error, thrown) => {
        if (!this.#replaying) this.#complain(error, thrown)
      },
      operated: (outcomes, cell) => this.#turns.operatedIn(cell).push(outcomes),
    })
    const { workspace, log, replay, evaluator } = parts
    const { inventory, engine } = workspace
    this.#turns.countFrom(options.continues?.cells ?? replay?.lastCell ?? 0)
    this.#parts = parts
    const hosts = [...inventory.hosts.values()].map(({ name, groups, guard, connect, become }): HostView => {
      const user = targetUser(identityOf(become))
      return { name, groups, guard, address: connect.address ?? name, ...(user === '' ? {} : { become: user }) }
    })
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
    else if (workspace.inTheOpen.length > 0)
      this.emit({ type: 'note', level: 'info', text: openText(workspace.inTheOpen) })
    const settings = readSettings(text => this.emit({ type: 'note', level: 'warning', text }))
    if (settings !== DEFAULT_SETTINGS) this.emit({ type: 'session.settings', settings })
    if (replay) {
      for (const text of replay.recording.problems) this.emit({ type: 'note', level: 'warning', text })
      if (options.replayFrom === 'start') replay.goTo(0)
      this.showAgain(replay.unseen())
      const text = `A replay of ${log.session}: answers are those of then, and nothing is sent to any host. :timeline, :at, :next, :back, :play and :compare go through it.`
      this.emit({ type: 'note', level: 'info', text })
    }
    if (options.notebook !== undefined) await this.openNotebook(options.notebook)
    if (options.isGuide) this.#guide = this.#notebook
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
    this.#turns.see(record)
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

  /** Whether a recorded session is looked at. */
  get isReplay(): boolean {
    return this.#opened().replay !== undefined
  }

  /** What the commands of a replay work on. @throws {UsageError} in a session that is none */
  inReplay(): ReplayContext {
    const { replay, workspace, globals } = this.#opened()
    if (!replay) throw new UsageError('This is no replay; muster replay SESSION opens one.')
    this.#playing = new AbortController()
    const { signal } = this.#playing
    const show = (records: Iterable<SessionRecord>) => this.showAgain(records)
    return replayContext({
      replay,
      globals,
      signal,
      show,
      emit: event => this.emit(event),
      hosts: workspace.engine.universe.hosts,
    })
  }

  /** Runs a cell after those before it. With `problems` it is refused: recorded, not run. */
  run(
    source: string,
    problems: readonly Problem[],
    /** The number of the cell of the open notebook that it is. */
    notebookCell?: number,
  ): Promise<EndedCell> {
    return this.#turns.inTurn(() =>
      notebookCell === undefined ? this.#runNow(source, problems) : this.#runOfNotebook(source, problems, notebookCell),
    )
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
  get notebook(): NotebookBeside | undefined {
    return this.#notebook?.beside
  }

  /** The notebook that a session is saved into when it is given no name of its own. */
  get savesInto(): NotebookBeside | undefined {
    return this.#notebook === this.#guide ? undefined : this.notebook
  }

  /** Opens a saved notebook: shows its cells, runs none. @throws {UsageError} when there is none of that name. */
  async openNotebook(name: string): Promise<void> {
    const { log, directory, globals } = this.#opened()
    const opened = await OpenNotebook.open(name, { history: log.history, directory, globals, emit: e => this.emit(e) })
    this.#notebook?.close()
    this.#notebook = opened
  }

  /** What cells left running. */
  get left(): LeftRunning {
    return this.#left
  }

  /** What may stand at the end of a colon command. */
  completeCommand(typed: string): Candidates {
    const { log, workspace } = this.#opened()
    return commandCompletions(typed, { universe: workspace.engine.universe, history: log.history, ran: this.ran })
  }

  /** What may stand in an argument that names something hosts have. */
  completeArgument(argument: ArgumentText): Promise<Candidates | undefined> {
    const { values, globals } = this.#opened()
    return values.candidates(argument, globals.focus)
  }

  /** Stops the running cell. */
  interrupt(): void {
    this.#playing?.abort()
    this.#turns.interrupt()
  }

  get #approver(): Approver {
    return this.#parts?.replay ? declineAll : this.#people.approver
  }

  get people(): People {
    return this.#people
  }

  /** The cell that runs. */
  get running(): number | undefined {
    return this.#turns.running
  }

  get ran(): readonly RanCell[] {
    return this.#turns.ran
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
    this.#notebook?.close()
    await this.#turns.settled
    await this.#parts?.workspace.close()
    this.#parts?.evaluator.close()
    this.#left.close()
    this.#parts?.log.close()
  }

  /** Runs something as a cell of its own: an undo, say, asked for by a colon command. */
  asCell(source: string, run: (signal: AbortSignal, cell: number) => Promise<unknown>): Promise<EndedCell> {
    return this.#turns.inTurn(() => this.#turns.perform(source, (cell, signal) => run(signal, cell)))
  }

  async #runOfNotebook(source: string, problems: readonly Problem[], number: number): Promise<EndedCell> {
    const { globals, workspace } = this.#opened()
    const hosts = this.#notebook?.hostsOf(number, workspace.engine) ?? globals.focus
    const was = this.notebook?.asItIs(number)
    const ended = await globals.focused(hosts, () => this.#runNow(source, problems))
    if (was) this.notebook?.ran(ended.cell, was)
    return ended
  }

  async #runNow(source: string, problems: readonly Problem[]): Promise<EndedCell> {
    const { evaluator, globals, log, workspace } = this.#opened()
    workspace.redactor.learnSource(source)
    const input = log.keepInput(source)
    if (problems.length > 0) {
      input.ended('refused', [])
      return this.#turns.refuse(source, { kind: 'refused', problems })
    }
    const ran = await this.#turns.perform(source, async (cell, signal) => {
      const { value } = await evaluator.run(source, { id: cell, globals: globals.bindings, signal })
      globals.keep(cell, value)
      return value
    })
    const { asked, names } = this.#turns.hosts
    if (asked) this.#lastAsking = source
    input.ended(failedSomewhere(ran.end) ? 'error' : ran.end.kind, names)
    return ran
  }

  /** The kernel before this one is gone, perhaps in the middle of a cell. */
  #goOn({ running, focus, marked, guards }: NonNullable<KernelOptions['continues']>): void {
    if (running) {
      const ms = Math.max(0, Date.now() - running.since)
      this.emit({ type: 'cell.end', cell: running.cell, end: { kind: 'interrupted' }, ms })
    }
    const { globals, workspace } = this.#opened()
    globals.select(marked)
    this.emit({ type: 'session.marked', hosts: globals.bound.sel })
    for (const guard of new Set(Object.values(guards))) {
      const hosts = workspace.engine.universe.hosts.filter(host => guards[host] === guard)
      workspace.engine.setGuard(hosts, guard)
      this.emit({ type: 'session.guarded', guard, hosts })
    }
    if (focus === '') return
    globals.setFocus(focus)
    this.emit({ type: 'session.focus', pattern: globals.pattern, hosts: globals.focus })
  }

  /** Stops a cell that does nothing but print; else what it left running. */
  #stopPrinting(cell: number): 'cell' | 'what it left running' {
    if (this.#turns.stop(cell, 'it printed without end')) return 'cell'
    for (const { id } of this.#left.all().filter(each => each.cell === cell)) this.#left.stop(id)
    return 'what it left running'
  }

  /** What there is to say of a cell when it has ended. */
  #after(cell: number): void {
    this.#printing.ended(cell)
    // a server listens a moment after it was told to
    setTimeout(() => {
      const running = this.#left.of(cell)
      if (running.length === 0 || !this.#parts) return
      const views = running.map(({ id, what, place }) => ({ id, what, ...(place === undefined ? {} : { place }) }))
      this.emit({ type: 'cell.left', cell, running: views })
    }, 25).unref()
  }

  /** A cell failed where nobody waits for it. */
  #complain(error: CellError | undefined, thrown: unknown): void {
    // the running cell says it itself
    if (error?.kind === 'interrupted' && this.#turns.running === error.cell) return
    const text = error?.message ?? (thrown instanceof Error ? thrown.message : String(thrown))
    this.emit({ type: 'note', level: 'error', text })
  }

  /** Runs again what cells of a kernel that is gone have declared, as far as that only reads. */
  async replay(cells: readonly PastCell[]): Promise<Replayed> {
    const { workspace, evaluator, globals } = this.#opened()
    this.#replaying = true
    try {
      return await this.#turns.inTurn(() => replay(cells, { engine: workspace.engine, evaluator, globals }))
    } finally {
      this.#replaying = false
    }
  }

  #opened(): Parts {
    if (!this.#parts) throw new UsageError('The session is not open yet.')
    return this.#parts
  }
}

function openText(variables: readonly string[]): string {
  const one = variables.length === 1
  return `${variables.join(', ')} ${one ? 'holds' : 'hold'} a name that anybody may use, such as that of a program: it is hidden where it is called a secret, and shown in other text.`
}
