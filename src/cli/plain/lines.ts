import { createInterface, type Interface } from 'node:readline'

/** Lines a person types or a script pipes, one at a time, with a prompt where there is a terminal. */
export class Lines {
  readonly #input: NodeJS.ReadStream
  readonly #onInterrupt: () => void
  readonly #waiting: ((line: string | undefined) => void)[] = []
  readonly #ahead: string[] = []
  readonly #terminal: boolean
  #interface: Interface
  /** What was typed before, the latest first. */
  #history: string[] = []
  #hidden = false
  #away = false
  #ended = false

  constructor(input: NodeJS.ReadStream, onInterrupt: () => void) {
    this.#input = input
    this.#onInterrupt = onInterrupt
    this.#terminal = input.isTTY === true
    this.#interface = this.#open()
  }

  #open(): Interface {
    const opened = createInterface({
      input: this.#input,
      ...(this.#terminal ? { output: this.#echo(), terminal: true } : { terminal: false }),
      history: [...this.#history],
      historySize: 1000,
    })
    opened.on('line', line => {
      const next = this.#waiting.shift()
      if (next) next(line)
      else this.#ahead.push(line)
    })
    opened.on('history', history => {
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

  /** The next line without its end; `undefined` when there are no more. */
  next(prompt: string): Promise<string | undefined> {
    const ahead = this.#ahead.shift()
    if (ahead !== undefined) return Promise.resolve(ahead)
    if (this.#ended) return Promise.resolve(undefined)
    if (this.#terminal) {
      this.#interface.setPrompt(prompt)
      this.#interface.prompt()
    }
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** Gives a line back: it is the next one. */
  putBack(line: string): void {
    this.#ahead.unshift(line)
  }

  /** The next line, not shown while it is typed. */
  async secret(prompt: string): Promise<string | undefined> {
    if (this.#terminal) process.stderr.write(prompt)
    this.#hidden = true
    try {
      return await this.next('')
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
