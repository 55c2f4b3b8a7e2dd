import type { Theme } from '../document/theme.js'
import { wrap } from '../document/wrap.js'
import { BINDINGS, type Binding, type Context } from '../state/bindings.js'
import { keyLabel } from '../text/key-label.js'

const TITLES: Readonly<Record<Context, string>> = {
  prompt: 'Prompt',
  editor: 'Editing',
  finder: 'While looking for something',
  completion: 'Completion list',
  cells: 'Cells',
  hosts: 'Hosts',
  filter: 'Filter of hosts or facts',
  search: 'Search in the cells',
  side: 'Right pane',
  approval: 'Approval',
  question: 'Question',
  everywhere: 'Everywhere',
}

/** Every key, by where it works: made of the tables that also decide what keys do. */
export function keyHelp(width: number, theme: Theme): string[] {
  const contexts = [...new Set(['everywhere' as const, ...BINDINGS.map(({ context }) => context)])]
  const section = (title: string, bindings: readonly Pick<Binding, 'keys' | 'help'>[]) => [
    theme.accent(title),
    ...bindings.flatMap(binding => helpRows(binding, width, theme)),
    '',
  ]
  return contexts.flatMap(context =>
    section(
      TITLES[context],
      BINDINGS.filter(binding => binding.context === context),
    ),
  )
}

const KEYS = 9

function helpRows({ keys, help }: Pick<Binding, 'keys' | 'help'>, width: number, theme: Theme): string[] {
  const names = keys.map(each => keyLabel(each)).join(' ')
  return wrap(help, Math.max(10, width - KEYS - 3)).map(
    (text, index) => `  ${theme.strong((index === 0 ? names : '').padEnd(KEYS))} ${text}`,
  )
}
