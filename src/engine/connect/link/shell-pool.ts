import { UsageError } from '../../errors.js'
import { type HeldShell, ShellEnded } from '../../shell/held-shell.js'
import type { FrameRequest, PartialOutput } from '../../shell/open-frame.js'
import type { ExecOptions } from '../connector.js'
import type { RawResult } from '../link.js'

/** A command waits this long for a busy shell before another shell is started for it, milliseconds. */
const PATIENCE_MS = 150

/** Nothing of the command was sent: it can be tried again elsewhere. */
export class NotSent extends Error {
  constructor(readonly reason: string) {
    super(reason)
  }
}

/** The command was sent and cut off. */
export class CutOff extends Error {
  constructor(
    readonly how: 'lost' | 'shell-died' | 'timeout' | 'cancelled',
    readonly reason: string,
    readonly partial?: PartialOutput,
  ) {
    super(reason)
  }
}

export interface Job extends FrameRequest {
  /** On a terminal of its own instead of a held shell. */
  readonly pty?: NonNullable<ExecOptions['pty']>
  /** Milliseconds, from when the command begins. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** What a pool needs of the link it belongs to. */
export interface PoolHost {
  /** Starts a shell. */
  open(): Promise<HeldShell>
  /** Whether one more could be started without waiting for a slot, or once a shell is given up that no command will use again. */
  roomForOne(): boolean
  /** Said when no command waits, so that a shell may have nothing to do: another identity may want its slot. */
  idle(): void
  /** Ends what a shell is running, and the shell. */
  kill(shell: HeldShell): Promise<void>
  /** Why the link is gone, if it is. */
  lost(): string | undefined
}

interface Waiting {
  readonly job: Job
  readonly since: number
  /** What cancelling does: takes it out of the queue; once it was sent, stops it. */
  cancel(): void
  resolve(result: RawResult): void
  reject(error: Error): void
}

/** The held shells of one identity on one host, and the commands that wait for one. */
export class ShellPool {
  readonly #shells = new Set<HeldShell>()
  readonly #queue: Waiting[] = []
  #opening = false
  #patience: NodeJS.Timeout | undefined

  constructor(private readonly host: PoolHost) {}

