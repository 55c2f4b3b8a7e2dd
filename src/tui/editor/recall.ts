/** Walking through earlier entries with ↑ and ↓. */
export interface Recall {
  /** What was typed before the walk began: only entries that begin with it are shown, and it comes back at the end. */
  readonly draft: string
  /** Index of the entry shown. */
  readonly at: number
  readonly text: string
}

/**
 * The next older entry that begins with what was typed.
 *
 * @param entries oldest first
 * @param recall the walk so far; `undefined` to begin one
 * @param text the text in the editor; a walk whose text was edited since ends, and another begins
 * @returns `undefined` when there is no older entry
 * @example
 * older(['ls', 'df', 'ls -l'], undefined, 'ls') // { draft: 'ls', at: 2, text: 'ls -l' }
 */
export function older(entries: readonly string[], recall: Recall | undefined, text: string): Recall | undefined {
  const walk = recall?.text === text ? recall : undefined
  const draft = walk?.draft ?? text
  for (let at = (walk?.at ?? entries.length) - 1; at >= 0; at--) {
    const entry = entries[at] ?? ''
    if (entry !== text && entry !== draft && entry.startsWith(draft)) return { draft, at, text: entry }
  }
  return undefined
}

/**
 * The next newer entry of a walk, at its end the draft.
 *
 * @returns `undefined` when there is no walk to go on with
 */
export function newer(
  entries: readonly string[],
  recall: Recall | undefined,
  text: string,
): Recall | { readonly draft: string } | undefined {
  if (recall?.text !== text) return undefined
  const { draft } = recall
  for (let at = recall.at + 1; at < entries.length; at++) {
    const entry = entries[at] ?? ''
    if (entry !== text && entry !== draft && entry.startsWith(draft)) return { draft, at, text: entry }
  }
  return { draft }
}
