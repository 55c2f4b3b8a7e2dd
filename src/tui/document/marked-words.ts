import { diffWordsWithSpace } from 'diff'
import type { Paint, Theme } from './theme.js'

/** Characters of a line beyond which it is not compared word by word. */
const LONGEST = 1000

/**
 * A line before and after, with sign and colour, the words that differ underlined.
 *
 * @param before without control sequences, as `after` is
 */
export function markedWords(before: string, after: string, theme: Theme): readonly [before: string, after: string] {
  if (before.length + after.length > LONGEST) return [theme.removed(`- ${before}`), theme.added(`+ ${after}`)]
  const words = diffWordsWithSpace(before, after)
  const side = (of: 'removed' | 'added', paint: Paint) =>
    words
      .filter(part => part[of] || (!part.added && !part.removed))
      .map(part => paint(part[of] ? theme.underlined(part.value) : part.value))
      .join('')
  return [theme.removed('- ') + side('removed', theme.removed), theme.added('+ ') + side('added', theme.added)]
}
