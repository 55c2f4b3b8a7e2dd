import type { Channel, ChannelExit } from '../connect/connector.js'
import type { Identity } from '../connect/link.js'
import type { Secret } from '../secret.js'
import { asksPassword, type Start } from './identity.js'

/** Login messages kept while waiting; a refusal is at their end. */
const MOST_TEXT = 16 * 1024

/** What a starting shell does next. */
export type Step =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'password' }
  | ({ readonly kind: 'ended'; readonly text: string } & ChannelExit)
  | { readonly kind: 'silent'; readonly text: string }

/** The talk with a shell that is starting: login messages, perhaps a question for a password, then its greeting on both outputs. */
export class Greeting {
  #text = ''
  #stdout = ''
  #stderr = ''
  #pid: number | undefined
  #greetedOnStderr: boolean
  #ended: Step | undefined
  #released = false
  #wake: () => void = () => {}

  constructor(
    private readonly channel: Channel,
    private readonly identity: Identity,
    private readonly start: Start,
    private readonly timeout: number,
  ) {
    this.#greetedOnStderr = start.terminal
    channel.stdout.on('data', this.#onStdout)
    channel.stderr.on('data', this.#onStderr)
    void channel.exit.then(how => {
      this.#ended = { kind: 'ended', text: this.#text, ...how }
      this.#wake()
    })
  }

  /** Waits for the next step. */
  async next(): Promise<Step> {
    const deadline = performance.now() + this.timeout
    for (;;) {
      if (this.#pid !== undefined && this.#greetedOnStderr) return { kind: 'ready', pid: this.#pid }
      if (this.#ended) return this.#ended
      if (asksPassword(this.identity, this.#text, this.start.prompt)) {
        this.#text = ''
        return { kind: 'password' }
      }
      const left = deadline - performance.now()
      if (left <= 0) {
        this.abandon()
        return { kind: 'silent', text: this.#text }
      }
      await this.#change(left)
    }
  }

  async answer(password: Secret): Promise<Step> {
    this.channel.stdin.write(`${password.reveal()}\n`)
    return await this.next()
  }

  /** Hands the channel on; from here its output belongs to the shell. */
  release(): Channel {
    this.#released = true
    this.channel.stdout.off('data', this.#onStdout)
    this.channel.stderr.off('data', this.#onStderr)
    return this.channel
  }

  abandon(): void {
    if (!this.#released) this.channel.close()
  }

  readonly #onStdout = (chunk: Buffer): void => {
    this.#stdout = this.#hear(this.#stdout + chunk.toString('latin1'))
    const greeting = this.#stdout.match(new RegExp(`${this.start.hello} (\\d+)\\r?\\n`))
    if (greeting) this.#pid = Number(greeting[1])
    this.#keep(chunk)
  }

  readonly #onStderr = (chunk: Buffer): void => {
    this.#stderr = this.#hear(this.#stderr + chunk.toString('latin1'))
    if (this.#stderr.includes(`${this.start.hello}\n`)) this.#greetedOnStderr = true
    this.#keep(chunk)
  }

  #hear(text: string): string {
    return text.slice(-MOST_TEXT)
  }

  #keep(chunk: Buffer): void {
    this.#text = (this.#text + chunk.toString('utf8')).slice(-MOST_TEXT)
    this.#wake()
  }

  #change(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
