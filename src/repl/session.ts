import { UsageError } from '../engine/errors.js'
import type { Decision } from '../engine/events.js'
import { hasFailures } from './has-failures.js'
import { helpViewText } from './help-view-text.js'
import type { KernelOptions } from './kernel/messages.js'
import type { CellsToRun } from './kernel/notebook-beside.js'
import { KernelGone, KernelProcess } from './kernel-process.js'
import type { LanguageClient } from './language/client.js'
import type { Place } from './language/requests.js'
import { OWN_TYPES } from './own-types.js'
import { PastCells } from './past-cells.js'
import { PromptAssistance } from './prompt-assistance.js'
import type {
  AssistView,
  CellEnd,
  CommandReply,
  CompletionView,
  FactView,
  HelpView,
  HistoryEntry,
  Problem,
  SessionPort,
  SessionRecord,
  TerminalView,
} from './protocol.js'
import type { RemoteShell } from './remote-shell.js'
import { heldText, missingName, missingNamed, RestartLimit, restartLoss, restartText } from './restart.js'

export interface SessionOptions extends KernelOptions {
  /** Check types before a cell is run; default true. */
  readonly checkTypes?: boolean
}

/** How long a kernel may keep silent after an interruption, milliseconds, until it is ended. */
const PATIENCE = 4000

/** A session whose inventory is being opened: it can be shown, and what is asked of it waits. */
export interface BegunSession {
  readonly session: SessionPort
  /** Rejects with a {@link UsageError} when the inventory cannot be opened; the session is over then. */
  readonly opened: Promise<void>
}

/** Starts a kernel and begins to open a session on it: so the first prompt is there while both are loaded. */
export function beginSession(options: SessionOptions): BegunSession {
  const { checkTypes = true, ...kernelOptions } = options
  // both take a second to load: side by side
  const language = checkTypes ? startLanguage(kernelOptions.directory) : undefined
  const session = new Session(kernelOptions, language)
  const opened = session.open().catch(async (error: unknown) => {
    await session.abandon()
    throw error
  })
  return { session, opened }
}

/**
 * Starts a kernel and opens a session on it.
 *
 * @throws {UsageError} when the inventory cannot be opened.
 */
export async function openSession(options: SessionOptions): Promise<SessionPort> {
  const { session, opened } = beginSession(options)
  await opened
  return session
}

async function startLanguage(directory: string): Promise<LanguageClient> {
  // the first prompt first
  await new Promise(setImmediate)
  const { LanguageClient } = await import('./language/client.js')
  return new LanguageClient({ cwd: directory, packages: OWN_TYPES })
}

class Session implements SessionPort {
  readonly #options: KernelOptions
  readonly #listeners = new Set<(record: SessionRecord) => void>()
  readonly #past = new PastCells()
  readonly #restarts = new RestartLimit()
  #kernel: KernelProcess
  readonly #assistance: PromptAssistance
  /** The last cell that was not run for its type errors. */
  #refused: string | undefined
  /** Names that went with a kernel, with the reason. */
  #missing: Readonly<Record<string, string>> = {}
  /** Cells that were not run again by a new kernel. */
  readonly #gone = new Set<number>()
  /** What happened before anyone listened. */
  #early: SessionRecord[] | undefined = []
  /** What is asked of a session waits for it. */
  #opened: Promise<void> = Promise.resolve()
  #restarting: Promise<void> | undefined
  /** A cell is checked once those before it have ended: it may use their names. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: KernelOptions, language: Promise<LanguageClient> | undefined) {
    this.#options = options
    this.#kernel = this.#startKernel()
    this.#assistance = new PromptAssistance(language, () => this.#kernel)
  }

  /** @throws {UsageError} when the inventory cannot be opened */
  open(): Promise<void> {
    this.#opened = this.#openNow()
    return this.#opened
  }

