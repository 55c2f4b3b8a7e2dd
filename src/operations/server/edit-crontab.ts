/** `times command` of a line; comments, variables and blank lines have none. */
const ENTRY = /^\s*(@\w+|(?:[^\s#=]+\s+){4}[^\s#=]+)\s+(.*)$/

/**
 * A crontab(5) with the entry of a command at other times, added at the end where there is none, or taken out.
 *
 * @param times `0 3 * * *` or `@daily`; `undefined`: no entry
 * @example
 * editEntry('# mine\n0 1 * * * backup\n', 'backup', '0 3 * * *') // '# mine\n0 3 * * * backup\n'
 */
export function editEntry(text: string, command: string, times: string | undefined): string {
  const lines = text.split(/(?<=\n)/)
  const isEntry = (line: string): boolean => ENTRY.exec(line.replace(/\n$/, ''))?.[2] === command
  const first = lines.findIndex(isEntry)
  if (times === undefined) return lines.filter(line => !isEntry(line)).join('')
  const entry = `${times} ${command}\n`
  if (first < 0) return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${entry}`
  const isSame = ENTRY.exec((lines[first] ?? '').replace(/\n$/, ''))?.[1]?.replace(/\s+/g, ' ') === times
  return lines.flatMap((line, at) => (at === first ? [isSame ? line : entry] : isEntry(line) ? [] : [line])).join('')
}