  /**
   * Runs a command on the next free shell.
   * @throws {NotSent | CutOff | UsageError}
   */
  run(job: Job): Promise<RawResult> {
    const { signal } = job
    if (signal?.aborted) return Promise.reject(new CutOff('cancelled', 'cancelled before it was sent'))
    const since = performance.now()
    return new Promise<RawResult>((resolve, reject) => {
      const waiting: Waiting = { job, since, cancel: () => this.#withdraw(waiting), resolve, reject }
      this.#queue.push(waiting)
      if (signal) untilSettled(signal, waiting)
      this.#pump()
    })
  }

  /** Starts the first shell. @throws what starting it throws. */
  async start(): Promise<void> {
    this.#add(await this.host.open())
  }

  /** Closes one idle shell to make room for another identity's; says whether there was one. */
  closeIdle(): boolean {
    return this.#closeOne(shell => shell.haunted) || (this.#queue.length === 0 && this.#closeOne(shell => shell.idle))
  }

  /** Whether there is a shell that no command will use again. */
  get hasHaunted(): boolean {
    return [...this.#shells].some(shell => shell.haunted)
  }

  /** The link is gone: what waits was not sent; the shells' own channels tell what was. */
  fail(reason: string): void {
    for (const { reject } of this.#queue.splice(0)) reject(new NotSent(reason))
    for (const shell of this.#shells) shell.discard(reason)
    this.#shells.clear()
    clearTimeout(this.#patience)
  }

  #pump(): void {
    for (;;) {
      const next = this.#queue[0]
      if (!next) {
        this.host.idle()
        return
      }
      const shell = this.#freeShell(next.job)
      if (!shell) break
      this.#queue.shift()
      void this.#execute(shell, next)
    }
    this.#considerOpening()
  }

  #freeShell(job: Job): HeldShell | undefined {
    // A command with stdin closes its shell's input behind it: it takes an idle one along.
    const bare = job.bare === true && job.stdin === undefined
    for (const shell of this.#shells) if (shell.accepts(bare)) return shell
    return undefined
  }

  #considerOpening(): void {
    const next = this.#queue[0]
    if (!next || this.#opening) return
    const patience = !this.#useful ? 0 : PATIENCE_MS - (performance.now() - next.since)
    clearTimeout(this.#patience)
    if (patience > 0) this.#patience = setTimeout(() => this.#considerOpening(), patience)
    else if (!this.#useful || this.host.roomForOne()) void this.#openOne()
  }

  async #openOne(): Promise<void> {
    this.#opening = true
    try {
      this.#add(await this.host.open())
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      if (!this.#useful) for (const { reject } of this.#queue.splice(0)) reject(failure)
    } finally {
      this.#opening = false
    }
    this.#pump()
  }

  #add(shell: HeldShell): void {
    this.#shells.add(shell)
    void shell.ended.then(() => {
      this.#shells.delete(shell)
      this.#pump()
    })
  }

  async #execute(shell: HeldShell, waiting: Waiting): Promise<void> {
    const { job } = waiting
    const reject = (error: Error) => waiting.reject(error)
    let stopped: CutOff | undefined
    let timer: NodeJS.Timeout | undefined
    const stop = (how: 'timeout' | 'cancelled', reason: string) => {
      if (stopped) return
      stopped = new CutOff(how, reason)
      this.#shells.delete(shell)
      if (begun) killed = this.host.kill(shell)
      // Bare and behind others: it is in the shell's input and cannot be taken back; the shell is not used further.
      else reject(stopped)
    }
    let begun = false
    let killed: Promise<void> | undefined
    waiting.cancel = () => stop('cancelled', 'cancelled while it ran')
    const onHead = () => {
      begun = true
      if (job.timeout !== undefined) {
        const { timeout } = job
        timer = setTimeout(() => stop('timeout', `killed after ${timeout / 1000} s`), timeout)
      }
    }
    try {
      waiting.resolve(await shell.run({ ...job, onHead }))
    } catch (error) {
      // The shell may go first: what it ran is to be gone, too, when its caller hears of it.
      await killed
      if (error instanceof ShellEnded) this.#ended(waiting, error, stopped)
      else reject(error instanceof RangeError ? new UsageError(error.message) : new NotSent(String(error)))
    } finally {
      clearTimeout(timer)
      if (job.stdin !== undefined) this.#retire(shell)
      this.#pump()
    }
  }

  #ended(waiting: Waiting, end: ShellEnded, stopped: CutOff | undefined): void {
    const lost = this.host.lost()
    if (stopped) waiting.reject(new CutOff(stopped.how, stopped.reason, end.partial))
    else if (lost !== undefined) waiting.reject(new CutOff('lost', lost, end.partial))
    else if (end.began) waiting.reject(new CutOff('shell-died', `its shell died under it: ${end.reason}`, end.partial))
    else {
      waiting.cancel = () => this.#withdraw(waiting)
      this.#queue.unshift(waiting)
    }
  }

  #closeOne(which: (shell: HeldShell) => boolean): boolean {
    const shell = [...this.#shells].find(which)
    if (shell) this.#retire(shell)
    return shell !== undefined
  }

  /** Shells that may be free some time. */
  get #useful(): boolean {
    return [...this.#shells].some(shell => !shell.haunted)
  }

  #retire(shell: HeldShell): void {
    this.#shells.delete(shell)
    shell.close()
  }

  #withdraw(waiting: Waiting): void {
    const at = this.#queue.indexOf(waiting)
    if (at < 0) return
    this.#queue.splice(at, 1)
    waiting.reject(new CutOff('cancelled', 'cancelled before it was sent'))
  }
}

/** Listens to a signal that may outlive thousands of commands, as long as this one has not ended. */
function untilSettled(signal: AbortSignal, waiting: Waiting): void {
  const { resolve, reject } = waiting
  const abort = () => waiting.cancel()
  const leave = () => signal.removeEventListener('abort', abort)
  signal.addEventListener('abort', abort)
  waiting.resolve = result => {
    leave()
    resolve(result)
  }
  waiting.reject = error => {
    leave()
    reject(error)
  }
}
