import type { IMarker, Terminal } from '@xterm/headless'
import type { ChannelExit } from '../../engine/connect/connector.js'
import type { AttachedShell } from '../../engine/shell/attach-terminal.js'
import type { InputEvent } from '../screen/input-event.js'
import { keyBytes } from './key-bytes.js'
import { type TerminalImage, visibleRows } from './terminal-image.js'

/** Lines that have gone off the top and can come back when the terminal grows. */
const SCROLLBACK = 500

/** A shell on a host with a terminal in memory: what it shows is interpreted here and reaches no real terminal. */
export class RemoteTerminal {
  readonly exit: Promise<ChannelExit>
  readonly #shell: AttachedShell
  readonly #terminal: Terminal
  #title = ''
  #sent: IMarker | undefined
  #hasSent = false

  /** @param onChange called when it shows something else, or asks for nothing any more */
  constructor(shell: AttachedShell, terminal: Terminal, onChange: () => void) {
    this.#shell = shell
    this.#terminal = terminal
    this.exit = shell.exit
    terminal.onTitleChange(title => {
      this.#title = title
    })
    // what a program asks its terminal is answered by this one
    terminal.onData(answer => shell.stdin.write(answer))
    shell.stdout.on('data', (chunk: Buffer) => {
      shell.stdout.pause()
      terminal.write(chunk, () => {
        onChange()
        shell.stdout.resume()
      })
    })
  }

  static async on(shell: AttachedShell, size: { cols: number; rows: number }, onChange: () => void) {
    const { default: xterm } = await import('@xterm/headless')
    const terminal = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: SCROLLBACK, logLevel: 'off' })
    return new RemoteTerminal(shell, terminal, onChange)
  }

  /** Sends a key or a paste as the program on it wants to be told. */
  send(event: InputEvent): void {
    const { modes } = this.#terminal
    const { applicationCursorKeysMode: applicationCursor, bracketedPasteMode: bracketedPaste } = modes
    const bytes = keyBytes(event, { applicationCursor, bracketedPaste })
    if (bytes === '') return
    if (bytes === '\r' && this.#terminal.buffer.active.type === 'normal') {
      this.#sent?.dispose()
      this.#sent = this.#terminal.registerMarker(0)
      this.#hasSent = true
    }
    this.#shell.stdin.write(bytes)
  }

  resize(size: { readonly cols: number; readonly rows: number }): void {
    this.#terminal.resize(size.cols, size.rows)
    this.#shell.resize({ columns: size.cols, rows: size.rows })
  }

  close(): void {
    this.#shell.close()
  }

  get image(): TerminalImage {
    const { cols, rows, buffer } = this.#terminal
    const { active } = buffer
    const { cursorX: x, cursorY: y } = active
    return { rows: visibleRows(active, cols, rows), cursor: { x, y }, since: this.#since(), title: this.#title }
  }

  /** Before a line was sent, only the one being typed counts: what a host says at log-in is its own. */
  #since(): number {
    const { active } = this.#terminal.buffer
    if (active.type === 'alternate') return 0
    if (!this.#hasSent) return active.cursorY
    const line = this.#sent?.line ?? -1
    return Math.max(0, line - active.baseY)
  }
}
