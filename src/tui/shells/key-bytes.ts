import type { InputEvent, Modifiers } from '../screen/input-event.js'

/** What a program has asked the terminal it is on for. */
export interface KeyModes {
  /** Arrow keys begin with `SS3` (DECCKM). */
  readonly applicationCursor: boolean
  readonly bracketedPaste: boolean
}

/** Keys that are one control character. */
const CONTROLS: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  backspace: '\x7f',
  space: ' ',
}

/** Final letters of cursor keys, and of F1 to F4 (xterm, ctlseqs.txt "PC-Style Function Keys"). */
const LETTERS: Readonly<Record<string, string>> = {
  up: 'A',
  down: 'B',
  right: 'C',
  left: 'D',
  home: 'H',
  end: 'F',
  f1: 'P',
  f2: 'Q',
  f3: 'R',
  f4: 'S',
}

const NUMBERS: Readonly<Record<string, number>> = {
  insert: 2,
  delete: 3,
  pageup: 5,
  pagedown: 6,
  f5: 15,
  f6: 17,
  f7: 18,
  f8: 19,
  f9: 20,
  f10: 21,
  f11: 23,
  f12: 24,
}

/**
 * What a terminal sends to the program on it for something the person did; empty for what it does not send.
 *
 * @example
 * keyBytes({ kind: 'key', name: 'c', ctrl: true, alt: false, shift: false }, modes) // '\x03'
 */
export function keyBytes(event: InputEvent, modes: KeyModes): string {
  switch (event.kind) {
    case 'text':
      return event.text
    case 'paste': {
      const text = event.text.replaceAll('\n', '\r')
      return modes.bracketedPaste ? `\x1b[200~${text}\x1b[201~` : text
    }
    case 'key':
      return namedBytes(event.name, event, modes)
    default:
      return ''
  }
}

function namedBytes(name: string, modifiers: Modifiers, { applicationCursor }: KeyModes): string {
  const { ctrl, alt, shift } = modifiers
  const number = 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0)
  const letter = LETTERS[name]
  if (letter !== undefined && number > 1) return `\x1b[1;${number}${letter}`
  if (letter !== undefined) return `\x1b${applicationCursor || name.startsWith('f') ? 'O' : '['}${letter}`
  const tilde = NUMBERS[name]
  if (tilde !== undefined) return number > 1 ? `\x1b[${tilde};${number}~` : `\x1b[${tilde}~`
  if (name === 'tab' && shift) return '\x1b[Z'
  const meta = alt ? '\x1b' : ''
  const control = CONTROLS[name]
  if (control !== undefined) return meta + (ctrl && name === 'space' ? '\0' : control)
  if (!ctrl) return meta + (shift ? name.toUpperCase() : name)
  const code = name.toUpperCase().charCodeAt(0)
  if (name === '/') return `${meta}\x1f`
  return [...name].length === 1 && code >= 0x40 && code <= 0x5f ? meta + String.fromCharCode(code & 0x1f) : ''
}
