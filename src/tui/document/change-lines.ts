import type { ChangeView } from '../../engine/events.js'
import type { DiffCount, DiffLine } from '../../engine/plan/diff.js'
import { diffCount, diffLines } from '../../engine/plan/render-diff.js'
import { configColour } from './config-colour.js'
import { hostLine } from './host-text.js'
import { markedWords } from './marked-words.js'
import type { Theme } from './theme.js'

const counts = new WeakMap<ChangeView, DiffCount>()

/** How much changes add and take away. Comparing two texts takes time, so each change is counted once. */
export function countOf(changes: readonly ChangeView[]): DiffCount {
  let [added, removed] = [0, 0]
  for (const change of changes) {
    const count = counts.get(change) ?? diffCount(change.diff)
    counts.set(change, count)
    added += count.added
    removed += count.removed
  }
  return { added, removed }
}

/** `+1 −1` */
export function countText(changes: readonly ChangeView[], theme: Theme): string {
  const { added, removed } = countOf(changes)
  return `${theme.added(`+${added}`)} ${theme.removed(`−${removed}`)}`
}

/** What changes are about: the one thing, or how many. */
export function subjectOf(changes: readonly ChangeView[]): string {
  const subjects = [...new Set(changes.map(change => change.diff.subject))]
  return subjects.length === 1 ? hostLine(subjects[0] ?? '') : `${subjects.length} things`
}

const drawn = new WeakMap<ChangeView, { readonly theme: Theme; readonly lines: readonly string[] }>()

/** Changes with their diffs: sign, colour and text; what cannot be undone is said before the diff. */
export function changeLines(changes: readonly ChangeView[], theme: Theme): string[] {
  return changes.flatMap(change => {
    const known = drawn.get(change)
    if (known?.theme === theme) return known.lines
    const lines = linesOf(change, theme)
    drawn.set(change, { theme, lines })
    return lines
  })
}

/** Lines of one diff that are drawn; the rest is in the journal. */
const MOST = 2000

function linesOf({ summary, irreversible, imperative, diff }: ChangeView, theme: Theme): string[] {
  const lines = diffLines(diff)
  return [
    theme.strong(hostLine(summary)),
    ...(irreversible === undefined ? [] : [theme.bad(`! cannot be undone: ${hostLine(irreversible)}`)]),
    ...(imperative ? [theme.warning('! runs every time: whether it changes anything is not known before')] : []),
    ...diffTexts(lines.slice(0, MOST), theme),
    ...(lines.length > MOST ? [theme.faint(`… ${lines.length - MOST} more lines`)] : []),
  ]
}

/** Lines that stand for each other, as many removed as added after them, are compared word by word. */
function diffTexts(lines: readonly DiffLine[], theme: Theme): string[] {
  const texts: string[] = []
  for (let at = 0; at < lines.length; ) {
    const removed = runOf(lines, at, '-')
    const added = runOf(lines, at + removed, '+')
    const [before, after] = [lines.slice(at, at + removed), lines.slice(at + removed, at + removed + added)]
    if (removed > 0 && removed === added) {
      const pairs = before.map(({ text }, index) =>
        markedWords(hostLine(text), hostLine(after[index]?.text ?? ''), theme),
      )
      texts.push(...pairs.map(([old]) => old), ...pairs.map(([, fresh]) => fresh))
      at += removed + added
    } else {
      const whole = lines.slice(at, at + Math.max(1, removed))
      texts.push(...whole.map(line => diffText(line, theme)))
      at += whole.length
    }
  }
  return texts
}

/** How many lines with a sign follow each other. */
function runOf(lines: readonly DiffLine[], start: number, sign: DiffLine['sign']): number {
  let end = start
  while (lines[end]?.sign === sign) end += 1
  return end - start
}

function diffText({ sign, text }: DiffLine, theme: Theme): string {
  const line = hostLine(text)
  switch (sign) {
    case '+':
      return theme.added(`+ ${line}`)
    case '-':
      return theme.removed(`- ${line}`)
    case '@':
      return theme.hunk(`@@ ${line} @@`)
    case '!':
      return theme.warning(`! ${line}`)
    case ' ':
      return `  ${configColour(line, theme)}`
  }
}
