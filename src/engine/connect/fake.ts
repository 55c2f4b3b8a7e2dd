import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileError, ForwardError, InterruptedError, UnreachableError, UsageError } from '../errors.js'
import { below } from '../transfer/byte-path.js'
import type { Copied } from '../transfer/carrier.js'
import type { LinkState } from './connector.js'
import type {
  DownloadRequest,
  Link,
  LinkObserver,
  LinkStanding,
  RawResult,
  RunOptions,
  UploadRequest,
  WriteOptions,
} from './link.js'

/** What a simulated host answers; `delay` in milliseconds. */
export interface FakeAnswer {
  readonly stdout?: string | Uint8Array
  readonly stderr?: string | Uint8Array
  readonly exitCode?: number
  readonly delay?: number
}

/** Answers a script. Throwing an `UnreachableError` or `InterruptedError` is a host that fails. */
export type FakeHandler = (script: string, options: RunOptions) => FakeAnswer | Promise<FakeAnswer>

export interface FakeLinkOptions {
  readonly observer?: LinkObserver
  /** Milliseconds that connecting takes. */
  readonly connectDelay?: number
  /** The host cannot be reached, for this reason. */
  readonly unreachable?: string
}

/**
 * A simulated host in memory: scripts are answered by a function, files live in a map. For tests and for fleets of thousands.
 *
 * @example
 * const link = new FakeLink('web-1', script => ({ stdout: script === 'uname -r' ? '6.1.0\n' : '' }))
 */
export class FakeLink implements Link {
  readonly files = new Map<string, Buffer>()
  readonly traces = []
  #reason: string | undefined
  /** Every script that was run, in order. */
  readonly ran: string[] = []
  #state: LinkState = 'idle'
  #since = performance.now()
  #connecting: Promise<void> | undefined

  constructor(
    readonly name: string,
    private readonly answer: FakeHandler,
    private readonly options: FakeLinkOptions = {},
  ) {}

  get state(): LinkState {
    return this.#state
  }

  get standing(): LinkStanding {
    const ms = performance.now() - this.#since
    return { state: this.#state, ms, ...(this.#reason === undefined ? {} : { reason: this.#reason }) }
  }

  connect(): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve()
    if (this.#state === 'closed') return Promise.reject(new UnreachableError(this.name, 'the link was closed'))
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  async run(script: string, options: RunOptions = {}): Promise<RawResult> {
    await this.connect()
    options.signal?.throwIfAborted()
    const start = performance.now()
    this.ran.push(script)
    const answer = await this.answer(script, options)
    if (answer.delay) await this.#wait(answer.delay, options)
    const stdout = Buffer.from(answer.stdout ?? '')
    const stderr = Buffer.from(answer.stderr ?? '')
    if (stdout.length > 0) options.onOutput?.('stdout', stdout)
    if (stderr.length > 0) options.onOutput?.('stderr', stderr)
    const maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY
    const ms = performance.now() - start
    this.options.observer?.latency(ms)
    return {
      stdout: stdout.subarray(0, maxBytes),
      stderr: stderr.subarray(0, maxBytes),
      exitCode: answer.exitCode ?? 0,
      truncated: stdout.length > maxBytes || stderr.length > maxBytes,
      ms,
    }
  }

  shell(): Promise<never> {
    return Promise.reject(new UsageError(`${this.name} is simulated: there is no shell to talk to.`))
  }

  async write(path: string, content: Uint8Array, _options?: WriteOptions): Promise<void> {
    await this.connect()
    this.files.set(path, Buffer.from(content))
  }

  async upload({ cargo, path }: UploadRequest): Promise<Copied> {
    await this.connect()
    const { entries, skipped } = cargo.tree
    let bytes = 0
    for (const [index, entry] of entries.entries()) {
      if (entry.type !== 'file') continue
      const content: Buffer[] = []
      for await (const chunk of cargo.source(index).chunks()) content.push(chunk)
      this.files.set(below(Buffer.from(path), entry.path).toString('utf8'), Buffer.concat(content))
      bytes += entry.size
    }
    const files = entries.filter(({ type }) => type === 'file').length
    return { path, files, bytes, unchanged: false, skipped }
  }

  async download({ path, local }: DownloadRequest): Promise<Copied> {
    const content = await this.read(path)
    await mkdir(dirname(local), { recursive: true })
    await writeFile(local, content)
    return { path: local, files: 1, bytes: content.length, unchanged: false, skipped: [] }
  }

  async read(path: string): Promise<Buffer> {
    await this.connect()
    const content = this.files.get(path)
    if (!content) throw new FileError(this.name, path, 'no such file')
    return content
  }

  async dial(): Promise<never> {
    throw new ForwardError(this.name, 'a simulated host forwards no ports')
  }

  async listen(): Promise<never> {
    throw new ForwardError(this.name, 'a simulated host forwards no ports')
  }

  async disconnect(): Promise<void> {
    if (this.#state === 'ready') this.#change('idle')
  }

  async close(): Promise<void> {
    this.#change('closed')
  }

  async #open(): Promise<void> {
    const { connectDelay, unreachable } = this.options
    this.#change('tcp')
    if (connectDelay) await new Promise(resolve => setTimeout(resolve, connectDelay))
    if (unreachable !== undefined) {
      this.#change('failed', unreachable)
      throw new UnreachableError(this.name, unreachable)
    }
    this.#change('ready')
  }

  #wait(delay: number, { timeout, signal }: RunOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = timeout !== undefined && timeout < delay
      const timer = setTimeout(
        () =>
          late ? reject(new InterruptedError(this.name, 'timeout', `killed after ${timeout / 1000} s`)) : resolve(),
        late ? timeout : delay,
      )
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          reject(new InterruptedError(this.name, 'cancelled', 'cancelled while it ran'))
        },
        { once: true },
      )
    })
  }

  #change(state: LinkState, reason?: string): void {
    if (this.#state === 'closed') return
    const now = performance.now()
    const ms = now - this.#since
    this.#state = state
    this.#reason = reason
    this.#since = now
    this.options.observer?.state({ host: this.name, state, ms, ...(reason === undefined ? {} : { reason }) })
  }
}
