import { widthOf } from '../text/width.js'
import { hostLine } from './host-text.js'
import type { Theme } from './theme.js'
import { wrap } from './wrap.js'

/** Lines that stay lines: headings, points of a list, quotations. */
const OWN_LINE = /^\s*(?:#{1,6} |[-*+] |\d+[.)] |> )/

/**
 * A Markdown cell as rows: headings, lists, emphasis and code; a blank row before and after, so that prose is told from answers.
 * Line ends within a paragraph are those of its writer's editor and are not kept.
 */
export function proseLines(text: string, width: number, theme: Theme): string[] {
  const rows = blocksOf(text).flatMap(block => blockRows(block, width, theme))
  return ['', ...rows, '']
}

/** Paragraphs, headings and list points, each on one line; an empty text stands for the room between paragraphs. */
function blocksOf(text: string): string[] {
  const blocks: string[] = []
  let open = false
  for (const line of text.trim().split('\n')) {
    if (line.trim() === '') {
      if (blocks.at(-1) !== '') blocks.push('')
      open = false
      continue
    }
    if (open && !OWN_LINE.test(line)) blocks.push(`${blocks.pop() ?? ''} ${line.trim()}`)
    else blocks.push(line.trimEnd())
    open = !/^#{1,6} /.test(line)
  }
  return blocks
}

function blockRows(block: string, width: number, theme: Theme): string[] {
  const heading = /^#{1,6} (.*)$/.exec(block)
  if (heading?.[1] !== undefined) return wrap(theme.strong(theme.underlined(hostLine(heading[1]))), width)
  const point = /^(\s*)([-*+]|\d+[.)]) (.*)$/.exec(block)
  if (point) {
    const [, blank = '', sign = '', rest = ''] = point
    const lead = `${blank}${/\d/.test(sign) ? sign : '•'} `
    const across = widthOf(lead)
    return wrap(inline(rest, theme), Math.max(8, width - across)).map(
      (row, index) => (index === 0 ? lead : ' '.repeat(across)) + row,
    )
  }
  const quoted = /^> ?(.*)$/.exec(block)
  if (quoted?.[1] !== undefined)
    return wrap(inline(quoted[1], theme), width - 2).map(row => `${theme.faint('│')} ${row}`)
  return wrap(inline(block, theme), width)
}

/** Code and emphasis within a line; the signs of code stay, as without colours nothing else tells it. */
function inline(text: string, theme: Theme): string {
  return hostLine(text)
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .map(part =>
      part.startsWith('`') && part.length > 2
        ? theme.accent(part)
        : part.startsWith('**') && part.length > 4
          ? theme.strong(part.slice(2, -2))
          : part,
    )
    .join('')
}
