import type { SessionPort } from '../../repl/protocol.js'
import { isHelpShown } from './at-cursor.js'
import { selectedItem } from './completion.js'
import { latestOnly } from './latest-only.js'
import type { Message } from './message.js'
import type { View } from './view.js'

/** Milliseconds of no typing after which a draft is looked at. */
const PAUSE = 150
/** The same for the selected completion. */
const DWELL = 80

/** Watches the draft and finds out what helps to write on. */
export interface Assistant {
  /** Told of every view. */
  look(view: View): void
  close(): void
}

/**
 * Asks about the draft when the typing pauses: the call around the cursor, what is wrong so far, what the selected completion is.
 * One question at a time; while it is under way only the latest draft waits.
 */
export function watchDraft(
  session: Pick<SessionPort, 'assist' | 'describe' | 'help'>,
  dispatch: (message: Message) => void,
): Assistant {
  const ask = latestOnly(async (view: View) => {
    const { revision, editor } = view.prompt
    const assist = await session.assist(editor.text, editor.cursor)
    dispatch({ kind: 'assisted', revision, assist })
  })
  const describe = latestOnly(async (view: View) => {
    const { revision, editor, completion } = view.prompt
    const item = completion && selectedItem(completion)
    if (!item) return
    const text = await session.describe(editor.text, editor.cursor, item.name)
    if (text !== undefined) dispatch({ kind: 'described', revision, name: item.name, text })
  })
  const explain = latestOnly(async (view: View) => {
    const { revision, editor } = view.prompt
    const help = await session.help(editor.text, editor.cursor)
    dispatch({ kind: 'explained', revision, help })
  })
  let pause: NodeJS.Timeout | undefined
  let reading: NodeJS.Timeout | undefined
  let explained = -1
  let dwell: NodeJS.Timeout | undefined
  let revision = 0
  let selected = ''
  return {
    look(view) {
      const { prompt } = view
      if (prompt.revision !== revision) {
        revision = prompt.revision
        clearTimeout(pause)
        const { text } = prompt.editor
        if (isCode(text)) pause = setTimeout(ask, PAUSE, view)
      }
      if (isHelpShown(view) && explained !== prompt.revision) {
        explained = prompt.revision
        clearTimeout(reading)
        if (isCode(prompt.editor.text)) reading = setTimeout(explain, PAUSE, view)
      }
      const item = prompt.completion && selectedItem(prompt.completion)
      const name = item && item.detail === undefined ? `${prompt.revision} ${item.name}` : ''
      if (name === selected) return
      selected = name
      clearTimeout(dwell)
      if (name !== '') dwell = setTimeout(describe, DWELL, view)
    },
    close() {
      clearTimeout(pause)
      clearTimeout(reading)
      clearTimeout(dwell)
    },
  }
}

const isCode = (text: string): boolean => text !== '' && !text.startsWith(':')
