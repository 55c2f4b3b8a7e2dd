import type { Edit } from '../state.js'
import type { Command } from './grammar.js'

/** `replace` types over what is there. */
export type ViMode = 'insert' | 'normal' | 'visual' | 'visual-line' | 'replace'

/** A text that was taken, of whole lines or of characters. */
export interface Register {
  readonly text: string
  readonly linewise: boolean
}

/** A search of the line for a character, for `;` and `,`. */
export interface Find {
  readonly key: 'f' | 'F' | 't' | 'T'
  readonly character: string
}

/** A change that `.` makes again. */
export interface Change {
  readonly command: Command
  /** What was typed in its insert mode. */
  readonly typed: string
  /** What a command of visual mode was for, in lines or in characters from the cursor on. */
  readonly extent?: { readonly linewise: boolean; readonly count: number }
}

/** What began the insert mode one is in. */
export interface Insertion {
  /** Newest edits before the command and before the typing: what came since is one step to undo, what was typed is typed again. */
  readonly beforeCommand: Edit | undefined
  readonly beforeTyping: Edit | undefined
  /** Left out where insert mode was not entered by a command: at the beginning of a draft. */
  readonly change?: Omit<Change, 'typed'>
}

/** vi's side of the editor. */
export interface Vi {
  readonly mode: ViMode
  /** Keys of a command that is not complete. */
  readonly keys: readonly string[]
  /** The other end of visual mode's selection. */
  readonly anchor: number
  readonly find: Find | undefined
  readonly last: Change | undefined
  readonly insertion: Insertion
  readonly registers: ReadonlyMap<string, Register>
}

/** vi at the beginning of a draft: typing, as in readline. */
export const VI: Vi = {
  mode: 'insert',
  keys: [],
  anchor: 0,
  find: undefined,
  last: undefined,
  insertion: { beforeCommand: undefined, beforeTyping: undefined },
  registers: new Map(),
}

/** Whether what is typed goes into the text. */
export const isTyping = ({ mode }: Vi): boolean => mode === 'insert' || mode === 'replace'
export const isVisual = ({ mode }: Vi): boolean => mode === 'visual' || mode === 'visual-line'