  async #openNow(): Promise<void> {
    this.#assistance.open(await this.#kernel.call({ type: 'open', options: this.#options }))
  }

  /** Ends what {@link open} could not open. */
  async abandon(): Promise<void> {
    this.#kernel.kill()
    await Promise.all([this.#kernel.gone, this.#assistance.close()])
  }

  /** The first listener also gets what has happened before it came. */
  listen(listener: (record: SessionRecord) => void): () => void {
    this.#listeners.add(listener)
    for (const record of this.#early?.splice(0) ?? []) listener(record)
    this.#early = undefined
    return () => this.#listeners.delete(listener)
  }

  run(source: string, { force = false }: { readonly force?: boolean } = {}): Promise<CellEnd> {
    return this.#inTurn(source, force)
  }

  #inTurn(source: string, force: boolean, notebookCell?: number): Promise<CellEnd> {
    const turn = this.#turn.then(() => this.#runNow(source, force, notebookCell))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #runNow(source: string, force: boolean, notebookCell: number | undefined): Promise<CellEnd> {
    await this.#opened
    await this.#restarting
    const problems = force ? [] : await this.check(source)
    try {
      const { cell, end } = await this.#kernel.call({
        ...{ type: 'run', source, problems },
        ...(notebookCell === undefined ? {} : { notebookCell }),
      })
      if (end.kind === 'ok')
        await this.#assistance.committed([{ cell, source, hasValue: end.value.kind !== 'nothing' }])
      return end
    } catch (error) {
      if (!(error instanceof KernelGone) || !this.#restarting) throw error
      await this.#restarting
      return { kind: 'interrupted' }
    }
  }

  interrupt(): void {
    const kernel = this.#kernel
    const { running } = this.#past.state
    kernel.interrupt()
    void kernel.answers(PATIENCE).then(
      answers => {
        if (!answers && kernel === this.#kernel) this.#restart(heldText(running?.cell))
      },
      () => {},
    )
  }

  #startKernel(): KernelProcess {
    const kernel: KernelProcess = new KernelProcess(
      record => this.#hear(record),
      gone => {
        if (kernel === this.#kernel) this.#restart(gone.message)
      },
    )
    return kernel
  }

  #hear(record: SessionRecord): void {
    this.#past.see(record)
    if (record.type === 'cell.start') this.#assistance.learn(record.source)
    if (this.#early) this.#early.push(record)
    else for (const listener of this.#listeners) listener(record)
  }

  #say(level: 'info' | 'warning' | 'error', text: string): void {
    this.#hear({ type: 'note', level, text, at: Date.now() })
  }

  /** Starts another kernel on the same session: what only read is run again, what wrote never is. */
  #restart(why: string, asked = false): Promise<void> {
    this.#restarting ??= this.#startAgain(why, asked)
      .catch((error: unknown) =>
        this.#say(
          'error',
          `The kernel cannot be started again: ${error instanceof Error ? error.message : String(error)}`,
        ),
      )
      .finally(() => {
        this.#restarting = undefined
      })
    return this.#restarting
  }

  /** @param asked the person wants it: as often as they like */
  async #startAgain(why: string, asked: boolean): Promise<void> {
    this.#say('warning', why)
    this.#kernel.kill()
    if (!asked && !this.#restarts.allows(Date.now())) {
      this.#say(
        'error',
        'It has ended too often in the last minute and is not started again; everything shown is in the journal.',
      )
      return
    }
    await this.#kernel.gone
    const { notebook: _, ...options } = this.#options
    const continues = this.#past.state
    const past = this.#past.list()
    this.#kernel = this.#startKernel()
    await this.#kernel.call({
      type: 'open',
      options: { ...options, continues },
    })
    const replayed = await this.#kernel.call({ type: 'replay', cells: past })
    this.#missing = replayed.missing
    for (const { cell } of replayed.left) this.#gone.add(cell)
    await this.#assistance.forget()
    await this.#assistance.committed(replayed.again)
    this.#say('info', restartText(replayed))
  }

  decide(approval: number, decision: Decision): void {
    this.#kernel.notify({ type: 'decide', approval, decision })
  }

  answer(question: number, answer: string | boolean | undefined): void {
    this.#kernel.notify({ type: 'answer', question, answer })
  }

  async command(line: string): Promise<CommandReply> {
    await this.#opened
    await this.#restarting
    const asked = /^\s*help\s+(\S+)\?\s*$/.exec(line)?.[1]
    const known = asked === undefined ? undefined : await this.#assistance.whatIs(asked)
    if (known) return { kind: 'text', text: helpViewText(known) }
    const reply = await this.#kernel.call({ type: 'command', line })
    if (reply.kind === 'restart') {
      if (!reply.sure) this.#refuseToForget()
      await this.#restart('The kernel is started anew.', true)
      return { kind: 'text', text: '' }
    }
    if (reply.kind === 'run') return { kind: 'text', text: await this.#runOfNotebook(reply) }
    if (reply.kind !== 'run anyway') return reply
    await this.#runAnyway(line.replace(/^\s*\S+\s*/, ''))
    return { kind: 'text', text: '' }
  }

  /** @throws {UsageError} when a new kernel would not have what this one has */
  #refuseToForget(): void {
    const lost = restartLoss(this.#past.list().filter(({ cell }) => !this.#gone.has(cell)))
    if (lost !== undefined) throw new UsageError(`${lost} :restart! starts the kernel anew all the same.`)
  }

  /** Runs cells of the open notebook until one does not go well. @returns what there is to say about those that were not run */
  async #runOfNotebook({ cells, stopsBefore }: CellsToRun): Promise<string> {
    for (const [i, { source, number }] of cells.entries()) {
      const end = await this.#inTurn(source, false, number)
      if (end.kind === 'ok' && !hasFailures(end.value)) continue
      return i + 1 < cells.length || stopsBefore !== undefined ? `Stopped after cell ${number} of the notebook.` : ''
    }
    return stopsBefore === undefined
      ? ''
      : `Stopped before cell ${stopsBefore} of the notebook, which may change hosts: :run runs it, :run rest what follows.`
  }

  /** @throws {UsageError} when there is nothing to run */
  #runAnyway(typed: string): Promise<CellEnd> {
    const source = typed === '' ? this.#refused : typed
    if (source === undefined)
      throw new UsageError('No cell was refused: write what is to be run in spite of its type errors behind :run!.')
    if (source === this.#refused) this.#refused = undefined
    return this.run(source, { force: true })
  }

  async check(source: string): Promise<readonly Problem[]> {
    await this.#opened
    const problems = await this.#assistance.check(source)
    if (problems.length > 0) this.#refused = source
    const names = problems.flatMap(problem => missingName(problem, source) ?? [])
    const notRun = names.length === 0 ? {} : await this.#kernel.call({ type: 'notRun', names })
    return problems.map(problem => missingNamed(problem, source, { ...notRun, ...this.#missing }))
  }

  async complete(source: string, position: number): Promise<readonly CompletionView[]> {
    await this.#opened
    return this.#assistance.complete(source, position)
  }

  async assist(source: string, position: number): Promise<AssistView> {
    await this.#opened
    return this.#assistance.assist(source, position)
  }

  async help(source: string, position: number): Promise<HelpView | undefined> {
    await this.#opened
    return this.#assistance.help(source, position)
  }

  async definition(source: string, position: number): Promise<Place | undefined> {
    await this.#opened
    return this.#assistance.definition(source, position)
  }

  describe(source: string, position: number, name: string): Promise<string | undefined> {
    return this.#assistance.describe(source, position, name)
  }

  async facts(host: string, afresh = false): Promise<readonly FactView[]> {
    await this.#opened
    return this.#kernel.call({ type: 'facts', host, afresh })
  }

  async attach(host: string, terminal: TerminalView): Promise<RemoteShell> {
    await this.#opened
    return this.#kernel.attach(host, terminal)
  }

  select(hosts: readonly string[]): void {
    this.#past.mark(hosts)
    this.#kernel.notify({ type: 'select', hosts })
  }

  arrange(cells: readonly number[]): void {
    this.#kernel.notify({ type: 'arrange', cells })
  }

  async names(): Promise<readonly CompletionView[]> {
    await this.#opened
    return this.#assistance.names()
  }

  async history(): Promise<readonly HistoryEntry[]> {
    await this.#opened
    return this.#kernel.call({ type: 'history' })
  }

  async close(): Promise<void> {
    await Promise.all([this.#assistance.close(), this.#kernel.close()])
  }
}
