import type { EditorCommand } from './editor/commands.js'

/** Where the focus is. A key is looked up in the innermost context that binds it. */
export type KeyContext = 'global' | 'prompt' | 'hosts' | 'cells' | 'details' | 'approval' | 'list'

/** Everything a key can do. */
export type Action =
  | EditorCommand
  | 'run'
  | 'complete'
  | 'recall-older'
  | 'recall-newer'
  | 'search-history'
  | 'open-editor'
  | 'interrupt'
  | 'quit'
  | 'suspend'
  | 'palette'
  | 'show-keys'
  | 'redraw'
  | 'next-pane'
  | 'previous-pane'
  | 'next-tab'
  | 'previous-tab'
  | 'focus-prompt'
  | 'maximise'
  | 'scroll-up'
  | 'scroll-down'
  | 'page-up'
  | 'page-down'
  | 'go-first'
  | 'go-last'
  | 'open'
  | 'fold'
  | 'unfold'
  | 'mark'
  | 'focus-here'
  | 'filter'
  | 'refresh'
  | 'approve-all'
  | 'approve-group'
  | 'decline'
  | 'show-diff'
  | 'rerun'
  | 'edit-cell'
  | 'cancel'

export interface Binding {
  /** Key sequences, each as chords separated by blanks: `ctrl-x ctrl-e`. The first one is shown in help. */
  readonly keys: readonly string[]
  readonly action: Action
  /** For the key help: a verb and its object. */
  readonly help: string
}

export type Keymap = Readonly<Record<KeyContext, readonly Binding[]>>

const bind = (action: Action, help: string, ...keys: readonly string[]): Binding => ({ action, help, keys })

const MOVING: readonly Binding[] = [
  bind('scroll-up', 'go up', 'up', 'k'),
  bind('scroll-down', 'go down', 'down', 'j'),
  bind('page-up', 'go a page up', 'pageup'),
  bind('page-down', 'go a page down', 'pagedown'),
  bind('go-first', 'go to the first', 'home', 'g'),
  bind('go-last', 'go to the last', 'end', 'G'),
]

/** The keys muster comes with: emacs and readline at the prompt, single letters in the panes. */
export const DEFAULT_KEYMAP: Keymap = {
  global: [
    bind('interrupt', 'stop what runs', 'ctrl-c'),
    bind('next-pane', 'go to the next pane', 'f6'),
    bind('previous-pane', 'go to the pane before', 'shift-f6'),
    bind('palette', 'find an action, host or fact', 'ctrl-p'),
    bind('search-history', 'search the history', 'ctrl-r'),
    bind('show-keys', 'show the keys', 'f1', '?'),
    bind('redraw', 'draw the screen anew', 'ctrl-l'),
    bind('suspend', 'suspend muster', 'ctrl-z'),
    bind('page-up', 'scroll the cells up', 'pageup'),
    bind('page-down', 'scroll the cells down', 'pagedown'),
    bind('cancel', 'close, or go back to the prompt', 'escape'),
  ],
  prompt: [
    bind('run', 'run the cell', 'enter'),
    bind('newline', 'begin a new line', 'alt-enter', 'shift-enter', 'ctrl-j'),
    bind('complete', 'complete', 'tab'),
    bind('dedent', 'indent less', 'shift-tab'),
    bind('recall-older', 'recall an older entry, or go up', 'up'),
    bind('recall-newer', 'recall a newer entry, or go down', 'down'),
    bind('open-editor', 'edit in $EDITOR', 'ctrl-x ctrl-e'),
    bind('quit', 'quit (at an empty prompt)', 'ctrl-d'),
    bind('move-left', 'go left', 'left', 'ctrl-b'),
    bind('move-right', 'go right', 'right', 'ctrl-f'),
    bind('move-word-left', 'go a word left', 'alt-b', 'ctrl-left', 'alt-left'),
    bind('move-word-right', 'go a word right', 'alt-f', 'ctrl-right', 'alt-right'),
    bind('move-line-start', 'go to the beginning of the line', 'ctrl-a', 'home'),
    bind('move-line-end', 'go to the end of the line', 'ctrl-e', 'end'),
    bind('move-up', 'go a line up', 'alt-up'),
    bind('move-down', 'go a line down', 'alt-down', 'ctrl-n'),
    bind('move-text-start', 'go to the beginning', 'alt-<', 'ctrl-home'),
    bind('move-text-end', 'go to the end', 'alt->', 'ctrl-end'),
    bind('select-left', 'select left', 'shift-left'),
    bind('select-right', 'select right', 'shift-right'),
    bind('select-word-left', 'select a word left', 'ctrl-shift-left'),
    bind('select-word-right', 'select a word right', 'ctrl-shift-right'),
    bind('select-up', 'select up', 'shift-up'),
    bind('select-down', 'select down', 'shift-down'),
    bind('select-line-start', 'select to the beginning of the line', 'shift-home'),
    bind('select-line-end', 'select to the end of the line', 'shift-end'),
    bind('delete-left', 'delete left', 'backspace', 'ctrl-h', 'shift-backspace'),
    bind('delete-right', 'delete right', 'delete'),
    bind('kill-word-left', 'kill a word left', 'alt-backspace', 'ctrl-backspace'),
    bind('kill-word-right', 'kill a word right', 'alt-d', 'ctrl-delete'),
    bind('kill-blank-word-left', 'kill left to a blank', 'ctrl-w'),
    bind('kill-line-start', 'kill to the beginning of the line', 'ctrl-u'),
    bind('kill-line-end', 'kill to the end of the line', 'ctrl-k'),
    bind('yank', 'insert what was killed', 'ctrl-y'),
    bind('yank-pop', 'insert what was killed before', 'alt-y'),
    bind('copy', 'copy the selection', 'alt-w'),
    bind('transpose', 'exchange two characters', 'ctrl-t'),
    bind('undo', 'undo', 'ctrl-_', 'ctrl-x ctrl-u'),
    bind('redo', 'redo', 'alt-_'),
  ],
  hosts: [
    ...MOVING,
    bind('open', 'show the host', 'enter'),
    bind('mark', 'mark or unmark', 'space'),
    bind('focus-here', 'make it the focus', '='),
    bind('filter', 'filter', '/'),
    bind('fold', 'fold the group', 'left', 'h'),
    bind('unfold', 'unfold the group', 'right', 'l'),
    bind('refresh', 'read its facts anew', 'r'),
  ],
  cells: [
    ...MOVING,
    bind('open', 'unfold or fold', 'enter', 'space'),
    bind('fold', 'fold', 'left', 'h'),
    bind('unfold', 'unfold', 'right', 'l'),
    bind('show-diff', 'show its diff', 'd'),
    bind('edit-cell', 'take it to the prompt', 'e'),
    bind('rerun', 'run it again', 'r'),
    bind('maximise', 'maximise', 'm'),
  ],
  details: [
    ...MOVING,
    bind('next-tab', 'next tab', 'tab', 'right', 'l'),
    bind('previous-tab', 'tab before', 'shift-tab', 'left', 'h'),
    bind('refresh', 'read anew', 'r'),
    bind('maximise', 'maximise', 'm'),
  ],
  approval: [
    bind('scroll-up', 'go to the group above', 'up', 'k'),
    bind('scroll-down', 'go to the group below', 'down', 'j'),
    bind('page-up', 'scroll the diff up', 'pageup'),
    bind('page-down', 'scroll the diff down', 'pagedown'),
    bind('approve-all', 'apply all', 'a'),
    bind('approve-group', 'apply this group', 'g'),
    bind('show-diff', 'show its diff', 'd', 'enter'),
    bind('decline', 'apply nothing', 'escape', 'n', 'ctrl-c'),
  ],
  list: [
    bind('scroll-up', 'go up', 'up', 'ctrl-p'),
    bind('scroll-down', 'go down', 'down', 'ctrl-n'),
    bind('page-up', 'go a page up', 'pageup'),
    bind('page-down', 'go a page down', 'pagedown'),
    bind('open', 'take it', 'enter', 'tab'),
    bind('cancel', 'close', 'escape', 'ctrl-c', 'ctrl-g'),
  ],
}

