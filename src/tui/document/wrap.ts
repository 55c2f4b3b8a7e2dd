import { stripVTControlCharacters } from 'node:util'
import { cellsOf, slice, textOf, widthOf } from '../text/width.js'

/** Text without colours and wide characters: a column is a character. */
const SIMPLE = /^[ -~]*$/

/** Characters of one line that are looked at when it is not simple: to cut the columns of such a line takes time. */
const LONGEST = 4000

/** Share of a row that must be filled for it to end at a blank. */
const FILLED = 1 / 4

/** Breaks a text into rows of at most `width` columns, at blanks where that leaves no row nearly empty. Colours go on over the breaks. */
export function wrap(text: string, width: number): string[] {
  if (width <= 0) return []
  return text.split('\n').flatMap(line => (SIMPLE.test(line) ? wrapSimple(line, width) : wrapStyled(line, width)))
}

function wrapSimple(line: string, width: number): string[] {
  const rows: string[] = []
  let at = 0
  while (line.length - at > width) {
    const blank = line.lastIndexOf(' ', at + width)
    const end = blank > at + width * FILLED ? blank : at + width
    rows.push(line.slice(at, end))
    at = line[end] === ' ' ? end + 1 : end
  }
  return [...rows, line.slice(at)]
}

/** One pass over the line, however long it is. */
function wrapStyled(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line]
  const cells = cellsOf(line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line)
  const rows: string[] = []
  let at = 0
  for (;;) {
    let [end, column, blank, before] = [at, 0, -1, 0]
    for (let cell = cells[end]; cell && column + cell.width <= width; cell = cells[++end]) {
      if (cell.text === ' ') [blank, before] = [end, column]
      column += cell.width
    }
    if (end === cells.length) return [...rows, textOf(cells.slice(at))]
    if (cells[end]?.text === ' ') [blank, before] = [end, column]
    // what is wider than the row by itself is left out
    const cut = before > width * FILLED ? blank : end
    if (cut > at) rows.push(textOf(cells.slice(at, cut)))
    at = cut > at && cells[cut]?.text !== ' ' ? cut : cut + 1
  }
}

/** The same with what follows the first row moved in, as under the sign of a line of a diff. */
export function wrapHanging(text: string, width: number, indent = 2): string[] {
  if (widthOf(text) <= width) return [text]
  const [first = '', ...more] = wrap(slice(text, indent, Number.POSITIVE_INFINITY), width - indent)
  return [slice(text, 0, indent) + first, ...more.map(row => ' '.repeat(indent) + row)]
}

/** Blanks before a line, a sign such as `→`, a name with the two blanks behind it that part columns. */
const HEAD = /^ *(?:[^\s\p{L}\p{N}] )?(?:\S+(?: \S+){0,2} {2,})?/u

/** Share of a row that a first column may take for what goes on below to stand beside it. */
const BESIDE = 1 / 2

/**
 * The same for lines in columns, `phases   tcp 1 · kex 21`: what goes on below the first row stands under the second column, or
 * behind the line's sign, as far as that leaves room.
 */
export function wrapInColumns(line: string, width: number): string[] {
  return wrapHanging(line, width, columnIn(line, width))
}

/** Where the second column of a line begins, or what stands behind its sign. */
export function columnIn(line: string, width: number): number {
  const [head = ''] = HEAD.exec(stripVTControlCharacters(line)) ?? []
  const [before = ''] = /^ *(?:[^\s\p{L}\p{N}] )?/u.exec(head) ?? []
  return [head, before].map(widthOf).find(column => column <= width * BESIDE) ?? 0
}
