/** Modifier keys held with a key or a mouse button. */
export interface Modifiers {
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

/** A key that is not plain text: a named key, or a character with Ctrl or Alt. */
export interface KeyEvent extends Modifiers {
  readonly kind: 'key'
  /** `enter`, `left`, `f6`, … or the character, letters in lower case. */
  readonly name: string
}

/** A mouse button or wheel; `x` and `y` count cells from 0 at the top left. */
export interface MouseEvent extends Modifiers {
  readonly kind: 'mouse'
  readonly action: 'press' | 'release' | 'drag' | 'wheel-up' | 'wheel-down'
  /** For the wheel always `none`. */
  readonly button: 'left' | 'middle' | 'right' | 'none'
  readonly x: number
  readonly y: number
}

/** One thing the person did at the terminal. */
export type InputEvent =
  | KeyEvent
  | MouseEvent
  /** One typed grapheme. */
  | { readonly kind: 'text'; readonly text: string }
  /** A whole bracketed paste, line ends as `\n`. */
  | { readonly kind: 'paste'; readonly text: string }
  /** The terminal's window gained or lost the focus. */
  | { readonly kind: 'focus'; readonly focused: boolean }

/**
 * The canonical name of what was pressed, as keymaps spell it: modifiers in the order ctrl, alt, shift.
 *
 * @example
 * chordOf({ kind: 'key', name: 'left', ctrl: true, alt: false, shift: true }) // 'ctrl-shift-left'
 * chordOf({ kind: 'text', text: '?' }) // '?'
 * chordOf({ kind: 'focus', focused: true }) // undefined
 */
export function chordOf(event: InputEvent): string | undefined {
  switch (event.kind) {
    case 'text':
      return event.text === ' ' ? 'space' : event.text
    case 'key':
      return `${event.ctrl ? 'ctrl-' : ''}${event.alt ? 'alt-' : ''}${event.shift ? 'shift-' : ''}${event.name}`
    default:
      return undefined
  }
}
