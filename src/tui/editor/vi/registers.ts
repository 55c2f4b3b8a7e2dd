import { withKill } from '../kill.js'
import { after, before, lineEnd, lineStart } from '../positions.js'
import { type EditorState, replace } from '../state.js'
import { firstInk } from './motions.js'
import type { Register, Vi } from './state.js'

const UNNAMED = '"'
const YANKED = '0'
const NOWHERE = '_'

export interface Held {
  readonly editor: EditorState
  readonly vi: Vi
}

/** Keeps a text in the unnamed register, which is the newest of the kill ring, and in the one named; a capital adds to it. */
export function keep({ editor, vi }: Held, taken: Register, name: string | undefined, yanked: boolean): Held {
  if (name === NOWHERE || taken.text === '') return { editor, vi }
  const registers = new Map(vi.registers).set(UNNAMED, taken)
  if (yanked) registers.set(YANKED, taken)
  if (name !== undefined && name !== UNNAMED) {
    const own = name.toLowerCase()
    const old = name === own ? undefined : registers.get(own)
    registers.set(own, old ? added(old, taken) : taken)
  }
  return { editor: withKill(editor, taken.text), vi: { ...vi, registers } }
}

function added(old: Register, taken: Register): Register {
  const linewise = old.linewise || taken.linewise
  const lines = (text: string) => (linewise && !text.endsWith('\n') ? `${text}\n` : text)
  return { text: lines(old.text) + lines(taken.text), linewise }
}

/** What `p` puts: what was killed by a key of emacs last is in the unnamed register as well. */
export function registerOf({ editor, vi }: Held, name = UNNAMED): Register | undefined {
  if (name === NOWHERE) return undefined
  const kept = vi.registers.get(name.toLowerCase())
  if (name !== UNNAMED) return kept
  const killed = editor.kills.at(-1)
  return killed === undefined || killed === kept?.text ? kept : { text: killed, linewise: false }
}

/** Puts a register's text behind the cursor, or before it. */
export function put(state: EditorState, register: Register, where: 'behind' | 'before', count: number): EditorState {
  const { text, cursor } = state
  const insert = register.text.repeat(count)
  if (register.linewise) {
    const end = lineEnd(text, cursor)
    const at = where === 'before' ? lineStart(text, cursor) : end
    const lines = where === 'before' ? insert : `\n${insert.slice(0, -1)}`
    const next = replace(state, { start: at, end: at, insert: lines })
    return { ...next, cursor: firstInk(next.text, where === 'before' ? at : at + 1) }
  }
  const at = where === 'before' || cursor === lineEnd(text, cursor) ? cursor : after(text, cursor)
  const next = replace(state, { start: at, end: at, insert })
  const cursorAt = insert.includes('\n') ? at : before(next.text, at + insert.length)
  return { ...next, cursor: Math.max(at, cursorAt) }
}
