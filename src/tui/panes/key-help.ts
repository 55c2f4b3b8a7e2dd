import type { Context } from '../../repl/keys/bindings.js'
import type { Theme } from '../document/theme.js'
import { wrap } from '../document/wrap.js'
import type { Binding, Keymap } from '../state/keymap.js'
import { keyLabel } from '../text/key-label.js'
import { pad, widthOf } from '../text/width.js'

const TITLES: Readonly<Record<Context, string>> = {
  prompt: 'Prompt',
  editor: 'Editing',
  finder: 'While looking for something',
  completion: 'Completion list',
  cells: 'Cells',
  hosts: 'Hosts',
  filter: 'Filter of hosts or facts',
  search: 'Search in the cells',
  shells: 'Shells on several hosts',
  side: 'Right pane',
  approval: 'Approval',
  question: 'Question',
  everywhere: 'Everywhere',
}

/** A row of the help, and the key that it is about. */
export interface HelpRow {
  readonly text: string
  readonly binding?: Binding
}

/** A click on a row of the help presses its key. */
export interface KeyTarget {
  readonly kind: 'key'
  readonly binding: Binding
}

/** Rows with keys below them, and what a click on one of these is about. */
export function withKeys(above: readonly string[], keys: readonly HelpRow[]) {
  const targets = keys.flatMap(({ binding }, index): [number, KeyTarget][] =>
    binding ? [[above.length + index, { kind: 'key', binding }]] : [],
  )
  return { lines: [...above, ...keys.map(({ text }) => text)], targets: new Map(targets) }
}

/** Every key, by where it works, those of where the person was first: made of the table that also decides what keys do. */
export function keyHelp(keymap: Keymap, place: Context, width: number, theme: Theme): HelpRow[] {
  const contexts = new Set<Context>([place, 'everywhere', ...keymap.bindings.map(({ context }) => context)])
  return keysThere(keymap, [...contexts], width, theme)
}

/** The keys of some places. */
export function keysThere(keymap: Keymap, contexts: readonly Context[], width: number, theme: Theme): HelpRow[] {
  const keys = keysWidth(keymap)
  return contexts.flatMap(context => [
    { text: theme.accent(TITLES[context]) },
    ...keymap.bindings
      .filter(binding => binding.context === context)
      .flatMap(binding => helpRows(binding, keymap, keys, width, theme)),
    { text: '' },
  ])
}

/** Columns for keys, at least; longer ones push what they do to the right. */
const keysWidth = ({ signs }: Keymap) => (signs === 'ascii' ? 13 : 9)

function helpRows(binding: Binding, { signs }: Keymap, room: number, width: number, theme: Theme): HelpRow[] {
  const { keys, help } = binding
  const names = keys.map(each => keyLabel(each, signs)).join(' ')
  const across = Math.max(room, Math.min(widthOf(names), Math.floor(width / 3)))
  return wrap(help, Math.max(10, width - across - 3)).map((text, index) => ({
    text: `  ${theme.strong(pad(index === 0 ? names : '', across))} ${text}`,
    binding,
  }))
}
