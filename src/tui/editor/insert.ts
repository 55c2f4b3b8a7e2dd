import { innermost } from './brackets.js'
import { lineStart, settled } from './positions.js'
import { type EditorState, replace, selection } from './state.js'

const STEP = '  '

/** The stretch that what is typed replaces: the selection, or nothing at the cursor. */
const target = (state: EditorState) => selection(state) ?? { start: state.cursor, end: state.cursor }

/**
 * Types text at the cursor, over the selection where there is one. A closing bracket typed first on its line moves to the
 * indentation of the line that opened it.
 */
export function type(state: EditorState, text: string): EditorState {
  const { start, end } = target(state)
  if (/^[)\]}]$/.test(text) && start === end) {
    const from = lineStart(state.text, start)
    const opener = state.text.slice(from, start).trim() === '' ? innermost(state.text, start) : undefined
    if (opener !== undefined && start > from)
      return replace(state, { start: from, end, insert: indentationAt(state.text, opener) + text })
  }
  const joins = state.chain.kind === 'typing' && !(/\s$/.test(state.text.slice(0, start)) && /\S/.test(text))
  return replace(state, { start, end, insert: text, chain: { kind: 'typing' }, joins })
}

/** Inserts text as it is, as one change; line ends become `\n`. */
export function paste(state: EditorState, text: string): EditorState {
  return replace(state, { ...target(state), insert: text.replace(/\r\n?/g, '\n') })
}

/** Begins a new line, indented as the one it is broken from, by a step more behind an opening bracket. */
export function newline(state: EditorState): EditorState {
  const { start, end } = target(state)
  const line = state.text.slice(lineStart(state.text, start), start)
  const indentation = indentationAt(state.text, start).slice(0, line.length)
  const opener = /[([{]$/.exec(line.trimEnd())?.[0]
  const open =
    opener !== undefined && innermost(state.text, start) === lineStart(state.text, start) + line.trimEnd().length - 1
  if (!open) return replace(state, { start, end, insert: `\n${indentation}` })
  const inside = `\n${indentation}${STEP}`
  const closes = /^[^\S\n]*[)\]}]/.test(state.text.slice(end, end + 80))
  return replace(state, {
    start,
    end,
    insert: closes ? `${inside}\n${indentation}` : inside,
    cursor: start + inside.length,
  })
}

/** Indents the line of the cursor by a step. */
export function indent(state: EditorState): EditorState {
  const start = lineStart(state.text, state.cursor)
  return replace(state, { start, end: start, insert: STEP, cursor: state.cursor + STEP.length })
}

/** Takes a step of indentation off the line of the cursor. */
export function dedent(state: EditorState): EditorState {
  const start = lineStart(state.text, state.cursor)
  const blank = /^ {1,2}|^\t/.exec(state.text.slice(start))?.[0] ?? ''
  return replace(state, {
    start,
    end: start + blank.length,
    insert: '',
    cursor: Math.max(start, state.cursor - blank.length),
  })
}

/** Exchanges the whole text, as one change that can be undone. */
export function setText(state: EditorState, text: string, cursor = text.length): EditorState {
  return replace(state, { start: 0, end: state.text.length, insert: text, cursor: settled(text, cursor) })
}

/** The blanks that begin the line of a place. */
function indentationAt(text: string, at: number): string {
  return /^[^\S\n]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? ''
}
