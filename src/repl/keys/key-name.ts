/** Keys with names, as terminals tell them. */
const NAMED: ReadonlySet<string> = new Set([
  'enter',
  'tab',
  'escape',
  'space',
  'backspace',
  'delete',
  'insert',
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'pageup',
  'pagedown',
  ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
])

const KEY = /^(?:(ctrl)-)?(?:(alt)-)?(?:(shift)-)?(.+)$/

/** Control characters that terminals send under another key's name (ASCII: `^I` is Tab, `^M` Enter, `^[` Escape). */
const SENT_AS_OTHER: Readonly<Record<string, string>> = { i: 'tab', m: 'enter', '[': 'escape' }

/**
 * What is wrong with the name of a key, as a sentence; nothing when a terminal can send it.
 *
 * @example
 * faultOfKey('ctrl-t') // undefined
 * faultOfKey('ctrl-i') // 'ctrl-i comes as tab from a terminal: write tab.'
 */
export function faultOfKey(key: string): string | undefined {
  const [, ctrl, , shift, name = ''] = KEY.exec(key) ?? []
  const isNamed = NAMED.has(name)
  if (!isNamed && [...name].length !== 1)
    return `${key} is no key: write a character, or one of ${[...NAMED].slice(0, -12).join(' ')} f1 … f12, with ctrl-, alt- or shift- before it in this order.`
  const other = SENT_AS_OTHER[name]
  if (ctrl !== undefined && other !== undefined) return `${key} comes as ${other} from a terminal: write ${other}.`
  if (!isNamed && shift !== undefined) return `${key} comes as a capital from a terminal: write ${name.toUpperCase()}.`
  if (!isNamed && key !== name && name !== name.toLowerCase())
    return `${key} is told from ${key.slice(0, -1)}${name.toLowerCase()} by no terminal: write that.`
  return undefined
}

/** Whether pressing it types something, where text is typed. */
export const typesText = (key: string): boolean => key === 'space' || [...key].length === 1
