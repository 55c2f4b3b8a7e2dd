import type { IBufferCell } from '@xterm/headless'
import xterm from '@xterm/headless'
import { graphemeWidths } from './widths.js'

/** A colour as the program asked for it: an entry of the 256-colour palette, or red-green-blue. */
export type Colour = { readonly palette: number } | { readonly rgb: number }

/** How a cell is drawn. A missing colour is the terminal's default. */
export interface CellStyle {
  readonly foreground?: Colour
  readonly background?: Colour
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly inverse: boolean
  readonly strikethrough: boolean
}

export interface Cell extends CellStyle {
  /** The grapheme shown; a space for an empty cell. */
  readonly text: string
  /** Columns it takes: 1 or 2. */
  readonly width: number
  readonly x: number
}

export interface EmulatorSize {
  readonly cols: number
  readonly rows: number
}

export interface EmulatorOptions extends EmulatorSize {
  /** How wide characters are counted: as modern terminals do, or by Unicode 6's table as old ones do. Default `modern`. */
  readonly widths?: 'modern' | 'old'
}

/** Operating system commands (OSC) that terminals act on: xterm's ctlseqs.txt, links (8), notifications (9, 99, 777), iTerm2's own (1337). */
const COMMANDS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 17, 19, 50, 52, 99, 104, 110, 111, 112, 133, 777, 1337]

/** A terminal in memory: what is written to it can be read back as text, colours and modes. */
export class Emulator {
  readonly #terminal
  readonly #modes = new Set<number>([25])
  /** Whole-screen erases (`CSI 2 J`, `CSI 3 J`) seen so far. */
  clears = 0
  /** Operating system commands seen so far, `52;c;…`: titles, clipboard, links, colours of the palette. */
  readonly commands: string[] = []

  constructor({ cols, rows, widths = 'modern' }: EmulatorOptions) {
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 1000, logLevel: 'off' })
    if (widths === 'modern') {
      this.#terminal.unicode.register(graphemeWidths)
      this.#terminal.unicode.activeVersion = graphemeWidths.version
    }
    const { parser } = this.#terminal
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, params => this.#note(params, true))
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, params => this.#note(params, false))
    parser.registerCsiHandler({ final: 'J' }, params => {
      if (params[0] === 2 || params[0] === 3) this.clears += 1
      return false
    })
    for (const id of COMMANDS)
      parser.registerOscHandler(id, data => {
        this.commands.push(`${id};${data}`)
        return false
      })
  }

  #note(params: readonly (number | number[])[], on: boolean): boolean {
    for (const mode of params.flat()) {
      if (on) this.#modes.add(mode)
      else this.#modes.delete(mode)
    }
    return false
  }

  /** Resolves when the bytes have been interpreted. */
  write(data: string | Uint8Array): Promise<void> {
    return new Promise(resolve => this.#terminal.write(data, resolve))
  }

  /** Calls `listener` with what the terminal answers to queries (device attributes, cursor position). */
  onReply(listener: (data: string) => void): void {
    this.#terminal.onData(listener)
  }

  resize({ cols, rows }: EmulatorSize): void {
    this.#terminal.resize(cols, rows)
  }

  get size(): EmulatorSize {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows }
  }

  /** The DEC private modes that are set: 1049 alternate buffer, 25 cursor visible, 2004 bracketed paste, … */
  get modes(): ReadonlySet<number> {
    return this.#modes
  }

  get cursor(): { readonly x: number; readonly y: number; readonly visible: boolean } {
    const { cursorX: x, cursorY: y } = this.#terminal.buffer.active
    return { x, y, visible: this.#modes.has(25) }
  }

  get buffer(): 'normal' | 'alternate' {
    return this.#terminal.buffer.active.type
  }

  /** The visible rows as text, without trailing blanks. */
  lines(): string[] {
    return this.#rows(y => this.#terminal.buffer.active.getLine(y)?.translateToString(true) ?? '').map(line =>
      line.trimEnd(),
    )
  }

  /** What has scrolled off above the screen, oldest first, without trailing blanks. */
  scrollback(): string[] {
    const { active } = this.#terminal.buffer
    return Array.from({ length: active.baseY }, (_, y) => active.getLine(y)?.translateToString(true).trimEnd() ?? '')
  }

  /** The visible rows as cells; the second column of a wide character has no cell of its own. */
  cells(): Cell[][] {
    return this.#rows(y => {
      const line = this.#terminal.buffer.active.getLine(y)
      const cells: Cell[] = []
      for (let x = 0; line && x < this.#terminal.cols; x++) {
        const cell = line.getCell(x)
        if (cell && cell.getWidth() > 0) cells.push(readCell(cell, x))
      }
      return cells
    })
  }

  #rows<T>(read: (y: number) => T): T[] {
    const top = this.#terminal.buffer.active.viewportY
    return Array.from({ length: this.#terminal.rows }, (_, row) => read(top + row))
  }
}

function readCell(cell: IBufferCell, x: number): Cell {
  return {
    text: cell.getChars() || ' ',
    width: cell.getWidth(),
    x,
    ...(cell.isFgRGB() ? { foreground: { rgb: cell.getFgColor() } } : {}),
    ...(cell.isFgPalette() ? { foreground: { palette: cell.getFgColor() } } : {}),
    ...(cell.isBgRGB() ? { background: { rgb: cell.getBgColor() } } : {}),
    ...(cell.isBgPalette() ? { background: { palette: cell.getBgColor() } } : {}),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
    strikethrough: cell.isStrikethrough() !== 0,
  }
}
