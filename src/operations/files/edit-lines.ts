/** A line to look for: whole lines equal to a text, or those that match a pattern. */
export type LinePattern = string | RegExp

export interface LineEdit {
  readonly line: LinePattern
  readonly present: boolean
  readonly replace?: LinePattern | undefined
  readonly after?: LinePattern | undefined
  readonly before?: LinePattern | undefined
}

/**
 * A text with one line put in, replaced or taken out; see files.line. `undefined` stands for a file that is not there. Lines
 * keep their line ends; a last line without one stays so unless another follows.
 *
 * @example
 * editLines('a\nb\n', { line: 'B', present: true, replace: /^b/ }) // 'a\nB\n'
 */
export function editLines(text: string | undefined, edit: LineEdit): string | undefined {
  if (text === undefined) return edit.present && typeof edit.line === 'string' ? `${edit.line}\n` : undefined
  const lines = text.split(/(?<=\n)/).filter(Boolean)
  const edited = edit.present ? withLine(lines, edit) : lines.filter(line => !matches(line, edit.line))
  return edited.join('')
}

/** Lines carry their line ends, so that each keeps its own. */
function withLine(lines: readonly string[], { line, replace, after, before }: LineEdit): readonly string[] {
  if (typeof line !== 'string') return lines
  if (replace !== undefined && lines.some(held => matches(held, replace))) {
    return lines.map(held => (matches(held, replace) ? line + endOf(held) : held))
  }
  if (lines.some(held => matches(held, line))) return lines
  const place = placeOf(lines, after, before)
  const end = endOf(lines[0] ?? '') || '\n'
  const above = lines.slice(0, place).map(held => (endOf(held) ? held : held + end))
  return [...above, line + end, ...lines.slice(place)]
}

function placeOf(lines: readonly string[], after?: LinePattern, before?: LinePattern): number {
  if (after !== undefined) {
    const last = lines.findLastIndex(line => matches(line, after))
    return last === -1 ? lines.length : last + 1
  }
  const first = before === undefined ? -1 : lines.findIndex(line => matches(line, before))
  return first === -1 ? lines.length : first
}

function matches(line: string, pattern: LinePattern): boolean {
  const text = line.slice(0, line.length - endOf(line).length)
  // search, unlike test, does not remember where a pattern with the flag g stopped
  return typeof pattern === 'string' ? text === pattern : text.search(pattern) !== -1
}

function endOf(line: string): string {
  return /\r?\n$/.exec(line)?.[0] ?? ''
}
