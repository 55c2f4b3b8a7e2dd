import { type FrontMatter, printFrontMatter, takeFrontMatter } from './front-matter.js'

/** A notebook: a TypeScript module in cells. */
export interface Notebook {
  readonly meta: FrontMatter
  /** Code before the first cell: the import that tells an editor what `fleet`, `$`, `facts` … are. */
  readonly head: string
  readonly cells: readonly NotebookCell[]
}

export interface NotebookCell {
  /** `code` runs. `markdown` is prose. The others are code that did not succeed: kept, in comments. */
  readonly kind: CellKind
  /** What its outputs are kept under; a cell written by hand has none until it has run. */
  readonly id?: string
  /** The hosts that bare calls in it act on, where that is not the focus of the notebook: a pattern or a group. */
  readonly focus?: string
  /** Without blank lines before and after; prose without comment signs. */
  readonly source: string
}

export type CellKind = (typeof KINDS)[number]

const KINDS = ['code', 'markdown', 'failed', 'refused', 'interrupted', 'declined'] as const

/** A line that begins a cell: `// %%`, `// %% [markdown]`, `// %% [failed] id="a3f91c"`. */
const BEGIN = /^\/\/[ \t]*%%(.*)$/

/** A line of code that would be taken for one, with the backslashes that keep it from it. */
const LIKE_BEGIN = /^(\/\/[ \t]*)(\\*)(%%.*)$/
const ESCAPED_BEGIN = /^(\/\/[ \t]*)\\(\\*%%.*)$/

/** Whatever ends a line, and with it a `//` comment, in TypeScript. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/**
 * Writes a notebook as text: a module that is the cells' code one after the other.
 *
 * @see {@link https://jupytext.readthedocs.io/en/latest/formats-scripts.html} the percent format
 */
export function printNotebook({ meta, head, cells }: Notebook): string {
  const before = `${printFrontMatter(meta, head)}${head === '' ? '' : `${escapeLines(head)}\n`}`
  return [...(before === '' ? [] : [before]), ...cells.map(printCell)].join('\n')
}

/** Reads a notebook. Any text is one: without a `// %%` line, it is all head. */
export function parseNotebook(text: string): Notebook {
  const { meta, rest } = takeFrontMatter(text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n'))
  const lines = rest.split('\n')
  const begins = lines.flatMap((line, index) => (BEGIN.test(line) ? [index] : []))
  const head = escapedBack(trimBlankLines(lines.slice(0, begins[0] ?? lines.length)))
  const cells = begins.map((begin, nth) => parseCell(lines[begin] ?? '', lines.slice(begin + 1, begins[nth + 1])))
  return { meta, head, cells }
}

/** Where a cell stands in a notebook's text: lines counted from 0. */
export interface CellPlace {
  /** Its `// %%` line. */
  readonly begin: number
  /** The first line of its source; after a cell without any, the next line. */
  readonly first: number
  /** The line after its source. */
  readonly end: number
}

/** Where the cells of a notebook stand, in the order that {@link parseNotebook} gives them. */
export function cellPlaces(text: string): CellPlace[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const before = lines.length - takeFrontMatter(lines.join('\n')).rest.split('\n').length
  const begins = lines.flatMap((line, index) => (index >= before && BEGIN.test(line) ? [index] : []))
  return begins.map((begin, nth) => {
    const body = lines.slice(begin + 1, begins[nth + 1])
    const first = body.findIndex(line => line.trim() !== '')
    const last = body.findLastIndex(line => line.trim() !== '')
    return first < 0
      ? { begin, first: begin + 1, end: begin + 1 }
      : { begin, first: begin + 1 + first, end: begin + 2 + last }
  })
}

/** A cell's text as it is kept: lines ended by LF, no blank lines before and after. */
export function cellText(text: string): string {
  return trimBlankLines(text.replace(/\r\n?/g, '\n').split('\n')).join('\n')
}

/** A cell as text, its last line ended. */
export function printCell({ kind, id, focus, source }: NotebookCell): string {
  const begin = [
    '// %%',
    ...(kind === 'code' ? [] : [`[${kind}]`]),
    ...(id === undefined ? [] : [`id="${id}"`]),
    ...(focus === undefined ? [] : [`focus="${focus}"`]),
  ]
  const body = kind === 'code' ? escapeLines(source) : commented(source)
  return `${begin.join(' ')}\n${body === '' ? '' : `${body}\n`}`
}

function parseCell(begin: string, body: readonly string[]): NotebookCell {
  const rest = BEGIN.exec(begin)?.[1] ?? ''
  const kind = KINDS.find(known => rest.includes(`[${known}]`)) ?? 'code'
  const id = /\bid="([^"\s]+)"/.exec(rest)?.[1]
  const focus = /\bfocus="([^"]+)"/.exec(rest)?.[1]
  const lines = trimBlankLines(body)
  const source = kind === 'code' ? escapedBack(lines) : lines.map(uncommented).join('\n')
  return {
    kind,
    ...(id === undefined ? {} : { id }),
    ...(focus === undefined ? {} : { focus }),
    source: cellText(source),
  }
}

/** A backslash keeps a line of code from being read as the beginning of a cell; inside a template literal it means nothing. */
function escapeLines(code: string): string {
  return code
    .split('\n')
    .map(line => line.replace(LIKE_BEGIN, '$1\\$2$3'))
    .join('\n')
}

function escapedBack(lines: readonly string[]): string {
  return lines.map(line => line.replace(ESCAPED_BEGIN, '$1$2')).join('\n')
}

/** As comment lines; no line of them can be taken for the beginning of a cell. */
function commented(text: string): string {
  if (text === '') return ''
  return text
    .split(LINE_END)
    .map(line => (line === '' ? '//' : `// ${line}`).replace(LIKE_BEGIN, '$1\\$2$3'))
    .join('\n')
}

function uncommented(line: string): string {
  return line.replace(ESCAPED_BEGIN, '$1$2').replace(/^\/\/ ?/, '')
}

function trimBlankLines(lines: readonly string[]): string[] {
  const isText = (line: string): boolean => line.trim() !== ''
  const first = lines.findIndex(isText)
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(isText) + 1)
}
