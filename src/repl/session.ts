import { type ChildProcess, fork } from 'node:child_process'
import { Writable } from 'node:stream'
import { MusterError, UsageError } from '../engine/errors.js'
import type { Decision } from '../engine/events.js'
import { scriptBeside } from '../engine/modules/script-beside.js'
import { signatureView } from './assist.js'
import type { Candidates } from './completion/candidate.js'
import { type InventoryNames, patternCandidates } from './completion/pattern.js'
import { ranked } from './completion/rank.js'
import {
  type FromKernel,
  INTERRUPT_FD,
  type KernelAnswers,
  type KernelCall,
  type KernelNotice,
  type KernelOpened,
  type KernelOptions,
  type ToKernel,
} from './kernel/messages.js'
import type { LanguageClient } from './language/client.js'
import type { ArgumentText } from './language/requests.js'
import { OWN_TYPES } from './own-types.js'
import { type KeptValue, promptDeclaration, valuesDeclaration } from './prompt-types.js'
import type {
  ArgumentView,
  AssistView,
  CellEnd,
  CommandReply,
  CompletionView,
  FactView,
  HistoryEntry,
  Problem,
  SessionPort,
  SessionRecord,
  TerminalView,
} from './protocol.js'
import { RemoteShell } from './remote-shell.js'

export interface SessionOptions extends KernelOptions {
  /** Check types before a cell is run; default true. */
  readonly checkTypes?: boolean
}

/** The kernel process is gone. What was shown is in the journal. */
export class KernelGone extends MusterError {
  override readonly name = 'KernelGone'
}

/**
 * Starts a kernel and opens a session on it.
 *
 * @throws {UsageError} when the inventory cannot be opened.
 */
export async function openSession(options: SessionOptions): Promise<SessionPort> {
  const { checkTypes = true, ...kernelOptions } = options
  const kernel = new KernelProcess()
  // both take a second to load: side by side
  const language = checkTypes ? startLanguage(kernelOptions.directory) : undefined
  try {
    const opened = await kernel.call({ type: 'open', options: kernelOptions })
    return new Session(kernel, opened, language)
  } catch (error) {
    kernel.kill()
    void language?.then(
      client => client.close(),
      () => {},
    )
    throw error
  }
}

async function startLanguage(directory: string): Promise<LanguageClient> {
  const { LanguageClient } = await import('./language/client.js')
  return new LanguageClient({ cwd: directory, packages: OWN_TYPES })
}

