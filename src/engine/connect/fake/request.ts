import type { Identity } from '../link.js'
import type { FakeRequest, Surroundings } from './host.js'
import type { FakeProcess } from './process.js'

/** One command that a simulated host is asked to run. */
export class Request implements FakeRequest {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly shell?: string
  #aborted: AbortController | undefined
  #forget = () => {}

  constructor(
    private readonly process: FakeProcess,
    readonly identity: Identity,
    readonly stdin: () => Promise<Buffer>,
    { cwd, env, shell }: Surroundings,
  ) {
    if (cwd !== undefined) this.cwd = cwd
    if (env !== undefined) this.env = env
    if (shell !== undefined) this.shell = shell
  }

  /** Made when it is asked for: few answers do, and there are thousands of hosts. */
  get signal(): AbortSignal {
    if (!this.#aborted) {
      const aborted = new AbortController()
      this.#aborted = aborted
      this.#forget = this.process.atEnd(() => aborted.abort('ended'))
      if (this.process.over) aborted.abort('ended')
    }
    return this.#aborted.signal
  }

  // Answers take the request apart: it must work without its object.
  readonly say = (stream: 'stdout' | 'stderr', bytes: string | Uint8Array): void => this.process.say(stream, bytes)

  /** Waits, unless the command is ended meanwhile. */
  async pause(ms: number): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = setTimeout(() => resolve(forget()), ms)
      const forget = this.process.atEnd(() => resolve(clearTimeout(timer)))
    })
  }

  /** The command has been answered. */
  done(): void {
    this.#forget()
  }
}
