import type { CompletionView } from '../../repl/protocol.js'

/** The popup of what may stand at the cursor. */
export interface Completion {
  readonly items: readonly CompletionView[]
  readonly selected: number
  /** The person asked for it or moved in it: Enter takes the selected item. */
  readonly wanted: boolean
  /** What one of the items is, once that is known. */
  readonly about?: { readonly name: string; readonly text: string }
}

export function moveSelection(completion: Completion, by: number): Completion {
  const count = completion.items.length
  return count === 0 ? completion : { ...completion, selected: (completion.selected + by + count) % count }
}

export const selectedItem = ({ items, selected }: Completion): CompletionView | undefined => items[selected]
