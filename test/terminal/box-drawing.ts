/** Which of left, right, up and down a box-drawing character reaches from the middle of its cell (Unicode, U+2500). */
const ARMS: Readonly<Record<string, string>> = {
  '─': 'lr',
  '│': 'ud',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ru',
  '┘': 'lu',
  '├': 'rud',
  '┤': 'lud',
  '┬': 'lrd',
  '┴': 'lru',
  '┼': 'lrud',
  '╭': 'rd',
  '╮': 'ld',
  '╰': 'ru',
  '╯': 'lu',
}

export interface CellBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The lines of a box-drawing character as an SVG path through its cell, so that neighbours meet whatever the font; nothing for other text. */
export function boxPath(text: string, { x, y, width, height }: CellBox): string | undefined {
  const arms = ARMS[text]
  if (arms === undefined) return undefined
  const [middleX, middleY] = [x + width / 2, y + height / 2]
  const ends: Readonly<Record<string, string>> = {
    l: `H${round(x)}`,
    r: `H${round(x + width)}`,
    u: `V${round(y)}`,
    d: `V${round(y + height)}`,
  }
  return [...arms].map(arm => `M${round(middleX)} ${round(middleY)}${ends[arm] ?? ''}`).join('')
}

export const round = (value: number): string => String(Math.round(value * 100) / 100)
