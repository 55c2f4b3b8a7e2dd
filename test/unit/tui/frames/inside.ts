/** What is inside the panes of a screen, row by row. */
export function panesOf(rows: readonly string[]): string[][] {
  return rows.flatMap((row, y) =>
    [...row.matchAll(/[┌┏][^┐┓]*[┐┓]/g)].map(({ index: left, 0: top }) => {
      const bottom = rows.findIndex((each, at) => at > y && /[└┗]/.test(each.charAt(left)))
      return rows
        .slice(y + 1, bottom < 0 ? rows.length : bottom)
        .map(each => each.slice(left + 2, left + top.length - 2).padEnd(top.length - 4))
    }),
  )
}

/**
 * Words that go on in the next row of a pane though it has room for all of them.
 *
 * @param words what there is of words, whole
 */
export function brokenWords(pane: readonly string[], words: ReadonlySet<string>): string[] {
  return pane.flatMap((row, at) => {
    const next = pane[at + 1] ?? ''
    const [, head = ''] = /(\S+)$/.exec(row) ?? []
    const [, indent = '', rest = ''] = /^( *)(\S+)/.exec(next) ?? []
    return head !== '' &&
      rest !== '' &&
      words.has(head + rest) &&
      head.length + rest.length <= row.length - indent.length
      ? [`${row}|${next}`]
      : []
  })
}