class Session implements SessionPort {
  readonly #kernel: KernelProcess
  readonly #values: KeptValue[] = []
  readonly #language: Promise<LanguageClient> | undefined
  readonly #inventory: InventoryNames
  readonly #definitions: KernelOpened['definitions']
  /** A cell is checked once those before it have ended: it may use their names. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    kernel: KernelProcess,
    { registerDeclaration, domains, hosts, groups, definitions }: KernelOpened,
    language: Promise<LanguageClient> | undefined,
  ) {
    this.#kernel = kernel
    this.#inventory = { hosts, groups }
    this.#definitions = definitions
    this.#language = language?.then(async client => {
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

  listen(listener: (record: SessionRecord) => void): () => void {
    return this.#kernel.listen(listener)
  }

  run(source: string, { force = false }: { readonly force?: boolean } = {}): Promise<CellEnd> {
    const turn = this.#turn.then(() => this.#runNow(source, force))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #runNow(source: string, force: boolean): Promise<CellEnd> {
    const problems = force ? [] : await this.check(source)
    const { cell, end } = await this.#kernel.call({ type: 'run', source, problems })
    if (end.kind === 'ok') await this.#committed(cell, source, end.value.kind !== 'nothing')
    return end
  }

  interrupt(): void {
    this.#kernel.interrupt()
  }

  decide(approval: number, decision: Decision): void {
    this.#kernel.notify({ type: 'decide', approval, decision })
  }

  answer(question: number, answer: string | boolean | undefined): void {
    this.#kernel.notify({ type: 'answer', question, answer })
  }

  async command(line: string): Promise<CommandReply> {
    const reply = await this.#kernel.call({ type: 'command', line })
    if (reply.kind !== 'run') return reply
    await this.run(reply.source)
    return { kind: 'text', text: '' }
  }

  async check(source: string): Promise<readonly Problem[]> {
    return (await this.#language)?.check(source) ?? []
  }

  async complete(source: string, position: number): Promise<readonly CompletionView[]> {
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
    return ranked(entries, source.slice(from, position)).map(({ name, kind, insertText }) => {
      const key = keysOf === undefined ? undefined : this.#argumentOf(keysOf, name)
      const about = key ? { detail: `${key.type} · ${key.description}` } : {}
      return { name, kind, insert: insertText ?? name, from, ...about }
    })
  }

  async assist(source: string, position: number): Promise<AssistView> {
    const language = await this.#language
    if (!language || source.trimStart().startsWith(':')) return { problems: [] }
    const [signature, problems] = await Promise.all([language.signature(source, position), language.check(source)])
    return { problems, ...(signature ? { signature: signatureView(signature, this.#definitions) } : {}) }
  }

  async describe(source: string, position: number, name: string): Promise<string | undefined> {
    const found = await (await this.#language)?.describe(source, position, name)
    return found && [found.text, found.documentation].filter(text => text !== '').join('\n')
  }

  #argumentOf(called: string, name: string): ArgumentView | undefined {
    const definition = Object.hasOwn(this.#definitions, called) ? this.#definitions[called] : undefined
    return definition?.args.find(argument => argument.name === name)
  }

  /** What an argument may name: hosts and groups in a pattern, else what the hosts have. */
  async #argumentNames(argument: ArgumentText): Promise<Candidates | undefined> {
    const { call, key, typed, start } = argument
    if (key !== 0 || call.split('.').at(-1) !== 'match')
      return this.#kernel.call({ type: 'completeArgument', argument })
    const { from, candidates } = patternCandidates(typed, this.#inventory)
    return { from: start + from, candidates }
  }

  facts(host: string): Promise<readonly FactView[]> {
    return this.#kernel.call({ type: 'facts', host })
  }

  attach(host: string, terminal: TerminalView): Promise<RemoteShell> {
    return this.#kernel.attach(host, terminal)
  }

  select(hosts: readonly string[]): void {
    this.#kernel.notify({ type: 'select', hosts })
  }

