import type { Theme } from '../document/theme.js'
import { wrap } from '../document/wrap.js'
import { BINDINGS, type Binding, type Context } from '../state/bindings.js'

const TITLES: Readonly<Record<Context, string>> = {
  prompt: 'Prompt',
  completion: 'Completion list',
  cells: 'Cells',
  hosts: 'Hosts',
  filter: 'Filter of the hosts',
  side: 'Right pane',
  approval: 'Approval',
  question: 'Question',
  everywhere: 'Everywhere',
}

const NAMES: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: '⏎',
  escape: 'Esc',
  tab: 'Tab',
  space: 'space',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: '⌫',
}

/** A key as people write it: `ctrl-c` is `^C`, `alt-enter` is `⌥⏎`. */
export function keyName(chord: string): string {
  const [, modifiers = '', key = ''] = chord.match(/^((?:(?:ctrl|alt|shift)-)*)(.+)$/) ?? []
  const name = NAMES[key] ?? (/^f\d+$/.test(key) || modifiers.includes('ctrl') ? key.toUpperCase() : key)
  return `${modifiers.includes('ctrl') ? '^' : ''}${modifiers.includes('alt') ? '⌥' : ''}${modifiers.includes('shift') ? '⇧' : ''}${name}`
}

/** Every key, by where it works: made of the table that also decides what keys do. */
export function keyHelp(width: number, theme: Theme): string[] {
  const contexts = [...new Set(['everywhere' as const, ...BINDINGS.map(({ context }) => context)])]
  return contexts.flatMap(context => [
    theme.accent(TITLES[context]),
    ...BINDINGS.filter(binding => binding.context === context).flatMap(binding => helpRows(binding, width, theme)),
    '',
  ])
}

const KEYS = 9

function helpRows({ keys, help }: Binding, width: number, theme: Theme): string[] {
  const names = keys.map(keyName).join(' ')
  return wrap(help, Math.max(10, width - KEYS - 3)).map(
    (text, index) => `  ${theme.strong((index === 0 ? names : '').padEnd(KEYS))} ${text}`,
  )
}
