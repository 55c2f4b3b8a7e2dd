import { placeText } from '../../repl/help-view-text.js'
import type { HelpView } from '../../repl/protocol.js'
import { highlight } from './highlight.js'
import { codeLines, hostLine, hostLines } from './host-text.js'
import type { Theme } from './theme.js'
import { wrap } from './wrap.js'

/** Rows a long type may take. */
const MOST_TITLE = 12

/**
 * What is known of a thing: its type, what it is, its arguments, examples, where it comes from.
 *
 * @param key what goes there
 */
export function helpLines(
  { title, documentation, args, examples, place }: HelpView,
  key: string,
  width: number,
  theme: Theme,
): string[] {
  const type = highlight(codeLines(title), theme).flatMap(line => wrap(line, width))
  const shown = type.length > MOST_TITLE ? [...type.slice(0, MOST_TITLE - 1), theme.faint('…')] : type
  const section = (rows: readonly string[]) => (rows.length === 0 ? [] : ['', ...rows])
  return [
    ...shown,
    ...section(documentation === '' ? [] : hostLines(documentation).flatMap(line => wrap(line, width))),
    ...section(
      args.flatMap(({ name, type: kind, optional, description }) => [
        `${theme.accent(hostLine(name))}${optional ? '?' : ''}${theme.faint(`: ${hostLine(kind)}`)}`,
        ...wrap(hostLine(description), width - 2).map(line => `  ${line}`),
      ]),
    ),
    ...section(
      examples.flatMap(example => [
        theme.faint('example'),
        ...highlight(codeLines(example), theme).flatMap(line => wrap(line, width - 2).map(row => `  ${row}`)),
      ]),
    ),
    ...section(place ? wrap(theme.faint(`from ${placeText(place, lastFolders)}  ${key} goes there`), width) : []),
  ]
}

/** A pane has no room for all of a path. */
const lastFolders = (file: string): string => hostLine(file.split('/').slice(-2).join('/'))
