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
