import { anchored } from './anchor.js'
import type { Composed, Segment } from './frame.js'

type Row = readonly Segment[]

/**
 * The bytes that turn a screen showing `before` into one showing `after`: only segments that changed, and those drawn over them.
 * Every segment is placed absolutely and cleared first, so nothing depends on what a terminal makes of the text before it.
 *
 * @param before what the screen shows; `undefined` when that is not known
 * @returns the empty string when nothing changed
 */
export function diffFrames(before: Composed | undefined, after: Composed): string {
  return after
    .map((row, y) =>
      diffRow(before?.[y], row)
        .map(segment => paint(segment, y))
        .join(''),
    )
    .join('')
}

function diffRow(before: Row | undefined, after: Row): Row {
  if (!before || !sameShape(before, after)) return after
  const painted: Segment[] = []
  after.forEach((segment, index) => {
    if (segment.text !== before[index]?.text || painted.some(below => overlap(below, segment))) painted.push(segment)
  })
  return painted
}

const sameShape = (a: Row, b: Row) =>
  a.length === b.length && a.every(({ x, width }, index) => x === b[index]?.x && width === b[index]?.width)

const overlap = (a: Segment, b: Segment) => a.x < b.x + b.width && b.x < a.x + a.width

/** `CUP`, `ECH` and the text; colours are reset before, so that erasing gives plain cells, and after. */
function paint({ x, width, text }: Segment, y: number): string {
  const clear = `\x1b[${y + 1};${x + 1}H\x1b[${width}X`
  return text === '' ? clear : `${clear}${anchored(text, x)}${text.includes('\x1b') ? '\x1b[m' : ''}`
}
