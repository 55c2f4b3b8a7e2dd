import { EventEmitter, once } from 'node:events'
import { MusterError } from '../../engine/errors.js'
import { builtAddress, type ScriptStart, scriptBeside } from '../../engine/modules/script-beside.js'
import type { InventoryNames } from '../completion/pattern.js'
import { type LanguageWorker, startFrozen, startThread, type WorkerEvents } from './language-worker.js'
import type {
  Completions,
  Diagnostic,
  LanguageOptions,
  Place,
  Question,
  QuickInfo,
  Reply,
  Request,
  Signature,
} from './requests.js'
import { discardSnapshot, usableSnapshot } from './snapshot.js'

/** The language worker could not answer. */
export class LanguageError extends MusterError {
  override readonly name = 'LanguageError'
}

/** How often the worker may die over one question, or before it is up, until that is given up. */
const ATTEMPTS = 3

/**
 * Asks a TypeScript language service in a process of its own, woken from a snapshot, or where there is none on a thread. When it
 * dies, another is started and told again all that was declared and committed; questions under way are asked again.
 *
 * @example
 * const language = new LanguageClient({ cwd, packages: { muster: '/…/dist/index.d.ts' } })
 * await language.declare('.prompt.d.ts', "declare const fleet: import('muster').Fleet")
 * await language.check('fleet.group(1)') // [{ line: 1, column: 13, … }]
 */
export class LanguageClient {
  readonly #options: LanguageOptions
  readonly #script: ScriptStart
  /** From which a process is woken; a thread where there is none, or no process starts from it. */
  #snapshot: string | undefined
  /** Emits each reply under its number. */
  readonly #replies = new EventEmitter()
  readonly #pending = new Map<number, Request>()
  readonly #attempts = new Map<number, number>()
  /** What a new worker is to be told: the latest of each declared file and of the inventory, every committed cell. */
  readonly #declared = new Map<string, Request>()
  readonly #committed = new Set<Request>()
  #worker: LanguageWorker
  #asked = 0
  #deaths = 0
  /** Why nothing is answered any more. */
  #over: string | undefined

  /** @param how another thread or snapshot than usual, for tests */
  constructor(
    options: LanguageOptions,
    how: { readonly script?: ScriptStart; readonly snapshot?: string | undefined } = { snapshot: usableSnapshot() },
  ) {
    this.#options = options
    this.#script = how.script ?? scriptBeside(builtAddress(import.meta.url), 'worker')
    this.#snapshot = how.snapshot
    this.#replies.setMaxListeners(0)
    this.#worker = this.#start()
  }

  /**
   * Resolves when the worker has taken in all it was told so far, so that the next answer comes quickly.
   * @throws {LanguageError} when it does not start
   */
  ready(): Promise<void> {
    return this.#ask({ kind: 'warmUp' })
  }

  /** Type and syntax errors of a cell that would come next. @throws {LanguageError} */
  check(source: string): Promise<readonly Diagnostic[]> {
    return this.#ask({ kind: 'check', source })
  }

  /** What can stand at an offset of a draft. @throws {LanguageError} */
  complete(source: string, position: number): Promise<Completions> {
    return this.#ask({ kind: 'complete', source, position })
  }

  /** Type and documentation of what stands at an offset. @throws {LanguageError} */
  quickInfo(source: string, position: number): Promise<QuickInfo | undefined> {
    return this.#ask({ kind: 'quickInfo', source, position })
  }

  /** Where what stands at an offset is declared. @throws {LanguageError} */
  definition(source: string, position: number): Promise<Place | undefined> {
    return this.#ask({ kind: 'definition', source, position })
  }

  /** Declaration and documentation of one of the completions at an offset. @throws {LanguageError} */
  describe(source: string, position: number, name: string): Promise<QuickInfo | undefined> {
    return this.#ask({ kind: 'describe', source, position, name })
  }

  /** The signature of the call around an offset. @throws {LanguageError} */
  signature(source: string, position: number): Promise<Signature | undefined> {
    return this.#ask({ kind: 'signature', source, position })
  }

