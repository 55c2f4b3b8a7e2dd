import type { IBuffer, IBufferCell } from '@xterm/headless'
import { CLOSE_STYLE, openStyle, type Style } from '../../engine/text/style.js'

/** What a terminal shows. */
export interface TerminalImage {
  /** Its rows, coloured, without the blank end of each. */
  readonly rows: readonly string[]
  readonly cursor: { readonly x: number; readonly y: number }
  /** First row of what came since the last line was sent; 0 while a program has the whole screen. */
  readonly since: number
  /** What the program calls the window (OSC 0 and 2). */
  readonly title: string
}

/** The rows of a terminal in view. */
export function visibleRows(buffer: IBuffer, cols: number, rows: number): string[] {
  return Array.from({ length: Math.min(rows, buffer.length - buffer.baseY) }, (_, y) => {
    const line = buffer.getLine(buffer.baseY + y)
    if (!line) return ''
    let out = ''
    let written = ''
    let blank = ''
    for (let x = 0; x < cols; ) {
      const cell = line.getCell(x)
      if (!cell) break
      const style = openStyle(styleOf(cell))
      const text = cell.getChars() || ' '
      x += Math.max(1, cell.getWidth())
      if (text === ' ' && style === '') {
        blank += ' '
        continue
      }
      if (blank !== '') {
        if (written !== '') out += CLOSE_STYLE
        out += blank
        written = ''
        blank = ''
      }
      if (style !== written) out += (written === '' ? '' : CLOSE_STYLE) + style
      written = style
      out += text
    }
    return written === '' ? out : out + CLOSE_STYLE
  })
}

function styleOf(cell: IBufferCell): Style {
  const foreground = colourOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor(), 38)
  const background = colourOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor(), 48)
  return {
    ...(cell.isBold() ? { bold: true } : {}),
    ...(cell.isDim() ? { dim: true } : {}),
    ...(cell.isItalic() ? { italic: true } : {}),
    ...(cell.isUnderline() ? { underline: true } : {}),
    ...(cell.isInverse() ? { inverse: true } : {}),
    ...(cell.isStrikethrough() ? { strikethrough: true } : {}),
    ...(foreground === undefined ? {} : { foreground }),
    ...(background === undefined ? {} : { background }),
  }
}

function colourOf(isDefault: boolean, isRgb: boolean, colour: number, base: 38 | 48): string | undefined {
  if (isDefault) return undefined
  if (isRgb) return `${base};2;${(colour >> 16) & 255};${(colour >> 8) & 255};${colour & 255}`
  return `${base};5;${colour}`
}
