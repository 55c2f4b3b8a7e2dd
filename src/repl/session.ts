import { UsageError } from '../engine/errors.js'
import type { Decision } from '../engine/events.js'
import { signatureView } from './assist.js'
import { helpAt } from './at-cursor.js'
import type { Candidates } from './completion/candidate.js'
import { definitionNamed, inOrderOf, ofDefinition } from './completion/definition-entries.js'
import { domainOf } from './completion/domain.js'
import { type InventoryNames, patternCandidates } from './completion/pattern.js'
import { ranked } from './completion/rank.js'
import { UsedNames } from './completion/used-names.js'
import { hasFailures } from './has-failures.js'
import { helpViewText } from './help-view-text.js'
import type { KernelOpened, KernelOptions, Replayed } from './kernel/messages.js'
import type { CellsToRun } from './kernel/notebook-beside.js'
import { KernelGone, KernelProcess } from './kernel-process.js'
import type { LanguageClient } from './language/client.js'
import type { ArgumentText, Place } from './language/requests.js'
import { OWN_TYPES } from './own-types.js'
import { PastCells } from './past-cells.js'
import { type KeptValue, promptDeclaration, valuesDeclaration } from './prompt-types.js'
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
import { missingName, missingNamed, RestartLimit, restartLoss, restartText } from './restart.js'

export interface SessionOptions extends KernelOptions {
  /** Check types before a cell is run; default true. */
  readonly checkTypes?: boolean
}

