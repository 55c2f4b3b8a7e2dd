import { stripVTControlCharacters } from 'node:util'
import { hostLine } from '../document/host-text.js'
import { INDENT } from '../document/line.js'
import { documentLines, samePlace } from '../document/notebook-lines.js'
import type { Theme } from '../document/theme.js'
import { type CellsInput, cellsGeometryIn } from '../state/geometry.js'
import type { View } from '../state/view.js'
import { pad, slice, widthOf } from '../text/width.js'
import type { Area } from './area.js'
import { framed } from './frame.js'

/** The cells pane: the rows of the document that are in view. */
export function cellsPane(view: CellsInput & Pick<View, 'session'>, area: Area, theme: Theme): string[] {
  const { context, height, top, total } = cellsGeometryIn(view, area, theme)
  const { cursor } = view.cells
  const active = view.active === 'cells' || view.active === 'approval'
  const lines = documentLines(view.notebook.entries, context, top, height)
  const { search } = view.cells
  const rows = lines.map(({ text: line, stop, entry }) => {
    const text = search && !search.typing ? withFound(line, search.query, theme) : line
    if (!stop || !cursor || !samePlace({ entry, stop }, cursor)) return text
    return view.active === 'cells'
      ? theme.selected(pad(stripVTControlCharacters(text), context.width, 'left', '…'))
      : `${pad(text, context.width - 2, 'left', '…')} ${theme.accent('◂')}`
  })
  const title = view.session.name === '' ? 'session' : `session: ${hostLine(view.session.name)}`
  const looking = search
    ? `  ${theme.accent('/')}${hostLine(search.query)}${search.typing ? theme.selected(' ') : ''}`
    : ''
  const name = title
  const below = total - top - height
  const corner =
    view.cells.top !== 'end' && below > 0
      ? theme.warning(`${below} more below`)
      : top > 0
        ? theme.faint(`${top} above`)
        : ''
  return framed(
    {
      title: (active ? theme.strong(name) : name) + looking,
      corner,
      rows: rows.length > 0 ? rows : welcome(view, theme),
      active,
    },
    area,
    theme,
  )
}

/** A row with what is looked for standing out. */
function withFound(text: string, query: string, theme: Theme): string {
  const plain = stripVTControlCharacters(text)
  const at = query === '' ? -1 : plain.toLowerCase().indexOf(query.toLowerCase())
  if (at < 0) return text
  const from = widthOf(plain.slice(0, at))
  const to = widthOf(plain.slice(0, at + query.length))
  const found = theme.selected(plain.slice(at, at + query.length))
  return slice(text, 0, from) + found + slice(text, to, Number.POSITIVE_INFINITY)
}

/** What an empty session says: three lines to try. */
function welcome({ session }: Pick<View, 'session'>, theme: Theme): string[] {
  if (session.name === '') return [`  ${theme.faint('starting …')}`]
  const example = (code: string, text: string) => `${INDENT}${theme.strong(code.padEnd(20))} ${theme.faint(text)}`
  return [
    '',
    `  ${session.focus.hosts.length === 1 ? '1 host answers' : `${session.focus.hosts.length} hosts answer`} at this prompt. Try:`,
    '',
    example('$`uptime`', 'a command on all of them'),
    example('facts.server.os()', 'a fact, folded by answer'),
    example(':help', 'what else there is'),
  ]
}
