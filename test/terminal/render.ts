import type { ReactNode } from 'react'
import { FrameWriter } from '../../src/tui/screen/frame-writer.js'
import { InkFrames } from '../../src/tui/screen/ink-frames.js'
import { Emulator, type EmulatorOptions } from './emulator.js'

/** A screen without a terminal: components are drawn as on a real one, into an emulator. */
export interface RenderedScreen {
  readonly emulator: Emulator
  /** Draws a tree and waits until the emulator shows it. */
  draw(tree: ReactNode, size?: { readonly cols: number; readonly rows: number }): Promise<void>
  unmount(): void
}

/**
 * @example
 * const screen = renderScreen({ cols: 80, rows: 24 })
 * await screen.draw(<HostsPane … />)
 * expect(screen.emulator.lines()[0]).toBe('┌ hosts ──')
 */
export function renderScreen(options: EmulatorOptions): RenderedScreen {
  const emulator = new Emulator(options)
  let size = { cols: options.cols, rows: options.rows }
  let written: Promise<void> = emulator.write('\x1b[?1049h\x1b[?7l')
  const writer = new FrameWriter({
    write(data, done) {
      written = emulator.write(data).then(done)
    },
    writeNow: data => void emulator.write(data),
  })
  const frames = new InkFrames({
    stdin: process.stdin,
    stdout: process.stdout,
    size: () => size,
    onFrame: frame => writer.draw(frame),
  })
  return {
    emulator,
    async draw(tree, next = size) {
      size = next
      emulator.resize(next)
      frames.draw(tree)
      await Promise.resolve()
      for (let last: unknown; last !== written; await last) last = written
    },
    unmount: () => frames.unmount(),
  }
}
