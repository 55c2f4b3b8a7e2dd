import { dedent, indent, newline } from './insert.js'
import { copy, cut, erase, kill, transpose, yank, yankPop } from './kill.js'
import { type Motion, move } from './motion.js'
import { type EditorState, NO_CHAIN, redo, selection, undo } from './state.js'
import { changeCase, removeBlanks, transposeWords } from './words.js'

type Command = (state: EditorState) => EditorState

const motion =
  (to: Motion, select = false): Command =>
  state =>
    move(state, to, select)

/** Everything a key can do to the text, by name. Keymaps bind these. */
export const EDITOR_COMMANDS = {
  'move-left': motion('left'),
  'move-right': motion('right'),
  'move-word-left': motion('word-left'),
  'move-word-right': motion('word-right'),
  'move-line-start': motion('line-start'),
  'move-line-end': motion('line-end'),
  'move-up': motion('up'),
  'move-down': motion('down'),
  'move-text-start': motion('text-start'),
  'move-text-end': motion('text-end'),
  'select-left': motion('left', true),
  'select-right': motion('right', true),
  'select-word-left': motion('word-left', true),
  'select-word-right': motion('word-right', true),
  'select-line-start': motion('line-start', true),
  'select-line-end': motion('line-end', true),
  'select-up': motion('up', true),
  'select-down': motion('down', true),
  'select-text-start': motion('text-start', true),
  'select-text-end': motion('text-end', true),
  'set-mark': state => ({ ...state, anchor: state.cursor, marked: true, chain: NO_CHAIN }),
  'clear-mark': state => ({ ...state, anchor: undefined, marked: false }),
  'exchange-mark': state =>
    state.anchor === undefined ? state : { ...state, cursor: state.anchor, anchor: state.cursor, marked: true },
  newline,
  indent,
  dedent,
  'delete-left': state => erase(state, 'left'),
  'delete-right': state => erase(state, 'right'),
  'kill-word-left': state => kill(state, 'word-left'),
  'kill-word-right': state => kill(state, 'word-right'),
  // what is selected goes first, as in emacs
  'kill-blank-word-left': state => (selection(state) ? cut(state) : kill(state, 'blank-word-left')),
  'kill-line-start': state => kill(state, 'line-start'),
  'kill-line-end': state => kill(state, 'line-end'),
  'kill-text': state => kill(state, 'text'),
  cut,
  copy,
  yank,
  'yank-pop': yankPop,
  transpose,
  'transpose-words': transposeWords,
  'upper-case-word': state => changeCase(state, 'upper'),
  'lower-case-word': state => changeCase(state, 'lower'),
  'capitalise-word': state => changeCase(state, 'capital'),
  'remove-blanks': removeBlanks,
  undo,
  redo,
} as const satisfies Readonly<Record<string, Command>>

export type EditorCommand = keyof typeof EDITOR_COMMANDS

export function isEditorCommand(name: string): name is EditorCommand {
  return Object.hasOwn(EDITOR_COMMANDS, name)
}