  /** Keeps a cell that succeeded. Resolves to its module: see `valueType`. @throws {LanguageError} */
  commit(id: number, source: string): Promise<string> {
    return this.#ask({ kind: 'commit', id, source })
  }

  /** Forgets all cells. @throws {LanguageError} */
  forget(): Promise<void> {
    return this.#ask({ kind: 'forget' })
  }

  /**
   * Adds or replaces a declaration file of the session's directory, which need not exist on disk: a script declares globals,
   * a module augments others.
   * @throws {LanguageError}
   */
  declare(file: string, text: string): Promise<void> {
    return this.#ask({ kind: 'declare', file, text })
  }

  /** Tells which hosts and groups there are, for what is checked beyond types. @throws {LanguageError} */
  knows(names: InventoryNames): Promise<void> {
    return this.#ask({ kind: 'inventory', names })
  }

  async close(): Promise<void> {
    this.#giveUp('the session is over')
    await this.#worker.end()
  }

  async #ask<Answer>(question: Question): Promise<Answer> {
    if (this.#over !== undefined) throw new LanguageError(this.#over)
    this.#asked += 1
    const request: Request = { number: this.#asked, question }
    this.#pending.set(request.number, request)
    const declared = declaredBy(question)
    if (declared !== undefined) this.#declared.set(declared, request)
    if (question.kind === 'commit') this.#committed.add(request)
    if (question.kind === 'forget') this.#committed.clear()
    this.#worker.hold(true)
    this.#worker.post(request)
    const [reply] = await once(this.#replies, String(request.number))
    if (reply.kind === 'failed') throw new LanguageError(reply.reason)
    return reply.answer
  }

  #start(): LanguageWorker {
    const snapshot = this.#snapshot
    let started = false
    const on: WorkerEvents = {
      onReply: reply => {
        if (reply.kind !== 'started') return this.#heard(reply)
        started = true
        this.#deaths = 0
      },
      onEnd: reason => {
        if (this.#over !== undefined) return
        if (snapshot !== undefined && !started) {
          this.#snapshot = undefined
          discardSnapshot(snapshot)
        }
        this.#restart(reason)
      },
    }
    if (snapshot !== undefined) return startFrozen(snapshot, this.#options, on)
    return startThread(this.#script, this.#options, on)
  }

  #heard(reply: Exclude<Reply, { kind: 'started' }>): void {
    this.#pending.delete(reply.number)
    this.#attempts.delete(reply.number)
    if (this.#pending.size === 0) this.#worker.hold(false)
    this.#replies.emit(String(reply.number), reply)
  }

  /** Starts another worker, tells it what the last one knew, and asks it what that one did not answer. */
  #restart(reason: string): void {
    this.#deaths += 1
    if (this.#deaths >= ATTEMPTS) {
      this.#giveUp(`the type checker does not start: ${reason}`)
      return
    }
    // Questions are answered in order: the first is the one it died over.
    const [suspect] = this.#pending.values()
    if (suspect) this.#blame(suspect, reason)
    this.#worker = this.#start()
    const known = new Set([...this.#declared.values(), ...this.#committed])
    const unanswered = [...this.#pending.values()].filter(request => !known.has(request))
    for (const request of [...known, ...unanswered]) this.#worker.post(request)
    if (this.#pending.size > 0) this.#worker.hold(true)
  }

  #blame(request: Request, reason: string): void {
    const { number, question } = request
    const attempts = (this.#attempts.get(number) ?? 0) + 1
    this.#attempts.set(number, attempts)
    if (attempts < ATTEMPTS) return
    this.#committed.delete(request)
    const declared = declaredBy(question)
    if (declared !== undefined) this.#declared.delete(declared)
    this.#heard({ kind: 'failed', number, reason: `the type checker cannot cope with this: ${reason}` })
  }

  #giveUp(reason: string): void {
    this.#over = reason
    for (const number of [...this.#pending.keys()]) this.#heard({ kind: 'failed', number, reason })
  }
}

/** Under which name a question tells something that a later one of the same name replaces. */
function declaredBy(question: Question): string | undefined {
  if (question.kind === 'declare') return `file ${question.file}`
  return question.kind === 'inventory' ? 'inventory' : undefined
}
