import { matchingBrackets } from './brackets.js'
import { columnAt, type Glyph, glyphsOf, offsetAt } from './glyphs.js'
import type { Token, TokenKind } from './scan.js'
import type { ScannedLine, SourceScanner } from './source.js'
import { type EditorState, selection } from './state.js'

/** What a stretch of the text is marked for, beside its colour. Later marks of a place add to earlier ones. */
export type MarkKind = 'selection' | 'bracket' | 'error' | 'warning'

export interface Mark {
  readonly kind: MarkKind
  /** Offsets in the text. */
  readonly start: number
  readonly end: number
}

/** SGR parameters for each kind of token and mark, `1;34`; empty for plain text. */
export type EditorTheme = Readonly<Record<TokenKind | MarkKind, string>>

/** First line and first column shown. */
export interface Scroll {
  readonly top: number
  readonly left: number
}

export interface EditorViewOptions {
  /** Columns and rows there are, the prompt included. */
  readonly width: number
  readonly height: number
  /** Before the first line; may be coloured. */
  readonly prompt: string
  /** Before the others; as wide as the prompt. */
  readonly continuation: string
  /** Columns of the prompt. */
  readonly promptWidth: number
  readonly theme: EditorTheme
  /** Where the view stood before: it moves no further than it must. */
  readonly scroll: Scroll
  /** What is selected, where that is not the editor's own selection. */
  readonly selected?: { readonly start: number; readonly end: number } | undefined
  /** Errors and warnings to underline. */
  readonly marks?: readonly Mark[]
}

/** The editor as rows of a screen. */
export interface EditorView {
  readonly rows: readonly string[]
  /** Cell of the cursor in the rows. */
  readonly cursor: { readonly x: number; readonly y: number }
  readonly scroll: Scroll
}

/** Rows the text takes, were there room for all. */
export const heightOf = ({ text }: EditorState): number => text.split('\n').length

/** Draws the editor. One scanner serves one editor, so that a line is scanned once, not once a frame. */
export function viewEditor(state: EditorState, scanner: SourceScanner, options: EditorViewOptions): EditorView {
  const { height, promptWidth, theme, prompt, continuation } = options
  const width = Math.max(1, options.width - promptWidth)
  const lines = state.text.split('\n')
  const { scroll, line: cursorLine, column } = followed(lines, state.cursor, { ...options, width })
  const scanned = scanner.scan(lines)
  const marks = [
    ...(options.marks ?? []),
    ...bracketMarks(state, scanned),
    ...selectionMarks(options.selected ?? selection(state)),
  ]
  const rows: string[] = []
  let offset = lines.slice(0, scroll.top).reduce((sum, line) => sum + line.length + 1, 0)
  for (const line of scanned.slice(scroll.top, scroll.top + height)) {
    const painted = paintLine(line, offset, marks, theme, scroll.left, width)
    rows.push((offset === 0 ? prompt : continuation) + painted)
    offset += line.text.length + 1
  }
  return { rows, cursor: { x: promptWidth + column - scroll.left, y: cursorLine - scroll.top }, scroll }
}

/** Where a view that stood at `scroll` goes to have the cursor in it. */
export function scrollFor(
  { text, cursor }: EditorState,
  { width, height, promptWidth, scroll }: Pick<EditorViewOptions, 'width' | 'height' | 'promptWidth' | 'scroll'>,
): Scroll {
  return followed(text.split('\n'), cursor, { width: Math.max(1, width - promptWidth), height, scroll }).scroll
}

function followed(
  lines: readonly string[],
  cursor: number,
  { width, height, scroll }: Pick<EditorViewOptions, 'width' | 'height' | 'scroll'>,
): { readonly scroll: Scroll; readonly line: number; readonly column: number } {
  const { line, offset } = placeOf(lines, cursor)
  const column = columnAt(lines[line] ?? '', offset)
  const top = follow(scroll.top, line, 1, height, lines.length)
  return { scroll: { top, left: follow(scroll.left, column, 1, width) }, line, column }
}

/** The place in the text that a cell of the view shows, for the mouse; above and below it, that of a line out of view. */
export function placeAtCell(
  { text }: EditorState,
  scroll: Scroll,
  promptWidth: number,
  cell: { readonly x: number; readonly y: number },
): number {
  const lines = text.split('\n')
  const line = Math.max(0, Math.min(scroll.top + cell.y, lines.length - 1))
  const start = lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0)
  return start + offsetAt(lines[line] ?? '', Math.max(0, cell.x - promptWidth) + scroll.left)
}

function placeOf(lines: readonly string[], at: number): { readonly line: number; readonly offset: number } {
  let offset = at
  let line = 0
  for (const { length } of lines) {
    if (offset <= length) break
    offset -= length + 1
    line += 1
  }
  return { line, offset }
}

/** Scrolls as little as shows `size` cells at `at` in a window of `room`; not beyond what there is to show. */
function follow(from: number, at: number, size: number, room: number, all = Number.POSITIVE_INFINITY): number {
  const first = Math.min(from, at, Math.max(0, all - room))
  return Math.max(first, at + size - room)
}

function bracketMarks(state: EditorState, scanned: readonly ScannedLine[]): Mark[] {
  const pair = matchingBrackets(state.text, scanned, state.cursor)
  return pair ? pair.map(stretch => ({ kind: 'bracket', ...stretch })) : []
}

function selectionMarks(stretch: ReturnType<typeof selection>): Mark[] {
  return stretch ? [{ kind: 'selection', ...stretch }] : []
}

/** The columns of a line that are in view, in colours. */
function paintLine(
  { text, tokens }: ScannedLine,
  offset: number,
  marks: readonly Mark[],
  theme: EditorTheme,
  left: number,
  width: number,
): string {
  const here = marks.filter(mark => mark.start <= offset + text.length && mark.end > offset)
  let out = ''
  let style = ''
  let column = 0
  for (const glyph of glyphsOf(text)) {
    const end = column + glyph.width
    if (end > left + width) break
    if (end > left) {
      const next = styleOf(glyph, tokens, here, offset, theme)
      if (next !== style) out += `${style === '' ? '' : '\x1b[m'}${next === '' ? '' : `\x1b[${next}m`}`
      style = next
      out += column >= left ? glyph.text : ' '.repeat(end - left)
    }
    column = end
  }
  if (style !== '') out += '\x1b[m'
  const broken =
    column >= left &&
    column < left + width &&
    here.some(mark => mark.kind === 'selection' && mark.end > offset + text.length)
  return broken && theme.selection !== '' ? `${out}\x1b[${theme.selection}m \x1b[m` : out
}

function styleOf(
  glyph: Glyph,
  tokens: readonly Token[],
  marks: readonly Mark[],
  offset: number,
  theme: EditorTheme,
): string {
  const token = tokens.find(({ end }) => end > glyph.start)
  const codes = token ? [theme[token.kind]] : []
  for (const { kind, start, end } of marks)
    if (offset + glyph.start < end && offset + glyph.end > start) codes.push(theme[kind])
  return codes.filter(code => code !== '').join(';')
}
