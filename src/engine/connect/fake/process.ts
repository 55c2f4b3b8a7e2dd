import { Readable, Writable } from 'node:stream'
import type { Channel, ChannelExit } from '../connector.js'
import { joinExit } from '../exit.js'

/** A command on a simulated host: its channel, from inside. */
export class FakeProcess implements Channel {
  readonly stdin: Writable
  readonly stdout = new Readable({ read: () => {} })
  readonly stderr = new Readable({ read: () => {} })
  readonly exit: Promise<ChannelExit>
  /** Called with what is written to its stdin, and without anything at the end of that. */
  onStdin: (chunk?: Buffer) => void = () => {}
  /** Whether the command is over, by itself or not. */
  over = false
  readonly #atEnd = new Set<() => void>()
  #tell: (exit: ChannelExit) => void = () => {}

  constructor() {
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.onStdin(chunk)
        done()
      },
      final: done => {
        this.onStdin()
        done()
      },
    })
    this.exit = joinExit({
      exited: listener => {
        this.#tell = listener
      },
      closed: listener => {
        let open = 2
        for (const stream of [this.stdout, this.stderr]) stream.once('close', () => --open === 0 && listener())
      },
    })
  }

  /** Has something done when it is over. @returns takes that back. */
  atEnd(what: () => void): () => void {
    this.#atEnd.add(what)
    return () => this.#atEnd.delete(what)
  }

  say(stream: 'stdout' | 'stderr', bytes: string | Uint8Array): void {
    if (!this.over && bytes.length > 0) this[stream].push(Buffer.from(bytes))
  }

  end(exit: ChannelExit): void {
    if (this.over) return
    this.over = true
    this.#tell(exit)
    for (const what of this.#atEnd) what()
    this.stdout.push(null)
    this.stderr.push(null)
  }

  signal(name: 'TERM' | 'KILL'): void {
    this.end({ code: null, signal: `SIG${name}` })
  }

  close(): void {
    this.end({ code: null })
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.destroy()
  }
}
