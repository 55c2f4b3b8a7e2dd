import sliceAnsi from 'slice-ansi'
import stringWidth from 'string-width'

const PLAIN = /^[ -~]*$/

/** Columns a line takes, colour sequences not counted. */
export const widthOf = stringWidth

/**
 * Cuts a line to `width` columns. A wide character that would stick out goes too.
 *
 * @param mark what the cut-off end is replaced with, one column wide: `…`
 * @example
 * truncate('nginx.conf', 6, '…') // 'nginx…'
 */
export function truncate(line: string, width: number, mark = ''): string {
  if (width <= 0) return ''
  if (PLAIN.test(line) ? line.length <= width : stringWidth(line) <= width) return line
  return PLAIN.test(line)
    ? line.slice(0, width - mark.length) + mark
    : sliceAnsi(line, 0, width - stringWidth(mark)) + mark
}

/**
 * Makes a line exactly `width` columns wide: cut off, or filled with blanks.
 *
 * @param align where the text stands when it is shorter
 */
export function pad(line: string, width: number, align: 'left' | 'right' = 'left', mark = ''): string {
  const cut = truncate(line, width, mark)
  const blank = ' '.repeat(Math.max(0, width - stringWidth(cut)))
  return align === 'left' ? cut + blank : blank + cut
}
