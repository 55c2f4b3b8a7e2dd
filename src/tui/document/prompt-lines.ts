import type { Problem } from '../../repl/protocol.js'
import { isComplete } from '../editor/complete.js'
import { SourceScanner } from '../editor/source.js'
import { visualRange } from '../editor/vi/visual.js'
import { heightOf, type Mark, viewEditor } from '../editor/view.js'
import type { Position } from '../screen/frame.js'
import type { CellPlace } from '../state/cell-place.js'
import { type Keymap, keyFor, keySaid } from '../state/keymap.js'
import type { Notebook } from '../state/notebook.js'
import { problemMeant } from '../state/problems.js'
import { offsetOf } from '../state/prompt.js'
import type { AskedQuestion } from '../state/question.js'
import type { Prompt, View } from '../state/view.js'
import { keyLabel } from '../text/key-label.js'
import { truncate, widthOf } from '../text/width.js'
import { nodeSet } from './group-row.js'
import { codeLine, focusText, hostLine } from './host-text.js'
import { problemRows } from './problem-rows.js'
import { type Theme, themeFor } from './theme.js'
import { wrap } from './wrap.js'

/** The prompt's rows, and where the cursor stands in them. */
export interface PromptLines {
  readonly rows: readonly string[]
  /** Cell of the cursor. */
  readonly cursor: Position
}

/** Rows of the prompt when it has all it wants. */
export function promptHeight(view: View): number {
  return heightOf(view.prompt.editor) + questionHeight(view) + sayingRows(view, PLAIN).length
}

const questionHeight = ({ questions: [asked] }: View) => (asked ? (asked.question.kind === 'hostkey' ? 2 : 1) : 0)

/** The question that waits, what is being typed, and what there is to say about it. */
export function promptLines(view: View, height: number, theme: Theme): PromptLines {
  const { cols } = view.size
  const question = view.questions[0]
  const asked = question ? questionRows(question, view, theme) : []
  const below = sayingRows(view, theme).map(row => ` ${truncate(row, cols - 2, '…')}`)
  const draft = draftRows(view, theme, draftArea(view, height))
  const rows = [...asked, ...draft.rows, ...below]
  if (question && view.active === 'question')
    return { rows, cursor: { x: Math.min(cols - 1, widthOf(asked.at(-1) ?? '')), y: asked.length - 1 } }
  return { rows, cursor: { x: draft.cursor.x, y: draft.cursor.y + asked.length } }
}

const PLAIN = themeFor(false)

/** One scanner for the one prompt there is: a line is scanned when it is typed, not when it is drawn. */
const scanner = new SourceScanner()

/** Where the draft is among the prompt's rows. */
export interface DraftArea {
  /** Rows above it. */
  readonly top: number
  readonly height: number
  /** Columns, those before the text included. */
  readonly width: number
  /** Columns before the text. */
  readonly promptWidth: number
}

/** @param height rows of the whole prompt */
export function draftArea(view: View, height: number): DraftArea {
  const top = questionHeight(view)
  return {
    top,
    height: Math.max(1, height - top - sayingRows(view, PLAIN).length),
    width: view.size.cols,
    promptWidth: widthOf(labelOf(view)) + 2,
  }
}

function labelOf({ session: { focus } }: View): string {
  return ` ${focusText(focus.pattern)} ${focus.hosts.length} `
}

function draftRows(view: View, theme: Theme, { width, height, promptWidth }: DraftArea): PromptLines {
  const { prompt, active } = view
  const label = labelOf(view)
  const lead = active === 'prompt' ? theme.accent(theme.strong(label)) : theme.faint(label)
  const { text } = prompt.editor
  const marks = [...prompt.problems.map(problem => markOf(text, problem)), ...marksSoFar(prompt)]
  return viewEditor(prompt.editor, scanner, {
    width,
    height,
    prompt: `${lead}${theme.accent('›')} `,
    continuation: theme.faint('· '.padStart(promptWidth)),
    promptWidth,
    theme: theme.editor,
    scroll: prompt.scroll,
    selected: prompt.vi && visualRange(prompt.editor, prompt.vi),
    marks,
  })
}

function markOf(text: string, problem: Problem): Mark {
  const start = offsetOf(text, problem)
  return { kind: 'error', start, end: start + Math.max(1, problem.length) }
}

/** What is wrong with a draft that is still being written; not what the cursor is at, for that may be half a word. */
function marksSoFar({ editor: { text, cursor }, assist, problems }: Prompt): Mark[] {
  if (problems.length > 0 || !assist || !isComplete(text)) return []
  return assist.problems
    .map(problem => markOf(text, problem))
    .filter(({ start, end }) => cursor < start || cursor > end)
}

