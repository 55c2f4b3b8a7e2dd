import { Readable, Writable } from 'node:stream'
import { MusterError } from '../engine/errors.js'
import type { AttachedShell } from '../engine/shell/attach-terminal.js'
import type { KernelNotice, ShellNews } from './kernel/messages.js'

/** A shell that the kernel holds, as the front end's terminal is joined to it. */
export class RemoteShell implements AttachedShell {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly exit: AttachedShell['exit']
  readonly #number: number
  readonly #notify: (notice: KernelNotice) => void
  #ended: (news: Extract<ShellNews, { type: 'shell.ended' }>) => void = () => {}

  constructor(number: number, notify: (notice: KernelNotice) => void) {
    this.#number = number
    this.#notify = notify
    this.stdin = new Writable({
      write: (keys: Buffer, _, done) => {
        notify({ type: 'shell.typed', shell: number, keys })
        done()
      },
    })
    this.stdout = new Readable({ highWaterMark: 1, read: () => notify({ type: 'shell.more', shell: number }) })
    this.exit = new Promise((resolve, reject) => {
      this.#ended = ({ end }) => {
        this.stdout.push(null)
        if ('error' in end) reject(new MusterError(end.error))
        else resolve(end)
      }
    })
    this.exit.catch(() => {})
  }

  resize({ columns, rows }: { readonly columns: number; readonly rows: number }): void {
    this.#notify({ type: 'shell.resized', shell: this.#number, columns, rows })
  }

  close(): void {
    this.#notify({ type: 'shell.close', shell: this.#number })
  }

  /** What the kernel says of it. */
  take(news: ShellNews): void {
    if (news.type === 'shell.shown') this.stdout.push(Buffer.from(news.chunk))
    else this.#ended(news)
  }
}
