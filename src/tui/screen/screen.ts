import type { ReadStream, WriteStream } from 'node:tty'
import type { ReactNode } from 'react'
import type { ChannelExit } from '../../engine/connect/connector.js'
import { type AttachedShell, attachTerminal } from '../../engine/shell/attach-terminal.js'
import { copySequence } from './clipboard.js'
import type { ScreenSize } from './frame.js'
import { type FrameCounts, FrameWriter } from './frame-writer.js'
import { InkFrames } from './ink-frames.js'
import type { InputEvent } from './input-event.js'
import { terminalSink } from './sink.js'
import { holdTerminal } from './terminal-session.js'

export interface ScreenOptions {
  readonly stdin: ReadStream
  readonly stdout: WriteStream & { readonly fd: number }
  readonly onInput: (event: InputEvent) => void
  /** The terminal has another size: draw anew. */
  readonly onResize: (size: ScreenSize) => void
  /** Called once when the terminal is gone: its window was closed, the link to it broke. */
  readonly onGone: () => void
}

/** The terminal as a place to draw components on. */
export interface Screen {
  readonly size: ScreenSize
  readonly counts: FrameCounts
  /** Shows a component tree, at once. Only what differs from what is shown is written. */
  draw(tree: ReactNode): void
  /** Draws the whole screen again, for when something else wrote to it. */
  redraw(): void
  /** Gives the terminal to somebody else (a shell, an editor, `^Z`), until {@link resume}. */
  suspend(): Promise<void>
  resume(): void
  /** Puts a text into the clipboard, where the terminal lets programs do that (OSC 52). */
  copy(text: string): void
  /** Gives the terminal to a shell on a host until that ends; then the screen is there again. */
  attach(shell: AttachedShell): Promise<ChannelExit>
  /** Gives the terminal back as it was. */
  close(): Promise<void>
}

/**
 * Takes the terminal over and draws Ink components on it.
 *
 * @example
 * const screen = openScreen({ stdin: process.stdin, stdout: process.stdout, onInput, onResize: () => screen.draw(<App />), onGone })
 * screen.draw(<App />)
 */
export function openScreen({ stdin, stdout, onInput, onResize, onGone }: ScreenOptions): Screen {
  let gone = false
  const lost = () => {
    if (!gone) onGone()
    gone = true
  }
  const sink = terminalSink(stdout.fd, lost)
  const writer = new FrameWriter(sink)
  const size = (): ScreenSize => ({ cols: stdout.columns, rows: stdout.rows })
  const frames = new InkFrames({
    stdin,
    stdout,
    size,
    onFrame: frame => {
      if (session.active) writer.draw(frame)
    },
  })
  const redraw = () => {
    writer.forget()
    frames.redraw()
  }
  const session = holdTerminal({ stdin, sink, onInput, onGone: lost, onEnter: redraw })
  const resized = () => onResize(size())
  stdout.on('resize', resized)
  return {
    get size() {
      return size()
    },
    get counts() {
      return writer.counts
    },
    draw: tree => frames.draw(tree),
    redraw,
    copy: text => sink.write(copySequence(text), () => {}),
    async attach(shell) {
      await session.suspend()
      try {
        return await attachTerminal(shell, stdin, stdout)
      } finally {
        session.enter()
      }
    },
    suspend: () => session.suspend(),
    resume: () => session.enter(),
    async close() {
      stdout.off('resize', resized)
      await session.close()
      frames.unmount()
    },
  }
}
