/** A text with what a regular expression finds in its lines replaced. Lines keep their line ends, which the pattern does not see. */
export function replaceInLines(held: string, pattern: RegExp, replacement: string): string {
  const replaced = (line: string): string => {
    const end = /\r?\n$/.exec(line)?.[0] ?? ''
    return line.slice(0, line.length - end.length).replace(pattern, replacement) + end
  }
  return held
    .split(/(?<=\n)/)
    .filter(Boolean)
    .map(replaced)
    .join('')
}
