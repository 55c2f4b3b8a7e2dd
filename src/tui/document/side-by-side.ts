import { type ChangeObject, diffLines } from 'diff'
import { MOST_EDITS } from '../../engine/plan/render-diff.js'
import { pad } from '../text/width.js'
import { configColour } from './config-colour.js'
import { hostLine } from './host-text.js'
import { markedWords } from './marked-words.js'
import type { Theme } from './theme.js'

/** Columns below which the two texts would be read worse side by side than one below the other. */
const NARROWEST = 90
/** Unchanged lines kept around what differs. */
const CONTEXT = 3
/** Characters of both texts beyond which lines are not compared word by word. */
const MOST = 200_000

interface Pair {
  readonly before?: string
  readonly after?: string
  readonly same: boolean
}

/**
 * Two texts beside each other, equal lines at the same height, the words that differ underlined.
 *
 * @returns nothing where there is too little room for it, or they have too little alike
 */
export function sideBySide(before: string, after: string, width: number, theme: Theme): readonly string[] | undefined {
  if (width < NARROWEST || before.length + after.length > MOST) return undefined
  const half = Math.floor((width - 3) / 2)
  const parts = diffLines(before, after, { maxEditLength: MOST_EDITS })
  return (
    parts &&
    visible(pairsOf(parts)).map(pair => {
      if (pair === 'gap') return theme.hunk('⋯'.padStart(half))
      const [left, right] = sidesOf(pair, theme)
      return `${pad(left, half, 'left', '…')} ${theme.faint('│')} ${pad(right, half, 'left', '…')}`.trimEnd()
    })
  )
}

function pairsOf(parts: readonly ChangeObject<string>[]): Pair[] {
  return parts.flatMap((part, index): Pair[] => {
    const lines = linesOf(part.value)
    if (!part.added && !part.removed) return lines.map(line => ({ before: line, after: line, same: true }))
    if (part.added && parts[index - 1]?.removed) return []
    const next = part.removed && parts[index + 1]?.added ? linesOf(parts[index + 1]?.value ?? '') : []
    const [left, right] = part.removed ? [lines, next] : [[], lines]
    return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => ({
      ...(left[row] === undefined ? {} : { before: left[row] }),
      ...(right[row] === undefined ? {} : { after: right[row] }),
      same: false,
    }))
  })
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n').map(hostLine)

/** Lines near what differs; a gap for those between. */
function visible(pairs: readonly Pair[]): (Pair | 'gap')[] {
  const near = (at: number) => pairs.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ same }) => !same)
  return pairs.flatMap((pair, at): (Pair | 'gap')[] => {
    if (near(at)) return [pair]
    return near(at - 1) && at > 0 ? ['gap'] : []
  })
}

function sidesOf({ before, after, same }: Pair, theme: Theme): readonly [string, string] {
  if (same) return [`  ${configColour(before ?? '', theme)}`, `  ${configColour(after ?? '', theme)}`]
  if (before === undefined || after === undefined)
    return [
      before === undefined ? '' : theme.removed(`- ${before}`),
      after === undefined ? '' : theme.added(`+ ${after}`),
    ]
  return markedWords(before, after, theme)
}
