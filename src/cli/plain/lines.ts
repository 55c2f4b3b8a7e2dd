import { createInterface, type Interface } from 'node:readline'

/** What may stand at the end of a line, and where it begins there. */
export type Completer = (line: string) => Promise<{ readonly from: number; readonly names: readonly string[] }>

type CompletionsFound = (error: null, found: [string[], string]) => void

/** Lines a person types or a script pipes, one at a time, with a prompt where there is a terminal. */
export class Lines {
  readonly #input: NodeJS.ReadStream
  readonly #onInterrupt: () => void
  readonly #complete: Completer | undefined
  readonly #waiting: ((line: string | undefined) => void)[] = []
  readonly #ahead: string[] = []
  readonly #terminal: boolean
  #interface: Interface
  /** What was typed before, the latest first. */
  #history: string[] = []
  #hidden = false
  #away = false
  #ended = false

  /** @param complete what Tab offers */
  constructor(input: NodeJS.ReadStream, onInterrupt: () => void, complete?: Completer) {
    this.#input = input
    this.#onInterrupt = onInterrupt
    this.#complete = complete
    this.#terminal = input.isTTY === true
    this.#interface = this.#open()
  }

  #open(): Interface {
    const opened = createInterface({
      input: this.#input,
      ...(this.#terminal
        ? {
            output: this.#echo(),
            terminal: true,
            completer: (line: string, done: CompletionsFound) =>
              void this.#completions(line).then(found => done(null, found)),
          }
        : { terminal: false }),
      history: [...this.#history],
      historySize: 1000,
    })
    opened.on('line', line => {
      const next = this.#waiting.shift()
      if (next) next(line)
      else this.#ahead.push(line)
    })
    opened.on('history', history => {
      // a secret is nothing to be recalled
      if (this.#hidden) history.shift()
      this.#history = history
    })
    opened.on('SIGINT', this.#onInterrupt)
    opened.on('close', () => {
      if (this.#away) return
      this.#ended = true
      for (const next of this.#waiting.splice(0)) next(undefined)
    })
    return opened
  }

  /** Whether a person types. */
  get terminal(): boolean {
    return this.#terminal
  }

  async #completions(line: string): Promise<[string[], string]> {
    const { from, names } = (await this.#complete?.(line).catch(() => undefined)) ?? { from: line.length, names: [] }
    const typed = line.slice(from)
    return [names.filter(name => name.startsWith(typed)), typed]
  }

  /** The next line without its end; `undefined` when there are no more, or when it is not wanted any more. */
  next(prompt: string, signal?: AbortSignal): Promise<string | undefined> {
    const ahead = this.#ahead.shift()
    if (ahead !== undefined) return Promise.resolve(ahead)
    if (this.#ended) return Promise.resolve(undefined)
    if (signal?.aborted) return Promise.resolve(undefined)
    if (this.#terminal) {
      this.#interface.setPrompt(prompt)
      this.#interface.prompt()
    }
    return new Promise(resolve => {
      const take = (line: string | undefined): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve(line)
      }
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1)
        take(undefined)
      }
      this.#waiting.push(take)
      signal?.addEventListener('abort', giveUp)
    })
  }

  /** Shows the prompt again with what is typed behind it: something was written over them. */
  again(): void {
    if (this.#terminal && this.#waiting.length > 0) this.#interface.prompt(true)
  }

  /** After the end of input that a person typed (Ctrl-D) and did not mean for us: goes on. False where there is no more to come. */
  reopen(): boolean {
    if (!this.#ended) return true
    if (!this.#terminal || this.#input.readableEnded || this.#input.destroyed) return false
    this.#ended = false
    this.#interface = this.#open()
    return true
  }

  /** Gives a line back: it is the next one. */
  putBack(line: string): void {
    this.#ahead.unshift(line)
  }

  /** The next line, not shown while it is typed. */
  async secret(prompt: string, signal?: AbortSignal): Promise<string | undefined> {
    if (this.#terminal) process.stderr.write(prompt)
    this.#hidden = true
    try {
      return await this.next('', signal)
    } finally {
      this.#hidden = false
      if (this.#terminal) process.stderr.write('\n')
    }
  }

  /** While somebody else has the terminal, nothing that is typed there is for us. */
  async away<T>(other: () => Promise<T>): Promise<T> {
    this.#away = true
    this.#interface.close()
    try {
      return await other()
    } finally {
      this.#away = false
      this.#interface = this.#open()
    }
  }

  close(): void {
    this.#interface.close()
  }

  /** stderr, but nothing while a secret is typed. */
  #echo(): NodeJS.WritableStream {
    const hidden = (): boolean => this.#hidden
    return new Proxy(process.stderr, {
      get(target, property) {
        if (property === 'write') return (...args: Parameters<typeof target.write>) => hidden() || target.write(...args)
        const value: unknown = Reflect.get(target, property)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
}
