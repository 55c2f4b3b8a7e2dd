/** DEC private modes the screen turns on: alternate buffer, reports of buttons, of drags and of the wheel in SGR form, focus reports, bracketed paste. */
const ON = [1049, 1002, 1006, 1004, 2004]
/** Turned off: automatic wrap at the right edge, so that a row can never run into the next. */
const OFF = [7]

const set = (modes: readonly number[]) => modes.map(mode => `\x1b[?${mode}h`).join('')
const reset = (modes: readonly number[]) => modes.map(mode => `\x1b[?${mode}l`).join('')

/** kitty keyboard protocol, flag 1 "disambiguate escape codes"; terminals without it ignore both. */
const KITTY_PUSH = '\x1b[>1u'
const KITTY_POP = '\x1b[<u'

/** Takes the terminal over. The alternate buffer comes first: kitty's key modes are kept per buffer. */
export const ENTER = `${set(ON)}${reset(OFF)}${KITTY_PUSH}\x1b[?25l`

/** Gives it back as it was: also ends a synchronized update that was cut off, and resets colours. The alternate buffer goes last. */
export const LEAVE = `\x1b[?2026l\x1b[m${KITTY_POP}${set(OFF)}${reset([...ON].reverse())}\x1b[?25h`