  async names(): Promise<readonly CompletionView[]> {
    const { candidates } = await this.#kernel.call({ type: 'completeCommand', typed: ':' })
    const definitions = Object.entries(this.#definitions).map(([name, { kind, summary }]) => ({
      name,
      kind,
      detail: summary,
    }))
    return [...candidates, ...definitions].map(each => ({ ...each, insert: each.name, from: 0 }))
  }

  history(): Promise<readonly HistoryEntry[]> {
    return this.#kernel.call({ type: 'history' })
  }

  async close(): Promise<void> {
    const language = await this.#language?.catch(() => undefined)
    await Promise.all([language?.close(), this.#kernel.close()])
  }

  async #committed(cell: number, source: string, hasValue: boolean): Promise<void> {
    const language = await this.#language
    if (!language) return
    const module = await language.commit(cell, source)
    if (!hasValue) return
    this.#values.push({ cell, module })
    await language.declare('values.d.ts', valuesDeclaration(this.#values))
  }
}

function named({ from, candidates }: Candidates, source: string, position: number): CompletionView[] {
  return ranked(candidates, source.slice(from, position)).map(candidate => ({
    ...candidate,
    insert: candidate.name,
    from,
  }))
}

/** The kernel's process and the message protocol with it. */
class KernelProcess {
  readonly #child: ChildProcess
  readonly #listeners = new Set<(record: SessionRecord) => void>()
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  readonly #interrupts: Writable | undefined
  /** What happened before anyone listened. */
  #early: SessionRecord[] | undefined = []
  readonly #shells = new Map<number, RemoteShell>()
  #lastCall = 0
  #gone: KernelGone | undefined

  constructor() {
    const { url, execArgv } = scriptBeside(import.meta.url, 'kernel/main')
    this.#child = fork(url, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
      execArgv: ['--enable-source-maps', ...execArgv],
    })
    const pipe = this.#child.stdio[INTERRUPT_FD]
    this.#interrupts = pipe instanceof Writable ? pipe : undefined
    this.#interrupts?.on('error', () => {})
    let lastWords = ''
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString('utf8')).slice(-4096)
    })
    this.#child.on('message', (message: FromKernel) => this.#receive(message))
    this.#child.on('exit', (code, signal) => {
      const how = signal ? `was killed by ${signal}` : `ended with ${code}`
      const words = lastWords
        .trim()
        .split('\n')
        .find(line => /error/i.test(line))
      this.#end(
        new KernelGone(`The kernel ${how}${words ? `: ${words.trim()}` : ''}; everything shown is in the journal.`),
      )
    })
    this.#child.on('error', error => this.#end(new KernelGone(`The kernel could not be started: ${error.message}`)))
  }

  /** The first listener also gets what has happened before it came. */
  listen(listener: (record: SessionRecord) => void): () => void {
    this.#listeners.add(listener)
    for (const record of this.#early?.splice(0) ?? []) listener(record)
    this.#early = undefined
    return () => this.#listeners.delete(listener)
  }

  call<K extends keyof KernelAnswers>(call: Extract<KernelCall, { type: K }>): Promise<KernelAnswers[K]> {
    if (this.#gone) return Promise.reject(this.#gone)
    const id = ++this.#lastCall
    return new Promise((resolve, reject) => {
      // the kernel answers each call with the type that KernelAnswers gives it
      this.#calls.set(id, { resolve: value => resolve(value as KernelAnswers[K]), reject })
      this.#post({ ...call, id })
    })
  }

  async attach(host: string, terminal: TerminalView): Promise<RemoteShell> {
    const number = await this.call({ type: 'attach', host, terminal })
    const shell = new RemoteShell(number, notice => this.notify(notice))
    this.#shells.set(number, shell)
    return shell
  }

  notify(notice: KernelNotice): void {
    if (!this.#gone) this.#post(notice)
  }

  /** Heard even while a cell's loop holds the kernel's thread. */
  interrupt(): void {
    if (!this.#gone) this.#interrupts?.write('!')
  }

  async close(): Promise<void> {
    if (this.#gone) return
    const exited = new Promise<void>(resolve => this.#child.once('exit', () => resolve()))
    const patience = setTimeout(() => this.kill(), 5000)
    await this.call({ type: 'close' }).catch(() => {})
    await exited
    clearTimeout(patience)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #post(message: ToKernel): void {
    this.#child.send(message)
  }

  #receive(message: FromKernel): void {
    if (message.type === 'records') {
      if (this.#early) this.#early.push(...message.records)
      else for (const record of message.records) for (const listener of this.#listeners) listener(record)
      return
    }
    if (message.type === 'shell.shown' || message.type === 'shell.ended') {
      this.#shells.get(message.shell)?.take(message)
      if (message.type === 'shell.ended') this.#shells.delete(message.shell)
      return
    }
    const call = this.#calls.get(message.id)
    this.#calls.delete(message.id)
    if (message.type === 'reply') call?.resolve(message.value)
    else call?.reject(message.usage ? new UsageError(message.message) : new MusterError(message.message))
  }

  #end(gone: KernelGone): void {
    if (this.#gone) return
    this.#gone = gone
    for (const [shell, each] of this.#shells) each.take({ type: 'shell.ended', shell, end: { error: gone.message } })
    this.#shells.clear()
    for (const { reject } of this.#calls.values()) reject(gone)
    this.#calls.clear()
    const record: SessionRecord = { type: 'note', level: 'error', text: gone.message, at: Date.now() }
    if (this.#child.exitCode !== 0) for (const listener of this.#listeners) listener(record)
  }
}
