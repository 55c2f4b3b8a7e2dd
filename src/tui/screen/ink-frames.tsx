import type { ReadStream, WriteStream } from 'node:tty'
import { Box, type DOMElement, type Instance, render } from 'ink'
import { createRef, type ReactNode } from 'react'
import type { Frame, ScreenSize } from './frame.js'
import { Placements, PlacementsContext } from './placement.js'
import { blocksOf } from './tree-blocks.js'

export interface InkFramesOptions {
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly size: () => ScreenSize
  /** Called once for all that changed in one turn. */
  readonly onFrame: (frame: Frame) => void
}

/**
 * Ink as a maker of frames: it keeps the components and lays them out; {@link blocksOf} reads what they show. Nothing it writes
 * itself reaches the terminal. The tree hangs out of the flow of Ink's root, which is therefore empty, and costs nothing to draw.
 */
export class InkFrames {
  readonly #options: InkFramesOptions
  readonly #placements = new Placements(() => this.redraw())
  readonly #root = createRef<DOMElement>()
  readonly #stdout: WriteStream
  #ink: Instance | undefined
  #scheduled = false

  constructor(options: InkFramesOptions) {
    this.#options = options
    this.#stdout = silent(options.stdout, options.size, () => this.redraw())
  }

  /** Commits a component tree, at once; its frame follows in the same turn. */
  draw(tree: ReactNode): void {
    const { cols, rows } = this.#options.size()
    const node = (
      <PlacementsContext.Provider value={this.#placements}>
        <Box ref={this.#root} position="absolute" width={cols} height={rows}>
          {tree}
        </Box>
      </PlacementsContext.Provider>
    )
    const { stdin } = this.#options
    if (this.#ink) this.#ink.rerender(node)
    else this.#ink = render(node, { stdout: this.#stdout, stdin, debug: true, exitOnCtrlC: false, patchConsole: false })
  }

  /** Hands the frame over again. */
  redraw(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      const root = this.#root.current
      if (root) this.#options.onFrame({ size: this.#options.size(), ...blocksOf(root, this.#placements) })
    })
  }

  unmount(): void {
    this.#ink?.unmount()
  }
}

/** The terminal as Ink sees it: of a given size, and nothing written to it arrives; in debug mode Ink writes after each commit. */
function silent(stdout: WriteStream, size: () => ScreenSize, onWrite: () => void): WriteStream {
  const write = (...[, ...rest]: readonly unknown[]): boolean => {
    onWrite()
    const done = rest.at(-1)
    if (typeof done === 'function') done()
    return true
  }
  return new Proxy(stdout, {
    get(target, property) {
      if (property === 'write') return write
      if (property === 'columns') return size().cols
      if (property === 'rows') return size().rows
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
