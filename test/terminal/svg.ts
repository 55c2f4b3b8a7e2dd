import { boxPath, round } from './box-drawing.js'
import type { Cell, CellStyle, Colour } from './emulator.js'

export interface SvgTheme {
  readonly foreground: string
  readonly background: string
  /** Colours 0 to 15 of the palette. */
  readonly palette: readonly string[]
}

export const DARK: SvgTheme = {
  foreground: '#d4d7dd',
  background: '#16181d',
  palette: [
    ...['#2b2f37', '#e5646f', '#8cc265', '#d9a94e', '#5aa5e8', '#c07fd8', '#4cb9c4', '#c8ccd4'],
    ...['#6b7280', '#f07f89', '#a5d97f', '#ecc26e', '#7dbcf3', '#d49ae8', '#6fd1da', '#ffffff'],
  ],
}

export const LIGHT: SvgTheme = {
  foreground: '#24292f',
  background: '#ffffff',
  palette: [
    ...['#24292f', '#b3202c', '#1a6b2a', '#835c00', '#0858b0', '#7a2f9c', '#0a6873', '#d0d4da'],
    ...['#6b7280', '#c9303c', '#23823a', '#9a6d00', '#1668c6', '#8f40b3', '#0f7c88', '#ffffff'],
  ],
}

export interface SvgOptions {
  readonly theme?: SvgTheme
  /** Shown in the window's frame. Without it there is no frame. */
  readonly title?: string
  readonly cursor?: { readonly x: number; readonly y: number; readonly visible: boolean }
}

/** How much of its colour faint text keeps. */
export const DIMMED = 0.7

const FONT = 14
const CELL = { width: 8.43, height: 18 }
const MARGIN = 12
const TITLE = 30

/** Steps of one channel in the 6×6×6 cube of the 256-colour palette (xterm, 256colres.pl). */
const CUBE = [0, 95, 135, 175, 215, 255]

const hex = (rgb: number) => `#${rgb.toString(16).padStart(6, '0')}`
const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function cssColour(colour: Colour, theme: SvgTheme): string {
  if ('rgb' in colour) return hex(colour.rgb)
  const { palette: index } = colour
  if (index < 16) return theme.palette[index] ?? theme.foreground
  if (index >= 232) return hex((8 + (index - 232) * 10) * 0x010101)
  const [red, green, blue] = [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6]
  return hex(((CUBE[red] ?? 0) << 16) | ((CUBE[green] ?? 0) << 8) | (CUBE[blue] ?? 0))
}

function coloursOf(style: CellStyle, theme: SvgTheme): { readonly ink: string; readonly paper: string | undefined } {
  const ink = style.foreground ? cssColour(style.foreground, theme) : theme.foreground
  const paper = style.background ? cssColour(style.background, theme) : undefined
  return style.inverse ? { ink: paper ?? theme.background, paper: ink } : { ink, paper }
}

function textAttributes(style: CellStyle, ink: string): string {
  const decorations = [style.underline ? 'underline' : '', style.strikethrough ? 'line-through' : ''].filter(Boolean)
  return [
    ` fill="${ink}"`,
    style.bold ? ' font-weight="bold"' : '',
    style.italic ? ' font-style="italic"' : '',
    style.dim ? ` opacity="${DIMMED}"` : '',
    decorations.length > 0 ? ` text-decoration="${decorations.join(' ')}"` : '',
  ].join('')
}

/** Neighbouring cells of one look, drawn as one piece of text; a wide or unusual character stands alone so that its column is exact. */
interface Run {
  readonly x: number
  text: string
  columns: number
  readonly style: Cell
}

function runsOf(row: readonly Cell[], theme: SvgTheme): Run[] {
  const runs: Run[] = []
  const lookOf = (cell: Cell) =>
    JSON.stringify([textAttributes(cell, coloursOf(cell, theme).ink), coloursOf(cell, theme).paper])
  const plain = (text: string) => /^[ -~]+$/.test(text)
  for (const cell of row) {
    const last = runs.at(-1)
    if (last && plain(cell.text) && plain(last.text) && lookOf(last.style) === lookOf(cell)) {
      last.text += cell.text
      last.columns += cell.width
    } else runs.push({ x: cell.x, text: cell.text, columns: cell.width, style: cell })
  }
  return runs
}

/**
 * Draws a terminal screen as SVG, every character in its cell.
 *
 * @param rows the visible rows, as `Emulator.cells()` gives them
 * @example
 * writeFileSync('screen.svg', screenToSvg(terminal.cells(), { title: 'muster', theme: LIGHT }))
 */
export function screenToSvg(rows: readonly (readonly Cell[])[], options: SvgOptions = {}): string {
  const theme = options.theme ?? DARK
  const columns = Math.max(0, ...rows.map(row => row.reduce((sum, cell) => sum + cell.width, 0)))
  const top = MARGIN + (options.title === undefined ? 0 : TITLE)
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN)
  const height = Math.ceil(rows.length * CELL.height + top + MARGIN)
  const body = rows.flatMap((row, y) => drawRow(row, top + y * CELL.height, theme))
  if (options.cursor?.visible) {
    const { x, y } = options.cursor
    body.push(
      `<rect x="${round(MARGIN + x * CELL.width)}" y="${round(top + y * CELL.height)}" width="2" height="${CELL.height}" fill="${theme.foreground}"/>`,
    )
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${theme.background}"/>`,
    ...(options.title === undefined ? [] : drawTitle(options.title, width, theme)),
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

function drawTitle(title: string, width: number, theme: SvgTheme): string[] {
  const dots = [1, 3, 2].map(
    (colour, index) => `<circle cx="${20 + index * 20}" cy="20" r="6" fill="${theme.palette[colour]}"/>`,
  )
  return [
    ...dots,
    `<text x="${width / 2}" y="25" text-anchor="middle" fill="${theme.palette[8]}">${escapeXml(title)}</text>`,
  ]
}

function drawRow(row: readonly Cell[], y: number, theme: SvgTheme): string[] {
  return runsOf(row, theme).flatMap(run => {
    const { ink, paper } = coloursOf(run.style, theme)
    const x = round(MARGIN + run.x * CELL.width)
    const width = round(run.columns * CELL.width)
    const paint = paper
      ? [`<rect x="${x}" y="${round(y)}" width="${width}" height="${CELL.height}" fill="${paper}"/>`]
      : []
    const visible = run.text.trim() !== '' || run.style.underline || run.style.strikethrough
    if (!visible) return paint
    const box = { x: MARGIN + run.x * CELL.width, y, width: CELL.width, height: CELL.height }
    const path = boxPath(run.text, box)
    if (path)
      return [...paint, `<path d="${path}" stroke="${ink}" fill="none"${run.style.dim ? ` opacity="${DIMMED}"` : ''}/>`]
    const text = run.style.underline ? run.text : run.text.trimEnd()
    const length = round((run.columns - (run.text.length - text.length)) * CELL.width)
    return [
      ...paint,
      `<text x="${x}" y="${round(y + CELL.height - 5)}" textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${textAttributes(run.style, ink)}>${escapeXml(text)}</text>`,
    ]
  })
}
