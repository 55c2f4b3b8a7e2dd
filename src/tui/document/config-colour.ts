import type { Theme } from './theme.js'

/** Comments of shells, ini files and C, strings, numbers, and the name at the beginning of `name = value` and `name: value`. */
const TOKEN =
  /((?:^|(?<=\s))(?:#|;|\/\/).*$)|("[^"]*"|'[^']*')|(?<![\w.-])(\d+(?:\.\d+)*[a-zA-Z%]?)(?![\w.-])|(^\s*[\w.-]+(?=\s*[=:]))/g

/**
 * A line of a configuration file, coloured as far as most of them agree.
 *
 * @param line without control sequences
 */
export function configColour(line: string, theme: Theme): string {
  return line.replace(TOKEN, (text, comment?: string, string?: string, number?: string) => {
    if (comment !== undefined) return theme.faint(text)
    if (string !== undefined) return theme.string(text)
    return number === undefined ? theme.name(text) : theme.number(text)
  })
}
