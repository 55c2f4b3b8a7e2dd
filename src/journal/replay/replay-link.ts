import type { Duplex } from 'node:stream'
import type { LinkState } from '../../engine/connect/connector.js'
import {
  type Identity,
  type Link,
  type LinkListener,
  type LinkObserver,
  type LinkStanding,
  LOGIN,
  type RawResult,
  type RunOptions,
} from '../../engine/connect/link.js'
import { MusterError } from '../../engine/errors.js'
import type { RecordedFact } from '../../engine/events.js'
import type { FactQuestion } from '../../engine/fact.js'
import { outputBytes } from '../../engine/read/recorded-output.js'
import type { InteractiveShell } from '../../engine/shell/interactive-shell.js'
import { brief } from '../../engine/text/brief.js'
import type { RecordedAnswers } from './answers.js'

/** Something was asked of a replayed host that its record does not answer. */
export class NotRecorded extends MusterError {
  override readonly name = 'NotRecorded'
  /** What was asked and why there is no answer, whichever host it was. */
  readonly reason: string

  constructor(
    readonly host: string,
    asked: string,
    why: string,
  ) {
    const reason = `the record does not answer “${brief(asked)}”: ${why}.`
    super(`${host}: ${reason}`)
    this.reason = reason
  }
}

/** A place in a recorded session that its hosts are asked at. */
export interface ReplayTime {
  /** Only what was answered within so many records counts. */
  readonly within: number
}

/** Takes what was asked and is not recorded. */
export type OnMiss = (miss: NotRecorded) => void

/** The link to a host that is gone: commands answer from the record of a session, and nothing else can be done. */
export class ReplayLink implements Link {
  readonly traces = []
  readonly #answers: RecordedAnswers
  readonly #time: ReplayTime
  readonly #observer: LinkObserver
  readonly #onMiss: OnMiss
  #state: LinkState = 'idle'

  constructor(
    readonly name: string,
    answers: RecordedAnswers,
    time: ReplayTime,
    observer: LinkObserver,
    onMiss: OnMiss = () => {},
  ) {
    this.#answers = answers
    this.#time = time
    this.#observer = observer
    this.#onMiss = onMiss
  }

  get state(): LinkState {
    return this.#state
  }

  get standing(): LinkStanding {
    return { state: this.#state, ms: 0 }
  }

  async connect(): Promise<void> {
    if (this.#state === 'ready') return
    this.#state = 'ready'
    this.#observer.state({ host: this.name, state: 'ready', ms: 0 })
  }

  async run(script: string, { identity = LOGIN }: RunOptions = {}): Promise<RawResult> {
    await this.connect()
    const found = this.#answers.command(this.name, identity, script, this.#time.within)
    if (found.missing !== undefined) throw this.#missed(script, found.missing)
    const { stdout, stderr, exitCode } = found.answer
    return { stdout: outputBytes(stdout), stderr: outputBytes(stderr), exitCode, truncated: false, ms: 0 }
  }

  /** What a fact was answered. @throws {NotRecorded} */
  readonly recall = ({ fact, key }: FactQuestion<unknown>, identity: Identity): RecordedFact => {
    const found = this.#answers.fact(this.name, identity, key, this.#time.within)
    if (found.missing === undefined) return found.answer
    throw this.#missed(key === fact ? fact : key, found.missing)
  }

  async read(path: string): Promise<Buffer> {
    throw this.#missed(`read ${path}`, 'files that were read whole are not kept')
  }

  write(path: string): Promise<never> {
    return this.#refuse(`write ${path}`)
  }

  upload({ path }: { readonly path: string }): Promise<never> {
    return this.#refuse(`upload to ${path}`)
  }

  download({ path }: { readonly path: string }): Promise<never> {
    return this.#refuse(`download ${path}`)
  }

  shell(): Promise<InteractiveShell> {
    return this.#refuse('a shell')
  }

  dial(): Promise<Duplex> {
    return this.#refuse('a connection')
  }

  listen(): Promise<LinkListener> {
    return this.#refuse('a listener')
  }

  async disconnect(): Promise<void> {}

  async close(): Promise<void> {
    this.#state = 'closed'
  }

  async #refuse(what: string): Promise<never> {
    throw this.#missed(what, 'in a replay hosts can only be asked')
  }

  #missed(asked: string, reason: string): NotRecorded {
    const miss = new NotRecorded(this.name, asked, reason)
    this.#onMiss(miss)
    return miss
  }
}
