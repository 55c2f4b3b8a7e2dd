/**
 * The lines, counted from 1, on which git began to mark a conflict that it could not merge.
 *
 * @see {@link https://git-scm.com/docs/git-merge#_how_conflicts_are_presented}
 */
export function conflictLines(text: string): number[] {
  const lines = text.split(/\r?\n/)
  return lines.flatMap((line, index) => {
    if (!/^<{7}(?: |$)/.test(line)) return []
    const rest = lines.slice(index + 1)
    const middle = rest.findIndex(each => /^={7}$/.test(each))
    const end = rest.findIndex(each => /^>{7}(?: |$)/.test(each))
    return middle >= 0 && end > middle ? [index + 1] : []
  })
}

/** One sentence about the conflicts of a file; `undefined` when it has none. */
export function conflictText(name: string, text: string): string | undefined {
  const lines = conflictLines(text)
  if (lines.length === 0) return undefined
  const where =
    lines.length === 1 ? `at line ${lines[0]}` : `at lines ${lines.slice(0, -1).join(', ')} and ${lines.at(-1)}`
  return `${name} holds a merge conflict that nobody has resolved, ${where}: edit it, keeping what shall stay of both sides, and open it again.`
}
