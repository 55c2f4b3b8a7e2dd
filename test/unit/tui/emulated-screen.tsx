import type { ReactNode } from 'react'
import type { AttachedShell } from '../../../src/engine/shell/attach-terminal.js'
import type { SessionPort } from '../../../src/repl/protocol.js'
import { type ScreenHooks, showSession } from '../../../src/tui/app.js'
import { copySequence } from '../../../src/tui/screen/clipboard.js'
import type { Frame, ScreenSize } from '../../../src/tui/screen/frame.js'
import { FrameWriter } from '../../../src/tui/screen/frame-writer.js'
import { InkFrames } from '../../../src/tui/screen/ink-frames.js'
import { InputDecoder } from '../../../src/tui/screen/input.js'
import { ENTER } from '../../../src/tui/screen/modes.js'
import type { Screen } from '../../../src/tui/screen/screen.js'
import { Emulator } from '../../terminal/emulator.js'
import { keyBytes } from '../../terminal/keys.js'
import { type SvgOptions, screenToSvg } from '../../terminal/svg.js'

export interface EmulatedOptions extends ScreenSize {
  readonly colour?: boolean
  /** A clock of the test's own. */
  readonly now?: () => number
  /** The session is being opened. */
  readonly opened?: Promise<void>
}

/** The screen of a session on a terminal in memory: bytes are written to it as to a real one, keys come as bytes. */
export class EmulatedScreen {
  readonly #emulator: Emulator
  readonly #decoder = new InputDecoder()
  readonly #frames: InkFrames
  readonly #writer: FrameWriter
  #hooks: ScreenHooks | undefined
  #attached: AttachedShell | undefined
  /** What was put into the clipboard last. */
  copied: string | undefined
  #size: ScreenSize
  #written: Promise<void>
  /** How often the whole screen had to be written again: for another size, after a shell, because the person wanted it. */
  redraws = 0
  /** What was drawn last. */
  tree: ReactNode
  /** The frame that came of it. */
  frame: Frame | undefined
  /** Called when a frame has been handed to the terminal. */
  onFrame: (bytes: string) => void = () => {}
  /** Resolves when the session has been left. */
  readonly left: Promise<void>

  constructor(
    session: SessionPort,
    { cols, rows, colour = true, now = Date.now, opened = Promise.resolve() }: EmulatedOptions,
  ) {
    this.#size = { cols, rows }
    this.#emulator = new Emulator({ cols, rows })
    this.#written = this.#emulator.write(ENTER)
    this.#writer = new FrameWriter({
      write: (data, done) => {
        this.onFrame(data)
        this.#written = this.#emulator.write(data)
        void this.#written.then(done)
      },
      writeNow: data => void this.#emulator.write(data),
    })
    this.#frames = new InkFrames({
      stdin: process.stdin,
      stdout: process.stdout,
      size: () => this.#size,
      onFrame: frame => {
        this.frame = frame
        if (!this.#attached) this.#writer.draw(frame)
      },
    })
    this.left = showSession(session, hooks => this.#open(hooks), { size: this.#size, colour, now, opened })
  }

  #open(hooks: ScreenHooks): Screen {
    this.#hooks = hooks
    const size = () => this.#size
    const [writer, frames] = [this.#writer, this.#frames]
    return {
      get size() {
        return size()
      },
      get counts() {
        return writer.counts
      },
      draw: tree => {
        this.tree = tree
        frames.draw(tree)
      },
      redraw: () => {
        this.redraws += 1
        writer.forget()
        frames.redraw()
      },
      copy: text => {
        this.#written = this.#emulator.write(copySequence(text))
        this.copied = text
      },
      // what the shell shows goes to the terminal as it is, until it ends
      attach: async shell => {
        this.#attached = shell
        this.redraws += 2
        this.#written = this.#emulator.write('\x1b[m\x1b[2J\x1b[H')
        shell.stdout.on('data', (chunk: Buffer) => {
          this.#written = this.#emulator.write(chunk.toString())
        })
        try {
          return await shell.exit
        } finally {
          this.#attached = undefined
          writer.forget()
          frames.redraw()
        }
      },
      suspend: async () => {},
      resume: () => {},
      close: async () => frames.unmount(),
    }
  }

  /** Presses keys by their names: `enter`, `ctrl-c`, `a`. */
  press(...names: readonly string[]): void {
    for (const name of names) this.send(keyBytes(name))
  }

  /** Types text. */
  type(text: string): void {
    this.send(text)
  }

  /** What the terminal sends. A lone ESC is taken as the Escape key at once. */
  send(bytes: string): void {
    if (this.#attached) {
      this.#attached.stdin.write(bytes)
      return
    }
    for (const event of [...this.#decoder.push(Buffer.from(bytes)), ...this.#decoder.flush()])
      this.#hooks?.onInput(event)
  }

  /** The terminal goes away, as when its window is closed. */
  hangUp(): void {
    this.#hooks?.onGone()
  }

  resize(cols: number, rows: number): void {
    this.#size = { cols, rows }
    this.redraws += 1
    this.#emulator.resize(this.#size)
    this.#writer.forget()
    this.#hooks?.onResize(this.#size)
  }

  get emulator(): Emulator {
    return this.#emulator
  }

  get counts() {
    return this.#writer.counts
  }

  /** A shell has the terminal. */
  get isAttached(): boolean {
    return this.#attached !== undefined
  }

  /** Resolves when the terminal has taken all that was drawn so far. */
  async settled(): Promise<void> {
    await Promise.resolve()
    for (let last: unknown; last !== this.#written; await last) last = this.#written
  }

  /** The rows as they are once `ready` holds for them. @throws {Error} with the rows, when that takes more than `timeout` milliseconds. */
  async shows(
    ready: string | RegExp | ((rows: readonly string[]) => boolean),
    timeout = 4000,
  ): Promise<readonly string[]> {
    const until = performance.now() + timeout
    for (;;) {
      await this.#written
      const rows = this.#emulator.lines()
      const text = rows.join('\n')
      if (
        typeof ready === 'function' ? ready(rows) : typeof ready === 'string' ? text.includes(ready) : ready.test(text)
      )
        return rows
      if (performance.now() > until) throw new Error(`never shown: ${ready}\n${rows.map(row => `│${row}`).join('\n')}`)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }

  svg(options?: SvgOptions): string {
    return screenToSvg(this.#emulator.cells(), { cursor: this.#emulator.cursor, ...options })
  }
}
