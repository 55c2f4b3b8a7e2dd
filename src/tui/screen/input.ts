import { graphemes } from '../../engine/text/grapheme-width.js'
import { characterEvent, eventOf, keyOfLetter, NO_MODIFIERS, readControlSequence } from './control-sequence.js'
import type { InputEvent, KeyEvent } from './input-event.js'

const ESC = '\x1b'
const PASTE_BEGIN = '\x1b[200~'
const PASTE_END = '\x1b[201~'

/** A run without C0 and C1 controls. */
const PRINTABLE = /[^\x00-\x1f\x7f-\x9f]+/y

const C0_NAMES: Readonly<Record<string, string>> = { '\r': 'enter', '\t': 'tab', '\x7f': 'backspace', '\x1b': 'escape' }

/** What was read at one place: events and where reading goes on, or `incomplete` when more input is needed to tell. */
type Read = { readonly events: readonly InputEvent[]; readonly end: number } | 'incomplete'

/**
 * Turns the bytes a terminal sends into one event per key, however the bytes are cut into chunks.
 *
 * An `ESC` at the end of a chunk may be the Escape key or the start of a sequence: it is held back until more input comes,
 * or until {@link InputDecoder.flush} is called because none came in time.
 *
 * @example
 * const decoder = new InputDecoder()
 * decoder.push(Buffer.from('a\x1b[1;5')) // [{ kind: 'text', text: 'a' }]
 * decoder.push(Buffer.from('C')) // [{ kind: 'key', name: 'right', ctrl: true, alt: false, shift: false }]
 */
export class InputDecoder {
  readonly #utf8 = new TextDecoder('utf-8')
  #held = ''
  /** Pieces of a paste that has begun and not ended. */
  #paste: string[] | undefined

  /** Whether input is held back that {@link flush} would release. */
  get waiting(): boolean {
    return this.#held !== '' && this.#paste === undefined
  }

  /** The events that are certain after this chunk. */
  push(chunk: Uint8Array): InputEvent[] {
    return this.#decode(this.#held + this.#utf8.decode(chunk, { stream: true }), false)
  }

  /** No more input came in time: what is held back is taken as it stands, an `ESC` as the Escape key. A begun paste stays open. */
  flush(): InputEvent[] {
    return this.waiting ? this.#decode(this.#held, true) : []
  }

  #decode(input: string, final: boolean): InputEvent[] {
    const events: InputEvent[] = []
    let at = 0
    this.#held = ''
    while (at < input.length) {
      if (this.#paste) {
        const end = input.indexOf(PASTE_END, at)
        if (end < 0) {
          const certain = Math.max(at, input.length - PASTE_END.length + 1)
          this.#paste.push(input.slice(at, certain))
          this.#held = input.slice(certain)
          return events
        }
        this.#paste.push(input.slice(at, end))
        events.push({ kind: 'paste', text: this.#paste.join('').replace(/\r\n?/g, '\n') })
        this.#paste = undefined
        at = end + PASTE_END.length
      } else if (input.startsWith(PASTE_BEGIN, at)) {
        this.#paste = []
        at += PASTE_BEGIN.length
      } else {
        const read = readOne(input, at, final)
        if (read === 'incomplete') {
          this.#held = input.slice(at)
          return events
        }
        events.push(...read.events)
        at = read.end
      }
    }
    return events
  }
}

function readOne(input: string, at: number, final: boolean): Read {
  const first = input.charAt(at)
  if (first === ESC) return readEscape(input, at, final)
  if (first < ' ' || first === '\x7f') return { events: [controlKey(first)], end: at + 1 }
  PRINTABLE.lastIndex = at
  const text = PRINTABLE.exec(input)?.[0]
  return text === undefined ? { events: [], end: at + 1 } : { events: typed(text), end: at + text.length }
}

/** One event per grapheme. */
function typed(text: string): InputEvent[] {
  return Array.from(graphemes().segment(text), ({ segment }) => ({ kind: 'text', text: segment }))
}

/** A C0 control: a named key, or the letter it stands for with Ctrl. */
function controlKey(control: string): KeyEvent {
  const name = C0_NAMES[control]
  if (name !== undefined) return { kind: 'key', name, ...NO_MODIFIERS }
  const letter = control === '\0' ? 'space' : String.fromCharCode(control.charCodeAt(0) + 64).toLowerCase()
  return { kind: 'key', name: letter, ...NO_MODIFIERS, ctrl: true }
}

function readEscape(input: string, at: number, final: boolean): Read {
  const next = input.charAt(at + 1)
  const alone: Read = { events: [controlKey(ESC)], end: at + 1 }
  switch (next) {
    case '':
      return final ? alone : 'incomplete'
    case '[':
      return readCsi(input, at, final)
    case 'O':
      return readSs3(input, at, final)
    case ']':
    case 'P':
    case '_':
    case '^':
    case 'X':
      return readString(input, at, final)
    case ESC: {
      const inner = readEscape(input, at + 1, final)
      if (inner === 'incomplete') return inner
      const [event] = inner.events
      if (event?.kind !== 'key' || event.alt || event.name === 'escape') return alone
      return { events: [{ ...event, alt: true }], end: inner.end }
    }
    default:
      return readAlt(input, at)
  }
}

/** `ESC` and one character or control: that key with Alt. */
function readAlt(input: string, at: number): Read {
  const character = String.fromCodePoint(input.codePointAt(at + 1) ?? 0)
  const event =
    character < ' ' || character === '\x7f'
      ? { ...controlKey(character), alt: true }
      : characterEvent(character, { ...NO_MODIFIERS, alt: true })
  return { events: [event], end: at + 1 + character.length }
}

function readCsi(input: string, at: number, final: boolean): Read {
  const functionKey = /\x1b\[\[([A-E])/y
  functionKey.lastIndex = at
  const console = functionKey.exec(input)
  if (console) {
    const name = `f${(console[1] ?? 'A').charCodeAt(0) - 64}`
    return { events: [{ kind: 'key', name, ...NO_MODIFIERS }], end: functionKey.lastIndex }
  }
  if (input.slice(at) === '\x1b[[' && !final) return 'incomplete'
  const read = readControlSequence(input, at)
  if (read === 'incomplete' && !final) return 'incomplete'
  if (read === undefined || read === 'incomplete') return readAlt(input, at)
  const event = eventOf(read.sequence)
  return { events: event ? [event] : [], end: read.end }
}

function readSs3(input: string, at: number, final: boolean): Read {
  const letter = input.charAt(at + 2)
  if (letter === '' && !final) return 'incomplete'
  const event = keyOfLetter(letter)
  return event ? { events: [event], end: at + 3 } : readAlt(input, at)
}

/** `OSC`, `DCS` and their like up to their terminator: the terminal's answer to a query, of no interest as input. */
function readString(input: string, at: number, final: boolean): Read {
  const terminator = /\x07|\x1b\\/g
  terminator.lastIndex = at + 2
  if (terminator.test(input)) return { events: [], end: terminator.lastIndex }
  return final ? readAlt(input, at) : 'incomplete'
}
