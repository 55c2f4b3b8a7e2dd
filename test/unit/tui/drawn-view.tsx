import type { ReactNode } from 'react'
import type { SessionRecord } from '../../../src/repl/protocol.js'
import { themeFor } from '../../../src/tui/document/theme.js'
import { ScreenTree } from '../../../src/tui/panes/screen-tree.js'
import type { ScreenSize } from '../../../src/tui/screen/frame.js'
import { InputDecoder } from '../../../src/tui/screen/input.js'
import { SignsContext } from '../../../src/tui/screen/signs.js'
import type { Effect, Message } from '../../../src/tui/state/message.js'
import { update } from '../../../src/tui/state/update.js'
import { initialView, type View } from '../../../src/tui/state/view.js'
import type { Emulator } from '../../terminal/emulator.js'
import { keyBytes } from '../../terminal/keys.js'
import { renderScreen } from '../../terminal/render.js'

/** A screen by itself: it is told what happened and which keys were pressed, and draws one frame. Nothing it wants done is done. */
export class DrawnView {
  #view: View
  /** What it wanted done. */
  readonly effects: Effect[] = []
  readonly #now: number
  readonly #colour: boolean

  /** @param now the time on its clock, which stands still; milliseconds since the epoch */
  constructor(size: ScreenSize, now: number, { colour = true }: { readonly colour?: boolean } = {}) {
    this.#view = initialView(size, now)
    this.#now = now
    this.#colour = colour
  }

  get view(): View {
    return this.#view
  }

  tell(...messages: readonly Message[]): this {
    for (const message of messages) {
      const { view, effects } = update(this.#view, message)
      this.#view = view
      this.effects.push(...effects)
    }
    return this
  }

  /** Tells what happened in the session. */
  record(records: readonly SessionRecord[]): this {
    return this.tell({ kind: 'records', records, now: this.#now })
  }

  /** Presses keys by their names. */
  press(...names: readonly string[]): this {
    return this.type(names.map(keyBytes))
  }

  /** What a terminal sends, in pieces: an ESC at the end of one is the Escape key. */
  type(pieces: string | readonly string[]): this {
    const decoder = new InputDecoder()
    for (const piece of [pieces].flat())
      for (const event of [...decoder.push(Buffer.from(piece)), ...decoder.flush()])
        this.tell({ kind: 'input', event, now: this.#now })
    return this
  }

  get tree(): ReactNode {
    const view = this.#view
    return (
      <SignsContext value={view.settings.signs === 'ascii'}>
        <ScreenTree view={view} theme={themeFor(this.#colour, view.settings.theme)} />
      </SignsContext>
    )
  }

  /** The terminal after the frame has been drawn on it. */
  async draw(): Promise<Emulator> {
    const screen = renderScreen(this.#view.size)
    await screen.draw(this.tree)
    screen.unmount()
    return screen.emulator
  }
}
