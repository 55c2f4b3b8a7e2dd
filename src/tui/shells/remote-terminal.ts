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
  /** What is being typed, and what was sent last, as far as it is known: `undefined` behind a key that may have changed it. */
  #typed: string | undefined = ''
  #line: string | undefined

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
    if (bytes !== '\r') this.#typed = typedOn(this.#typed, event)
    else if (this.#terminal.buffer.active.type === 'normal') {
      this.#line = this.#typed
      this.#typed = ''
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
    const row = Math.max(0, (this.#sent?.line ?? -1) - active.baseY)
    // a host that was behind when the line was sent had not come to it: its echo is further down
    const echoed = this.#line ? this.#rowOf(this.#line, row) : -1
    return Math.max(row, echoed)
  }

  /** The first row, from one on, that ends with a text. */
  #rowOf(text: string, from: number): number {
    const { rows, buffer } = this.#terminal
    const { active } = buffer
    for (let y = from; y < rows; y++)
      if (
        active
          .getLine(active.baseY + y)
          ?.translateToString(true)
          .trimEnd()
          .endsWith(text)
      )
        return y
    return -1
  }
}

/** A line after one more key, as long as it is sure what that makes of it. */
function typedOn(line: string | undefined, event: InputEvent): string | undefined {
  if (line === undefined) return undefined
  if (event.kind === 'text' || event.kind === 'paste') return event.text.includes('\n') ? undefined : line + event.text
  if (event.kind !== 'key') return line
  return event.name === 'backspace' && !event.ctrl && !event.alt ? line.slice(0, -1) : undefined
}
