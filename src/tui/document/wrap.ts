import { slice, widthOf } from '../text/width.js'

/** Text without colours and wide characters: a column is a character. */
const SIMPLE = /^[ -~]*$/

/** Characters of one line that are looked at when it is not simple: to cut the columns of such a line takes time. */
const LONGEST = 4000

/** Breaks a text into rows of at most `width` columns, at blanks where that leaves no row half empty. Colours go on over the breaks. */
export function wrap(text: string, width: number): string[] {
  if (width <= 0) return []
  return text.split('\n').flatMap(line => (SIMPLE.test(line) ? wrapSimple(line, width) : wrapStyled(line, width)))
}

function wrapSimple(line: string, width: number): string[] {
  const rows: string[] = []
  let at = 0
  while (line.length - at > width) {
    const blank = line.lastIndexOf(' ', at + width)
    const end = blank > at + width / 2 ? blank : at + width
    rows.push(line.slice(at, end))
    at = line[end] === ' ' ? end + 1 : end
  }
  return [...rows, line.slice(at)]
}

function wrapStyled(line: string, width: number): string[] {
  const rows: string[] = []
  let rest = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
  while (widthOf(rest) > width) {
    const row = slice(rest, 0, width)
    const blank = row.lastIndexOf(' ')
    const columns = blank > row.length / 2 ? widthOf(row.slice(0, blank)) : widthOf(row)
    rows.push(slice(rest, 0, columns))
    rest = slice(rest, columns, Number.POSITIVE_INFINITY).replace(/^((?:\x1b\[[\d;]*m)*) /, '$1')
  }
  return [...rows, rest]
}
