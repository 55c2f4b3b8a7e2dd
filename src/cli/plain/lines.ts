import { createInterface, type Interface } from 'node:readline'

/** Lines a person types or a script pipes, one at a time, with a prompt where there is a terminal. */
export class Lines {
  readonly #interface: Interface
  readonly #waiting: ((line: string | undefined) => void)[] = []
  readonly #ahead: string[] = []
  readonly #terminal: boolean
  #hidden = false
  #away = false
  #ended = false

  constructor(input: NodeJS.ReadStream, onInterrupt: () => void) {
    this.#terminal = input.isTTY === true
    this.#interface = createInterface({
      input,
      ...(this.#terminal ? { output: this.#echo(), terminal: true } : { terminal: false }),
      historySize: 1000,
    })
    this.#interface.on('line', line => {
      if (this.#away) return
      const next = this.#waiting.shift()
      if (next) next(line)
      else this.#ahead.push(line)
    })
    this.#interface.on('SIGINT', () => {
      if (!this.#away) onInterrupt()
    })
    this.#interface.on('close', () => {
      this.#ended = true
      for (const next of this.#waiting.splice(0)) next(undefined)
    })
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

  /** While somebody else has the terminal what is typed there is no line, and not shown here. */
  async away<T>(other: () => Promise<T>): Promise<T> {
    this.#away = true
    try {
      return await other()
    } finally {
      this.#interface.write(null, { ctrl: true, name: 'e' })
      this.#interface.write(null, { ctrl: true, name: 'u' })
      this.#away = false
    }
  }

  close(): void {
    this.#interface.close()
  }

  /** stderr, but nothing while a secret is typed, or something else has the terminal. */
  #echo(): NodeJS.WritableStream {
    const hidden = (): boolean => this.#hidden || this.#away
    return new Proxy(process.stderr, {
      get(target, property) {
        if (property === 'write') return (...args: Parameters<typeof target.write>) => hidden() || target.write(...args)
        const value: unknown = Reflect.get(target, property)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
}
