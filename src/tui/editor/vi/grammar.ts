/** What an operator does to a stretch of text. */
export type Operator = 'd' | 'c' | 'y' | '>' | '<' | 'g~' | 'gu' | 'gU'

/** What an operator or the cursor is taken to. */
export type Target =
  /** A motion by its key; `argument` is the character of `f`, `t` and their like. */
  | { readonly kind: 'motion'; readonly key: string; readonly argument?: string }
  /** A text object: around it or inside of it. */
  | { readonly kind: 'object'; readonly around: boolean; readonly key: string }
  /** The operator's own key again: whole lines. */
  | { readonly kind: 'lines' }

/** A command of normal or visual mode, whole. */
export interface Command {
  /** A letter behind `"`. */
  readonly register?: string
  /** Left out where none was typed; before an operator and behind it they multiply. */
  readonly count?: number
  readonly verb:
    | { readonly kind: 'operate'; readonly operator: Operator; readonly target: Target }
    /** In visual mode: on what is selected. */
    | { readonly kind: 'operate on selection'; readonly operator: Operator; readonly linewise?: true }
    | { readonly kind: 'go'; readonly target: Target }
    | { readonly kind: 'act'; readonly key: string; readonly argument?: string }
}

/** `more`: the beginning of a command. `none`: none begins so. */
export type Parsed = Command | 'more' | 'none'

const MOTIONS = new Set(
  (
    'h j k l w b e W B E 0 ^ $ G ; , % { } | + - _ g_ gg ge gE left right up down home end space backspace ctrl-h ' +
    'ctrl-left ctrl-right ctrl-home ctrl-end'
  ).split(' '),
)
const FINDS = new Set(['f', 'F', 't', 'T'])
const OPERATORS: Readonly<Record<string, Operator>> = {
  d: 'd',
  c: 'c',
  y: 'y',
  '>': '>',
  '<': '<',
  'g~': 'g~',
  gu: 'gu',
  gU: 'gU',
}
/** Commands that stand for another: `D` is `d$`. */
const SHORT: Readonly<Record<string, string>> = {
  x: 'd l',
  delete: 'd l',
  X: 'd h',
  s: 'c l',
  S: 'c c',
  D: 'd $',
  C: 'c $',
  Y: 'y y',
}
const ACTIONS = new Set([
  'p',
  'P',
  'J',
  '~',
  'u',
  'ctrl-r',
  '.',
  'o',
  'O',
  'I',
  'A',
  'i',
  'a',
  'v',
  'V',
  'R',
  '/',
  ':',
  'gd',
  'K',
])
/** In visual mode: what stands for an operator there, on the whole lines where it is a capital. */
const ON_SELECTION: Readonly<Record<string, { readonly operator: Operator; readonly linewise?: true }>> = {
  d: { operator: 'd' },
  x: { operator: 'd' },
  delete: { operator: 'd' },
  backspace: { operator: 'd' },
  X: { operator: 'd', linewise: true },
  D: { operator: 'd', linewise: true },
  c: { operator: 'c' },
  s: { operator: 'c' },
  S: { operator: 'c', linewise: true },
  C: { operator: 'c', linewise: true },
  R: { operator: 'c', linewise: true },
  y: { operator: 'y' },
  Y: { operator: 'y', linewise: true },
  '>': { operator: '>' },
  '<': { operator: '<' },
  '~': { operator: 'g~' },
  'g~': { operator: 'g~' },
  u: { operator: 'gu' },
  gu: { operator: 'gu' },
  U: { operator: 'gU' },
  gU: { operator: 'gU' },
}
const VISUAL_ACTIONS = new Set(['p', 'P', 'J', 'o', 'v', 'V'])
const OBJECTS = new Set('w W " \' ` ( ) b [ ] { } B p'.split(' '))

/**
 * Reads the keys of a command.
 *
 * @example
 * parse(['2', 'd', 'i', '('], false) // { count: 2, verb: { kind: 'operate', operator: 'd', target: { kind: 'object', … } } }
 * parse(['2', 'd'], false) // 'more'
 */
