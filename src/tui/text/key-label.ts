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

const WORDS: Readonly<Record<string, string>> = {
  ...SIGNS,
  enter: 'Enter',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  backspace: 'Bksp',
}

/**
 * A key sequence as people write it.
 *
 * @example
 * keyLabel('ctrl-x ctrl-e') // '^X ^E'
 * keyLabel('alt-enter') // '⌥⏎'
 * keyLabel('alt-enter', 'ascii') // 'M-Enter'
 */
export function keyLabel(keys: string, signs = 'unicode'): string {
  const ascii = signs === 'ascii'
  const names = ascii ? WORDS : SIGNS
  return keys
    .split(' ')
    .map(chord => {
      const [, modifiers = '', name = ''] = /^((?:(?:ctrl|alt|shift)-)*)(.+)$/.exec(chord) ?? []
      const ctrl = modifiers.includes('ctrl-') ? '^' : ''
      const alt = modifiers.includes('alt-') ? (ascii ? 'M-' : '⌥') : ''
      const shift = modifiers.includes('shift-') ? (ascii ? 'S-' : '⇧') : ''
      const sign = names[name] ?? (ctrl !== '' || /^f\d+$/.test(name) ? name.toUpperCase() : name)
      return `${alt}${ctrl}${shift}${sign}`
    })
    .join(' ')
}

/**
 * A key sequence as it stands in a sentence.
 *
 * @example
 * spokenKey('ctrl-c') // 'Ctrl-C'
 * spokenKey('enter') // 'Enter'
 */
export function spokenKey(keys: string): string {
  return keys
    .split(' ')
    .map(chord => {
      const [, modifiers = '', name = ''] = /^((?:(?:ctrl|alt|shift)-)*)(.+)$/.exec(chord) ?? []
      const said = modifiers.replace(/\b[a-z]/g, first => first.toUpperCase())
      return said + (WORDS[name] ?? (modifiers !== '' || /^f\d+$/.test(name) ? name.toUpperCase() : name))
    })
    .join(' ')
}
