import { setText } from '../editor/insert.js'
import type { Message } from './message.js'
import type { Next } from './next.js'
import { running } from './notebook.js'
import { submitted, withEditor, withProblems } from './prompt.js'
import { withoutStopping } from './stopping.js'
import type { Entered, Prompt, View } from './view.js'

const only = (view: View): Next => ({ view, effects: [] })

const AT_END = { cursor: undefined, top: 'end' } as const

/** Whether a cell runs, or is on its way to the kernel: what is entered now waits. */
export const isBusy = ({ prompt, notebook }: View): boolean =>
  prompt.sent || prompt.queue.length > 0 || running(notebook)?.cell !== undefined

/** Sends the draft, to the place that was chosen for it. */
export function enterDraft(view: View, force: boolean): Next {
  const { prompt } = view
  const next = { ...view, prompt: { ...submitted(prompt), place: undefined } }
  return enter(next, { source: prompt.editor.text, force, place: prompt.place })
}

/** Sends a cell, behind those that were entered before it. */
export function enter(view: View, cell: Omit<Entered, 'asked'>): Next {
  if (!isBusy(view)) return send(view, cell)
  const queue = [...view.prompt.queue, { ...cell, asked: false }]
  return only({ ...view, prompt: { ...view.prompt, queue }, cells: AT_END })
}

function send(view: View, { source, force, place }: Omit<Entered, 'asked'>): Next {
  return {
    view: { ...view, prompt: { ...view.prompt, sent: true, sentTo: place }, cells: AT_END },
    effects: [{ kind: 'run', source, force }],
  }
}

/** The draft whose types are being checked goes on by itself; what is typed now is the one after it. */
export function nextDraft(view: View): View {
  const { prompt } = view
  if (!prompt.checking) return view
  const entered = { source: prompt.editor.text, force: false, asked: true, place: prompt.place }
  return { ...view, prompt: { ...submitted(prompt), place: undefined, queue: [entered] } }
}

/** Without type errors an entered draft is sent; with some it stays in the prompt, or comes back to it. One changed meanwhile is another. */
export function checked(view: View, { source, problems }: Extract<Message, { kind: 'checked' }>): Next {
  const { prompt } = view
  if (prompt.checking && prompt.editor.text === source) {
    if (problems.length > 0) return only({ ...view, prompt: withProblems(prompt, problems) })
    return enterDraft(view, false)
  }
  const [first, ...queue] = prompt.queue
  if (!first?.asked || first.source !== source) return only(view)
  if (problems.length === 0) return send({ ...view, prompt: { ...prompt, queue } }, first)
  const back = { ...view, prompt: withProblems(comeBack(prompt, first), problems) }
  return only(dropped(back, queue, 'the one before them has type errors'))
}

/** A draft that was sent off is in the prompt again; what was typed since comes back after it. */
function comeBack(prompt: Prompt, { source, place }: Entered): Prompt {
  const typed = prompt.editor.text
  const held = typed.trim() === '' ? prompt.held : typed
  return { ...withEditor(prompt, setText(prompt.editor, source)), completion: undefined, queue: [], held, place }
}

/** A cell has ended. After one that failed, those entered behind it are not run: they were meant to follow its success. */
export function ran(view: View, { end }: Extract<Message, { kind: 'ran' }>): View {
  const ended = { ...view, notice: withoutStopping(view.notice), prompt: { ...view.prompt, sent: false } }
  if (end === 'ok') return ended
  return dropped(
    ended,
    ended.prompt.queue,
    end === 'interrupted' ? 'the one before them was stopped' : 'the one before them failed',
  )
}

/** Takes entered drafts back, and says so. */
export function dropped(view: View, queue: readonly Entered[], why: string): View {
  const left = { ...view, prompt: { ...view.prompt, queue: [] } }
  if (queue.length === 0) return left
  const what = queue.length === 1 ? 'The cell that waited was' : `The ${queue.length} cells that waited were`
  return { ...left, notice: `${what} not run, since ${why}: ↑ brings ${queue.length === 1 ? 'it' : 'them'} back.` }
}

/** The next entered draft has its turn once nothing runs. */
export function advanced({ view, effects }: Next): Next {
  const [next, ...rest] = view.prompt.queue
  if (!next || next.asked || view.prompt.sent || running(view.notebook)?.cell !== undefined) return { view, effects }
  if (next.force) {
    const sent = send({ ...view, prompt: { ...view.prompt, queue: rest } }, next)
    return { view: sent.view, effects: [...effects, ...sent.effects] }
  }
  const queue = [{ ...next, asked: true }, ...rest]
  return {
    view: { ...view, prompt: { ...view.prompt, queue } },
    effects: [...effects, { kind: 'check', source: next.source }],
  }
}
