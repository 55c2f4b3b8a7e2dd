import { nodeSet } from '../document/group-row.js'
import { isRunning } from './entry.js'
import type { Next } from './next.js'
import { startCommand } from './notebook.js'
import { submitted } from './prompt.js'
import type { View } from './view.js'

const QUIT = 'quit'

/**
 * Ends the session, unless something would be lost by that which only the screen knows of: then it says what. The kernel, which is
 * asked, knows of the rest.
 *
 * @param sure whatever runs may end
 */
export function quit(view: View, sure: boolean): Next {
  const typed = { ...view, prompt: submitted(view.prompt), cells: { cursor: undefined, top: 'end' as const } }
  // before the session is open there is nothing to lose, nor anybody to ask
  if (sure || view.session.name === '') return { view: typed, effects: [{ kind: QUIT }] }
  const lost = lostByLeaving(view)
  if (lost !== '') return { view: { ...typed, notice: `${lost} :quit! leaves all the same.` }, effects: [] }
  const notebook = startCommand(view.notebook, QUIT, view.now)
  return {
    view: { ...typed, notebook, notice: 'Leaving … :quit! does not wait.' },
    effects: [{ kind: 'command', line: QUIT, entry: notebook.lastId }],
  }
}

/** What runs or waits and would not be done, in a sentence or two; empty when there is nothing. */
export function lostByLeaving({ notebook, approvals, prompt }: View): string {
  const busy = notebook.entries.findLast(entry => isRunning(entry) && entry.source !== QUIT)
  const on = [...new Set([...(busy?.steps.values() ?? [])].flatMap(({ running }) => [...running]))]
  const where = on.length === 0 ? '' : ` on ${nodeSet(on)}`
  const queued = prompt.queue.length
  return [
    ...(approvals.length > 0 ? ['A plan waits for you: nothing of it would be applied.'] : []),
    ...(busy && approvals.length === 0
      ? [
          `${busy.cell === undefined ? `:${busy.source}` : `Cell ${busy.cell}`} still runs${where}: it would be cut off.`,
        ]
      : []),
    ...(queued > 0 ? [`${queued === 1 ? 'A cell waits' : `${queued} cells wait`} behind it.`] : []),
  ].join(' ')
}
