import type { DisplayGroup } from '../../repl/protocol.js'
import { changeLines } from './change-lines.js'
import { hostLines } from './host-text.js'
import type { Theme } from './theme.js'

/** Lines of an answer shown at the first level of opening. */
export const ANSWER_ROWS = 8

/** What a group answered, line by line: the diffs of what was done, or the text. */
export function answerLines({ changes, text, cut }: DisplayGroup, theme: Theme): string[] {
  const lines = changes && changes.length > 0 ? changeLines(changes, theme) : text === '' ? [] : hostLines(text)
  return cut ? [...lines, theme.warning('… cut here: the journal has all of it')] : lines
}