function sayingRows(view: View, theme: Theme): string[] {
  return [...aboutDraft(view, theme), ...waitingRows(view, theme)]
}

/** What was entered and has not been run yet. */
function waitingRows({ prompt: { queue, held }, keymap }: View, theme: Theme): string[] {
  const [next, ...more] = queue
  const rows: string[] = []
  if (next) {
    const others = more.length > 0 ? `  and ${more.length} more` : ''
    const what = next.asked ? 'checking types of' : 'queued:'
    rows.push(
      `${theme.faint(what)} ${inShort(next.source)}${theme.faint(`${others}  ${keySaid(keymap, 'everywhere', 'interrupt')}: not to be run`)}`,
    )
  }
  if (held !== '') rows.push(`${theme.faint('comes back after this:')} ${inShort(held)}`)
  return rows
}

const inShort = (source: string): string => truncate(codeLine(source).replace(/\s+/g, ' '), 48, '…')

function aboutDraft(view: View, theme: Theme): string[] {
  const { prompt, notice, notebook, keymap, size } = view
  const width = size.cols - 2
  if (prompt.problems.length > 0) {
    const fix = problemMeant(prompt)?.fix
    const offered = fix
      ? `${theme.accent(keyFor(keymap, 'prompt', 'fix'))} ${theme.faint(`${hostLine(fix.title)} · `)}`
      : ''
    const keys = `${offered}${theme.faint(`${keyFor(keymap, 'prompt', 'run anyway')} runs it anyway`)}`
    const help = keymap.bindings.find(({ context, action }) => context === 'everywhere' && action === 'help')
    const seeAll = `${help ? keyLabel(help.keys.at(-1) ?? '', keymap.signs) : ':help'} shows all`
    return problemRows(prompt.problems, { width, most: mostSaid(view), keys, seeAll }, theme)
  }
  if (prompt.checking) return [theme.faint('checking types …')]
  if (notice !== '') return wrap(hostLine(notice), width).slice(0, mostSaid(view)).map(theme.warning)
  return prompt.place ? [placeRow(prompt.place, notebook, keymap, theme)] : []
}

/** Rows that what is said about a draft may take. */
const mostSaid = ({ size }: View): number => Math.max(2, Math.floor(size.rows / 6))

function placeRow({ beside, where }: CellPlace, { entries }: Notebook, keymap: Keymap, theme: Theme): string {
  const cell = entries.find(({ id }) => id === beside)?.cell
  const what = where === 'instead' ? 'in the place of' : where
  return theme.faint(
    `goes ${what} ${cell === undefined ? 'the row chosen' : `[${cell}]`} · ${keyFor(keymap, 'prompt', 'close')}: at the end`,
  )
}

function questionRows(asked: AskedQuestion, { active, size, questions, keymap }: View, theme: Theme): string[] {
  const { question, typed } = asked
  const here = active === 'question'
  const more = questions.length > 1 ? theme.faint(`  (${questions.length - 1} more after it)`) : ''
  const mark = ` ${theme.warning(theme.strong('?'))} `
  const elsewhere = `${theme.faint('  waits: ')}${theme.accent(keyFor(keymap, 'everywhere', 'answer'))}${theme.faint(' to answer')}`
  if (question.kind === 'hostkey') {
    const also = question.otherNames.length > 0 ? ` Also known as ${hostLine(question.otherNames.join(' '))}.` : ''
    const sentence = `${nodeSet(question.hosts)} (${hostLine(question.address)}) is not known. ${hostLine(question.keyType)} key ${theme.strong(hostLine(question.fingerprint))}${also}`
    const keys = here
      ? `${theme.accent(keyFor(keymap, 'question', 'yes'))} trust and remember it  ${theme.accent(keyFor(keymap, 'question', 'no'))} refuse `
      : elsewhere
    return [`${mark}${truncate(sentence, size.cols - 4, '…')}${more}`, `   ${keys}`]
  }
  const hosts = truncate(nodeSet(question.hosts), Math.floor(size.cols / 3), '…')
  const again = question.retry ? theme.bad('That was wrong. ') : ''
  const dots = '•'.repeat(Math.min([...typed].length, 24))
  const sentence = `${mark}${again}${theme.strong(hostLine(question.prompt))} ${theme.faint(`for ${hosts}`)}${more}`
  const answer = `: ${here ? dots : elsewhere}`
  return [`${truncate(sentence, size.cols - 2 - Math.max(Math.floor(size.cols / 5), widthOf(answer)), '…')}${answer}`]
}
