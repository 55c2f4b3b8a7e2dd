import { promptLines } from '../document/prompt-lines.js'
import type { Theme } from '../document/theme.js'
import type { Position } from '../screen/frame.js'
import type { View } from '../state/view.js'

export interface PromptPane {
  readonly rows: readonly string[]
  /** Where the cursor stands, while the prompt or a question has the keys. */
  readonly cursor: Position | undefined
}

export function promptPane(view: View, height: number, theme: Theme): PromptPane {
  const { rows, cursor } = promptLines(view, height, theme)
  const types =
    view.active === 'prompt' || (view.active === 'question' && view.questions[0]?.question.kind === 'secret')
  return { rows, cursor: types ? { x: Math.min(cursor.x, view.size.cols - 1), y: cursor.y } : undefined }
}
