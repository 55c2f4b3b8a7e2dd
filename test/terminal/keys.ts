/** What a terminal sends for keys that are not text (xterm, ctlseqs.txt "PC-Style Function Keys"). */
const NAMED: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  escape: '\x1b',
  backspace: '\x7f',
  space: ' ',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  insert: '\x1b[2~',
  delete: '\x1b[3~',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  f1: '\x1bOP',
  f2: '\x1bOQ',
  f3: '\x1bOR',
  f4: '\x1bOS',
  f5: '\x1b[15~',
  f6: '\x1b[17~',
  f7: '\x1b[18~',
  f8: '\x1b[19~',
  f9: '\x1b[20~',
  f10: '\x1b[21~',
  f11: '\x1b[23~',
  f12: '\x1b[24~',
  'shift-enter': '\x1b[13;2u',
}

/** Keys with Ctrl that terminals send as a control character of another. */
const AS_CONTROL: Readonly<Record<string, string>> = { 'ctrl-space': '\0' }

const MODIFIERS: Readonly<Record<string, number>> = { shift: 1, alt: 2, ctrl: 4 }

/**
 * The bytes a terminal sends for a key.
 *
 * @param name a key with its modifiers: `enter`, `ctrl-c`, `alt-enter`, `shift-up`, `ctrl-shift-left`, `f6`, `x`
 * @throws {RangeError} for a name that stands for no key
 */
export function keyBytes(name: string): string {
  const named = NAMED[name] ?? AS_CONTROL[name]
  if (named !== undefined) return named
  if (name === '-') return name
  const parts = name.split('-')
  const key = parts.pop() ?? ''
  const modifiers = parts.reduce((sum, part) => sum + (MODIFIERS[part] ?? Number.NaN), 0)
  if (Number.isNaN(modifiers)) throw new RangeError(`no such key: ${name}`)
  if (modifiers === 0 && [...key].length === 1) return key
  if (modifiers === 4 && /^[a-z[\]\\^_@]$/.test(key)) return String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f)
  if (modifiers === 2) return `\x1b${keyBytes(key)}`
  if (modifiers === 6) return `\x1b${keyBytes(`ctrl-${key}`)}`
  const plain = NAMED[key]?.match(/^\x1b(?:\[(\d+)~|[[O]([A-HP-S]))$/)
  if (!plain) throw new RangeError(`no such key: ${name}`)
  return plain[1] ? `\x1b[${plain[1]};${modifiers + 1}~` : `\x1b[1;${modifiers + 1}${plain[2]}`
}