/** All that TypeScript says of a name that there is not. */
const UNKNOWN = 'any'

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
  readonly #used = new UsedNames()
  readonly #restarts = new RestartLimit()
  #kernel: KernelProcess
  #values: KeptValue[] = []
  #language: Promise<LanguageClient> | undefined
  #inventory: InventoryNames = { hosts: [], groups: {} }
  #definitions: KernelOpened['definitions'] = {}
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
    this.#language = language
    this.#kernel = this.#startKernel()
  }

  /** @throws {UsageError} when the inventory cannot be opened */
  open(): Promise<void> {
    this.#opened = this.#openNow()
    return this.#opened
  }

  async #openNow(): Promise<void> {
    const { registerDeclaration, domains, hosts, groups, definitions } = await this.#kernel.call({
      type: 'open',
      options: this.#options,
    })
    this.#inventory = { hosts, groups }
    this.#definitions = definitions
    this.#language = this.#language?.then(async client => {
      await Promise.all([
        client.declare('inventory.d.ts', registerDeclaration),
        client.declare('prompt.d.ts', promptDeclaration(domains)),
        client.declare('values.d.ts', valuesDeclaration([])),
        client.knows({ hosts, groups }),
      ])
      return client
    })
    this.#language?.catch(() => {})
  }

  /** Ends what {@link open} could not open. */
  async abandon(): Promise<void> {
    this.#kernel.kill()
    const language = await this.#language?.catch(() => undefined)
    await language?.close()
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
      if (end.kind === 'ok') await this.#committed([{ cell, source, hasValue: end.value.kind !== 'nothing' }])
      return end
    } catch (error) {
      if (!(error instanceof KernelGone) || !this.#restarting) throw error
      await this.#restarting
      return { kind: 'interrupted' }
    }
  }

  interrupt(): void {
    const kernel = this.#kernel
    kernel.interrupt()
    void kernel.answers(PATIENCE).then(
      answers => {
        if (!answers && kernel === this.#kernel) this.#restart('The kernel did not answer and was ended.')
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
    if (record.type === 'cell.start') this.#used.learn(record.source)
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
    const { running, ...continues } = this.#past.state
    const past = this.#past.list()
    this.#kernel = this.#startKernel()
    await this.#kernel.call({
      type: 'open',
      options: { ...options, continues: { ...continues, ...(running === undefined ? {} : { running }) } },
    })
    const replayed = await this.#kernel.call({ type: 'replay', cells: past })
    this.#missing = replayed.missing
    for (const { cell } of replayed.left) this.#gone.add(cell)
    this.#values = []
    const language = await this.#language
    await language?.forget()
    await language?.declare('values.d.ts', valuesDeclaration([]))
    await this.#committed(replayed.again)
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
    const known = asked === undefined ? undefined : await this.#whatIs(asked)
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
    const problems = (await (await this.#language)?.check(source)) ?? []
    if (problems.length > 0) this.#refused = source
    const names = problems.flatMap(problem => missingName(problem, source) ?? [])
    const notRun = names.length === 0 ? {} : await this.#kernel.call({ type: 'notRun', names })
    return problems.map(problem => missingNamed(problem, source, { ...notRun, ...this.#missing }))
  }

  async complete(source: string, position: number): Promise<readonly CompletionView[]> {
    await this.#opened
    const before = /^\s*:\s*run!\s+/.exec(source)?.[0].length ?? 0
    if (before > 0 && position >= before) {
      const found = await this.complete(source.slice(before), position - before)
      return found.map(each => ({ ...each, from: each.from + before }))
    }
    if (source.trimStart().startsWith(':')) {
      const found = await this.#kernel.call({ type: 'completeCommand', typed: source.slice(0, position) })
      return named(found, source, position)
    }
    const language = await this.#language
    if (!language) return []
    const { from, entries, argument, keysOf } = await language.complete(source, position)
    if (argument) {
      const found = await this.#argumentNames(argument)
      if (found) return named(found, source, position)
    }
    const definitions = this.#definitions
    const whose = keysOf === undefined ? undefined : definitionNamed(definitions, keysOf)
    const ordered = whose ? inOrderOf(whose, entries) : entries
    const around = { definitions, keysOf, before: source.slice(0, from), after: source.slice(position) }
    return ranked(ordered, source.slice(from, position), name => (whose ? 0 : this.#used.lately(name))).map(entry => ({
      name: entry.name,
      kind: entry.kind,
      insert: entry.insertText ?? entry.name,
      from,
      ...(entry.insertText === undefined ? ofDefinition(entry, around) : {}),
    }))
  }

  async assist(source: string, position: number): Promise<AssistView> {
    await this.#opened
    const language = await this.#language
    if (!language || source.trimStart().startsWith(':')) return { problems: [] }
    const [signature, problems] = await Promise.all([language.signature(source, position), language.check(source)])
    return { problems, ...(signature ? { signature: signatureView(signature, this.#definitions) } : {}) }
  }

  async help(source: string, position: number): Promise<HelpView | undefined> {
    await this.#opened
    const language = await this.#language
    return language && helpAt(language, this.#definitions, source, position)
  }

  /** What is known of a name that stands alone: `web`, `files.line`; nothing of a domain, which the kernel lists. */
  async #whatIs(name: string): Promise<HelpView | undefined> {
    if (Object.keys(this.#definitions).some(known => known.startsWith(`${name}.`))) return undefined
    const known = await this.help(name, name.length).catch(() => undefined)
    return known?.title === UNKNOWN ? undefined : known
  }

  async definition(source: string, position: number): Promise<Place | undefined> {
    await this.#opened
    return (await this.#language)?.definition(source, position)
  }

  async describe(source: string, position: number, name: string): Promise<string | undefined> {
    const found = await (await this.#language)?.describe(source, position, name)
    const domain = found && domainOf(found.text, this.#definitions)
    if (domain) return `${domain.title}\n${Object.keys(domain.members).join(', ')}`
    // of a text in quotes TypeScript says nothing but that text
    const said = [found?.text, found?.documentation].filter(text => text !== undefined && text !== '' && text !== name)
    return said.length === 0 ? undefined : said.join('\n')
  }

  /** What an argument may name: hosts and groups in a pattern, else what the hosts have. */
  async #argumentNames(argument: ArgumentText): Promise<Candidates | undefined> {
    const { call, key, typed, start } = argument
    if (key !== 0 || call.split('.').at(-1) !== 'match')
      return this.#kernel.call({ type: 'completeArgument', argument })
    const { from, candidates } = patternCandidates(typed, this.#inventory)
    return { from: start + from, candidates }
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
    this.#kernel.notify({ type: 'select', hosts })
  }

  arrange(cells: readonly number[]): void {
    this.#kernel.notify({ type: 'arrange', cells })
  }

  async names(): Promise<readonly CompletionView[]> {
    await this.#opened
    const { candidates } = await this.#kernel.call({ type: 'completeCommand', typed: ':' })
    const definitions = Object.entries(this.#definitions).map(([name, { kind, summary }]) => ({
      name,
      kind,
      detail: summary,
    }))
    return [...candidates, ...definitions].map(each => ({ ...each, insert: each.name, from: 0 }))
  }

  async history(): Promise<readonly HistoryEntry[]> {
    await this.#opened
    return this.#kernel.call({ type: 'history' })
  }

  async close(): Promise<void> {
    const language = await this.#language?.catch(() => undefined)
    await Promise.all([language?.close(), this.#kernel.close()])
  }

  async #committed(cells: Replayed['again']): Promise<void> {
    const language = await this.#language
    if (!language) return
    for (const { cell, source, hasValue } of cells) {
      const module = await language.commit(cell, source)
      if (hasValue) this.#values.push({ cell, module })
    }
    if (cells.some(({ hasValue }) => hasValue)) await language.declare('values.d.ts', valuesDeclaration(this.#values))
  }
}

function named({ from, candidates }: Candidates, source: string, position: number): CompletionView[] {
  return ranked(candidates, source.slice(from, position)).map(candidate => ({
    ...candidate,
    insert: candidate.name,
    from,
  }))
}
