import type { InputEvent, KeyEvent, Modifiers, MouseEvent } from './input-event.js'

/** A parsed `CSI` sequence (ECMA-48 §5.4): `ESC [ private params intermediates final`. */
export interface ControlSequence {
  /** `<`, `=`, `>` or `?`, or nothing. */
  readonly private: string
  /** Parameters, each with its colon-separated parts; a missing one is `NaN`. */
  readonly params: readonly (readonly number[])[]
  readonly intermediates: string
  readonly final: string
}

const CSI = /\x1b\[([<=>?]?)([\d;:]*)([ -/]*)([@-~])/y
const CSI_BEGUN = /\x1b\[[0-?]*[ -/]*$/y
const LONGEST = 128

/**
 * Reads the `CSI` sequence that begins at `start`.
 * @returns the sequence and where it ends; `incomplete` when more input is needed; `undefined` when it can never become one
 */
export function readControlSequence(
  input: string,
  start: number,
): { readonly sequence: ControlSequence; readonly end: number } | 'incomplete' | undefined {
  CSI.lastIndex = start
  const match = CSI.exec(input)
  if (!match) {
    CSI_BEGUN.lastIndex = start
    return input.length - start <= LONGEST && CSI_BEGUN.test(input) ? 'incomplete' : undefined
  }
  const [whole, prefix = '', params = '', intermediates = '', final = ''] = match
  const numbers = params
    .split(';')
    .map(param => param.split(':').map(part => (part === '' ? Number.NaN : Number(part))))
  return { sequence: { private: prefix, params: numbers, intermediates, final }, end: start + whole.length }
}

/** Keys by the final letter of `CSI 1 ; modifiers letter` and `SS3 letter` (xterm, ctlseqs.txt "PC-Style Function Keys"). */
const BY_LETTER: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

/** Keypad keys in application mode, `SS3 letter`. */
const KEYPAD: Readonly<Record<string, string>> = { M: 'enter', j: '*', k: '+', l: ',', m: '-', n: '.', o: '/', X: '=' }

/** Keys by the number in `CSI number ; modifiers ~` (VT220 and rxvt numbers). */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}

/** Keys by code point in `CSI code ; modifiers u` that are not characters (kitty keyboard protocol, "Functional key definitions"). */
const BY_CODE: Readonly<Record<number, string>> = {
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
}

/** Keypad characters of the kitty protocol: 57399 is keypad 0. */
const KITTY_KEYPAD = { first: 57399, characters: '0123456789./*-+' }
const KITTY_FUNCTIONAL = { first: 57344, last: 63743 }
const RELEASE = 3

/** Modifiers as xterm and kitty number them: one more than a bit set of shift 1, alt 2, ctrl 4. */
function modifiersOf(value: number | undefined): Modifiers {
  const bits = value === undefined || Number.isNaN(value) ? 0 : value - 1
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 }
}

export const NO_MODIFIERS: Modifiers = { ctrl: false, alt: false, shift: false }

const key = (name: string, modifiers: Modifiers = NO_MODIFIERS): KeyEvent => ({ kind: 'key', name, ...modifiers })

/** The key of an `SS3` sequence (`ESC O letter`), where the letter stands for one. */
export function keyOfLetter(letter: string, modifiers?: Modifiers): KeyEvent | undefined {
  const name = BY_LETTER[letter] ?? KEYPAD[letter]
  return name === undefined ? undefined : key(name, modifiers)
}

/**
 * What a control sequence from the terminal means.
 * @returns `undefined` for replies to queries and for sequences that mean nothing here
 */
export function eventOf({ private: prefix, params, intermediates, final }: ControlSequence): InputEvent | undefined {
  if (prefix === '<') return final === 'M' || final === 'm' ? mouseOf(params, final) : undefined
  if (prefix !== '' || intermediates !== '') return undefined
  const number = params[0]?.[0] ?? Number.NaN
  const modifiers = modifiersOf(params[1]?.[0])
  if (params[1]?.[1] === RELEASE) return undefined
  switch (final) {
    case 'I':
    case 'O':
      return { kind: 'focus', focused: final === 'I' }
    case 'Z':
      return key('tab', { ...modifiers, shift: true })
    case 'u':
      return characterKey(number, modifiers)
    case '~': {
      if (number === 27) return characterKey(params[2]?.[0] ?? Number.NaN, modifiers)
      const name = BY_NUMBER[number]
      return name === undefined ? undefined : key(name, modifiers)
    }
    default: {
      const name = BY_LETTER[final]
      return name === undefined ? undefined : key(name, modifiers)
    }
  }
}

/** A key that is told by its code point: kitty's `CSI u` and xterm's modifyOtherKeys. */
function characterKey(code: number, modifiers: Modifiers): InputEvent | undefined {
  const named = BY_CODE[code]
  if (named === 'space' && !modifiers.ctrl && !modifiers.alt) return { kind: 'text', text: ' ' }
  if (named !== undefined) return key(named, modifiers)
  const keypad = KITTY_KEYPAD.characters[code - KITTY_KEYPAD.first]
  if (keypad === undefined && code >= KITTY_FUNCTIONAL.first && code <= KITTY_FUNCTIONAL.last) return undefined
  if (Number.isNaN(code) || code < 32 || code > 0x10ffff) return undefined
  return characterEvent(keypad ?? String.fromCodePoint(code), modifiers)
}

/** A character with its modifiers: text when it is plain, a key in lower case when Ctrl or Alt is held. */
export function characterEvent(character: string, modifiers: Modifiers): InputEvent {
  const lower = character.toLowerCase()
  if (modifiers.ctrl || modifiers.alt)
    return key(character === ' ' ? 'space' : lower, { ...modifiers, shift: modifiers.shift || lower !== character })
  return { kind: 'text', text: modifiers.shift ? character.toUpperCase() : character }
}

const BUTTONS = ['left', 'middle', 'right', 'none'] as const

/** SGR mouse reports (xterm, ctlseqs.txt "Extended coordinates"): button bits 4 shift, 8 alt, 16 ctrl, 32 motion, 64 wheel. */
function mouseOf(params: ControlSequence['params'], final: 'M' | 'm'): MouseEvent | undefined {
  const [bits = Number.NaN, column = Number.NaN, row = Number.NaN] = params.map(param => param[0] ?? Number.NaN)
  if (!(column >= 1 && row >= 1 && bits >= 0)) return undefined
  const button = BUTTONS[bits & 3] ?? 'none'
  const at = {
    x: column - 1,
    y: row - 1,
    shift: (bits & 4) !== 0,
    alt: (bits & 8) !== 0,
    ctrl: (bits & 16) !== 0,
  }
  if (bits & 64) {
    if ((bits & 3) > 1) return undefined
    return { kind: 'mouse', action: (bits & 3) === 0 ? 'wheel-up' : 'wheel-down', button: 'none', ...at }
  }
  const action = bits & 32 ? 'drag' : final === 'M' ? 'press' : 'release'
  return { kind: 'mouse', action, button, ...at }
}