export function parse(keys: readonly string[], visual: boolean): Parsed {
  const reader = new Reader(keys)
  const register = reader.register()
  if (register === 'more' || register === 'none') return register
  const count = reader.count()
  const key = reader.key()
  if (key === undefined) return 'more'
  const head = { ...(register.name === undefined ? {} : { register: register.name }), ...counted(count) }
  const short = visual ? undefined : SHORT[key]
  if (short !== undefined) {
    const long = parse(short.split(' '), false)
    return isCommand(long) ? { ...long, ...head } : long
  }
  if (visual && ON_SELECTION[key]) return { ...head, verb: { kind: 'operate on selection', ...ON_SELECTION[key] } }
  const operator = visual ? undefined : OPERATORS[key]
  if (operator) {
    const inner = reader.count()
    const target = reader.target(operator)
    if (target === 'more' || target === 'none') return target
    const times = count === undefined && inner === undefined ? undefined : (count ?? 1) * (inner ?? 1)
    return { ...head, ...counted(times), verb: { kind: 'operate', operator, target } }
  }
  if (key === 'r') {
    const argument = reader.next()
    return argument === undefined ? 'more' : { ...head, verb: { kind: 'act', key, argument } }
  }
  // in visual mode `i` and `a` begin a text object
  if (!(visual && /^[ia]$/.test(key)) && (visual ? VISUAL_ACTIONS : ACTIONS).has(key))
    return { ...head, verb: { kind: 'act', key } }
  const target = reader.targetOf(key, visual)
  return target === 'more' || target === 'none' ? target : { ...head, verb: { kind: 'go', target } }
}

export const isCommand = (parsed: Parsed): parsed is Command => typeof parsed === 'object'

const counted = (count: number | undefined) => (count === undefined ? {} : { count })

/** Counts beyond this are slips of the keyboard. */
const MOST = 99_999

class Reader {
  readonly #keys: readonly string[]
  #at = 0

  constructor(keys: readonly string[]) {
    this.#keys = keys
  }

  next(): string | undefined {
    const key = this.#keys[this.#at]
    this.#at += 1
    return key
  }

  /** A key, or two that are one command: `gg`. */
  key(): string | undefined {
    const first = this.next()
    if (first !== 'g') return first
    const second = this.next()
    return second === undefined ? undefined : `g${second}`
  }

  register(): { readonly name?: string } | 'more' | 'none' {
    if (this.#keys[this.#at] !== '"') return {}
    this.#at += 1
    const name = this.next()
    if (name === undefined) return 'more'
    return /^["a-zA-Z0_]$/.test(name) ? { name } : 'none'
  }

  count(): number | undefined {
    let count: number | undefined
    for (;;) {
      const key = this.#keys[this.#at] ?? ''
      if (!/^\d$/.test(key) || (key === '0' && count === undefined)) return count
      count = Math.min(MOST, (count ?? 0) * 10 + Number(key))
      this.#at += 1
    }
  }

  target(operator: Operator): Target | 'more' | 'none' {
    const key = this.key()
    if (key === undefined) return 'more'
    // `g~~`, `guu` as well as `g~g~`
    if (key === operator || (operator.length > 1 && key === operator.charAt(1))) return { kind: 'lines' }
    return this.targetOf(key, true)
  }

  targetOf(key: string, objects: boolean): Target | 'more' | 'none' {
    if (objects && (key === 'i' || key === 'a')) {
      const object = this.next()
      if (object === undefined) return 'more'
      return OBJECTS.has(object) ? { kind: 'object', around: key === 'a', key: object } : 'none'
    }
    if (FINDS.has(key)) {
      const argument = this.next()
      return argument === undefined ? 'more' : { kind: 'motion', key, argument }
    }
    return MOTIONS.has(key) ? { kind: 'motion', key } : 'none'
  }
}

/** The character that a key types, for `r`, `f` and their like; nothing for a key that types none. */
export function characterOf(key: string | undefined): string | undefined {
  if (key === 'space') return ' '
  if (key === 'enter') return '\n'
  if (key === 'tab') return '\t'
  return key === undefined || /^(?:ctrl|alt|shift)-|^[a-z]\w+$/.test(key) ? undefined : key
}