/** What a key means. */
export type KeyMeaning =
  | { readonly kind: 'action'; readonly action: Action }
  /** The beginning of a longer sequence. */
  | { readonly kind: 'more'; readonly keys: string }
  | { readonly kind: 'unbound' }

/**
 * Looks a key up.
 *
 * @param contexts innermost first
 * @param begun keys of a sequence that has begun, as the last look-up gave them; empty otherwise
 * @param chord as `chordOf` names it
 * @example
 * meaningOf(DEFAULT_KEYMAP, ['prompt', 'global'], '', 'ctrl-x') // { kind: 'more', keys: 'ctrl-x' }
 * meaningOf(DEFAULT_KEYMAP, ['prompt', 'global'], 'ctrl-x', 'ctrl-e') // { kind: 'action', action: 'open-editor' }
 */
export function meaningOf(keymap: Keymap, contexts: readonly KeyContext[], begun: string, chord: string): KeyMeaning {
  const keys = begun === '' ? chord : `${begun} ${chord}`
  for (const context of contexts) {
    const exact = keymap[context].find(binding => binding.keys.includes(keys))
    if (exact) return { kind: 'action', action: exact.action }
    if (keymap[context].some(binding => binding.keys.some(key => key.startsWith(`${keys} `))))
      return { kind: 'more', keys }
  }
  return { kind: 'unbound' }
}

/** The key that leads to an action from where the focus is, to be shown; nothing when none does. */
export function keyFor(keymap: Keymap, contexts: readonly KeyContext[], action: Action): string | undefined {
  for (const context of contexts) {
    const key = keymap[context].find(binding => binding.action === action)?.keys[0]
    if (key !== undefined) return keyLabel(key)
  }
  return undefined
}

const SIGNS: Readonly<Record<string, string>> = {
  enter: '⏎',
  tab: 'Tab',
  escape: 'Esc',
  space: 'Space',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  backspace: '⌫',
  delete: 'Del',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
}

/**
 * A key sequence as people write it.
 *
 * @example
 * keyLabel('ctrl-x ctrl-e') // '^X ^E'
 * keyLabel('alt-enter') // '⌥⏎'
 */
export function keyLabel(keys: string): string {
  return keys
    .split(' ')
    .map(chord => {
      const [, modifiers = '', name = ''] = /^((?:(?:ctrl|alt|shift)-)*)(.+)$/.exec(chord) ?? []
      const ctrl = modifiers.includes('ctrl-') ? '^' : ''
      const alt = modifiers.includes('alt-') ? '⌥' : ''
      const shift = modifiers.includes('shift-') ? '⇧' : ''
      const sign = SIGNS[name] ?? (ctrl !== '' || /^f\d+$/.test(name) ? name.toUpperCase() : name)
      return `${alt}${ctrl}${shift}${sign}`
    })
    .join(' ')
}
