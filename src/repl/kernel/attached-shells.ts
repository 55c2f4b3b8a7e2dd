import type { InteractiveShell } from '../../engine/shell/interactive-shell.js'
import type { ShellEnd } from '../protocol.js'
import type { ShellNews, ShellNotice } from './messages.js'

/** Shells whose terminal is in the front end's process: chunks go there one at a time, as it asks for them. */
export class AttachedShells {
  readonly #send: (news: ShellNews) => void
  readonly #shells = new Map<number, InteractiveShell>()
  #last = 0

  constructor(send: (news: ShellNews) => void) {
    this.#send = send
  }

  /** Takes a shell in. @returns the number by which it is spoken of */
  add(shell: InteractiveShell): number {
    this.#last += 1
    const number = this.#last
    this.#shells.set(number, shell)
    shell.stdin.on('error', () => {}) // typed behind its end
    shell.stdout.on('data', (chunk: Buffer) => {
      shell.stdout.pause()
      this.#send({ type: 'shell.shown', shell: number, chunk })
    })
    shell.stdout.pause()
    const ended = (end: ShellEnd): void => {
      this.#shells.delete(number)
      this.#send({ type: 'shell.ended', shell: number, end })
    }
    shell.exit.then(
      exit => ended(exit),
      (error: unknown) => ended({ error: error instanceof Error ? error.message : String(error) }),
    )
    return number
  }

  take(notice: ShellNotice): void {
    const shell = this.#shells.get(notice.shell)
    switch (notice.type) {
      case 'shell.typed':
        shell?.stdin.write(notice.keys)
        break
      case 'shell.resized':
        shell?.resize({ columns: notice.columns, rows: notice.rows })
        break
      case 'shell.more':
        shell?.stdout.resume()
        break
      case 'shell.close':
        shell?.close()
    }
  }

  /** Hangs up on all of them. */
  close(): void {
    for (const shell of this.#shells.values()) shell.close()
  }
}
