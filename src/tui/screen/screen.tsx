import type { ReadStream, WriteStream } from 'node:tty'
import { type Instance, render } from 'ink'
import type { ReactNode } from 'react'
import type { ScreenSize } from './frame.js'
import { type FrameCounts, FrameWriter } from './frame-writer.js'
import type { InputEvent } from './input-event.js'
import { terminalSink } from './sink.js'
import { Surface, SurfaceContext } from './surface.js'
import { holdTerminal } from './terminal-session.js'

export interface ScreenOptions {
  readonly stdin: ReadStream
  readonly stdout: WriteStream & { readonly fd: number }
  readonly onInput: (event: InputEvent) => void
  /** The terminal has another size: draw anew. */
  readonly onResize: (size: ScreenSize) => void
  /** The terminal is gone (its window was closed, the link to it broke). */
  readonly onGone: () => void
}

/** The terminal as a place to draw components on. */
export interface Screen {
  readonly size: ScreenSize
  readonly counts: FrameCounts
  /** Shows a component tree, at once. Only what differs from the tree before is written. */
  draw(tree: ReactNode): void
  /** Gives the terminal to somebody else (a shell, an editor, `^Z`), until {@link resume}. */
  suspend(): Promise<void>
  resume(): void
  /** Gives the terminal back as it was. */
  close(): Promise<void>
}

/** A sequence without text: Ink hiding the cursor, or the like. The writer sees to that itself. */
const NOT_A_FRAME = /^(?:\x1b\[[\d;?<>]*[A-Za-z])*$/

/**
 * Takes the terminal over and draws Ink components on it. Ink runs in its debug mode, in which each commit hands over one whole
 * frame; everything below that, from the line to the cursor, is the {@link FrameWriter}'s.
 */
export function openScreen({ stdin, stdout, onInput, onResize, onGone }: ScreenOptions): Screen {
  const sink = terminalSink(stdout.fd, onGone)
  const writer = new FrameWriter(sink)
  let base: readonly string[] = []
  let scheduled = false
  const size = (): ScreenSize => ({ cols: stdout.columns, rows: stdout.rows })
  const flush = () => {
    scheduled = false
    if (session.active) writer.draw({ size: size(), base, ...surface.read() })
  }
  const schedule = () => {
    if (!scheduled) queueMicrotask(flush)
    scheduled = true
  }
  const surface = new Surface(schedule)
  const frames = inkStdout(stdout, frame => {
    base = frame.split('\n')
    schedule()
  })
  const session = holdTerminal({
    stdin,
    sink,
    onInput,
    onEnter: () => {
      writer.forget()
      schedule()
    },
  })
  let ink: Instance | undefined
  const resized = () => onResize(size())
  stdout.on('resize', resized)
  return {
    get size() {
      return size()
    },
    get counts() {
      return writer.counts
    },
    draw(tree) {
      const node = <SurfaceContext.Provider value={surface}>{tree}</SurfaceContext.Provider>
      if (ink) ink.rerender(node)
      else ink = render(node, { stdout: frames, stdin, debug: true, exitOnCtrlC: false, patchConsole: false })
    },
    suspend: () => session.suspend(),
    resume: () => session.enter(),
    async close() {
      stdout.off('resize', resized)
      await session.close()
      ink?.unmount()
    },
  }
}

/** The terminal as Ink sees it: the real one, but what is written to it are frames. */
function inkStdout(stdout: WriteStream, onFrame: (frame: string) => void): WriteStream {
  const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const text = String(chunk)
    if (text === '' || !NOT_A_FRAME.test(text)) onFrame(text)
    const done = rest.at(-1)
    if (typeof done === 'function') done()
    return true
  }
  return new Proxy(stdout, {
    get(target, property) {
      if (property === 'write') return write
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
