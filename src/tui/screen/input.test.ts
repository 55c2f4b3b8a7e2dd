import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputDecoder } from './input.js'
import { chordOf, type InputEvent } from './input-event.js'

const bytes = (text: string) => new TextEncoder().encode(text)

/** All events of one input, with what is held back released at its end. */
function decode(...chunks: readonly (string | Uint8Array)[]): InputEvent[] {
  const decoder = new InputDecoder()
  const events = chunks.flatMap(chunk => decoder.push(typeof chunk === 'string' ? bytes(chunk) : chunk))
  return [...events, ...decoder.flush()]
}

const chords = (...chunks: readonly string[]) => decode(...chunks).map(event => chordOf(event) ?? event)

describe('keys', () => {
  test.each([
    ['a', ['a']],
    ['añ한😀', ['a', 'ñ', '한', '😀']],
    ['👨‍👩‍👧e\u0301', ['👨‍👩‍👧', 'e\u0301']],
    [' ', ['space']],
    ['\r', ['enter']],
    ['\n', ['ctrl-j']],
    ['\t', ['tab']],
    ['\x7f', ['backspace']],
    ['\b', ['ctrl-h']],
    ['\0', ['ctrl-space']],
    ['\x01\x1a', ['ctrl-a', 'ctrl-z']],
    ['\x1c\x1d\x1e\x1f', ['ctrl-\\', 'ctrl-]', 'ctrl-^', 'ctrl-_']],
    ['\x1b\r', ['alt-enter']],
    ['\x1b[13;2u', ['shift-enter']],
    ['\x1b[27;2;13~', ['shift-enter']],
    ['\x1b[A\x1b[B\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
    ['\x1bOA\x1bOD', ['up', 'left']],
    ['\x1b[1;5C', ['ctrl-right']],
    ['\x1b[1;6D', ['ctrl-shift-left']],
    ['\x1b[1;8A', ['ctrl-alt-shift-up']],
    ['\x1b\x1b[A', ['alt-up']],
    ['\x1b[H\x1b[F\x1b[1~\x1b[4~\x1bOH\x1bOF', ['home', 'end', 'home', 'end', 'home', 'end']],
    ['\x1b[2~\x1b[3~\x1b[5~\x1b[6~', ['insert', 'delete', 'pageup', 'pagedown']],
    ['\x1b[3;5~', ['ctrl-delete']],
    ['\x1bOP\x1bOQ\x1bOR\x1bOS', ['f1', 'f2', 'f3', 'f4']],
    ['\x1b[11~\x1b[15~\x1b[17~\x1b[18~\x1b[19~', ['f1', 'f5', 'f6', 'f7', 'f8']],
    ['\x1b[20~\x1b[21~\x1b[23~\x1b[24~', ['f9', 'f10', 'f11', 'f12']],
    ['\x1b[[A\x1b[[E', ['f1', 'f5']],
    ['\x1b[1;2P\x1b[15;3~', ['shift-f1', 'alt-f5']],
    ['\x1b[Z', ['shift-tab']],
    ['\x1bb\x1bF\x1b.', ['alt-b', 'alt-shift-f', 'alt-.']],
    ['\x1b\x7f\x1b\x08', ['alt-backspace', 'ctrl-alt-h']],
    ['\x1b[97;5u\x1b[97;6u\x1b[122;3u', ['ctrl-a', 'ctrl-shift-a', 'alt-z']],
    ['\x1b[27u\x1b[27;5u', ['escape', 'ctrl-escape']],
    ['\x1b[57417u\x1b[57400u\x1b[57414u', ['left', '1', 'enter']],
    ['\x1b[97;1:3u', []],
    ['\x1b[?1u\x1b[?62;22c\x1b[?2026;1$y', []],
    ['\x1b]11;rgb:0000/0000/0000\x1b\\x', ['x']],
    ['\x1bP1$r0m\x07x', ['x']],
    ['\x1b', ['escape']],
    ['\x1b\x1b', ['escape', 'escape']],
    ['\x1b[', ['alt-[']],
    ['\x1bO', ['alt-shift-o']],
    ['\x1b]', ['alt-]']],
    ['\u0085x', ['x']],
  ])('%j is %j', (input, expected) => {
    expect(chords(input)).toEqual(expected)
  })

  test('an ESC waits for what comes, and is the Escape key when nothing does', () => {
    const decoder = new InputDecoder()
    expect(decoder.push(bytes('\x1b'))).toEqual([])
    expect(decoder.waiting).toBe(true)
    expect(decoder.push(bytes('[A')).map(chordOf)).toEqual(['up'])
    expect(decoder.waiting).toBe(false)
    expect(decoder.push(bytes('\x1b'))).toEqual([])
    expect(decoder.flush().map(chordOf)).toEqual(['escape'])
    expect(decoder.push(bytes('[A')).map(chordOf)).toEqual(['[', 'A'])
  })

  test('invalid UTF-8 becomes the replacement character', () => {
    expect(decode(new Uint8Array([0x61, 0xff, 0x62])).map(chordOf)).toEqual(['a', '\ufffd', 'b'])
  })
})

describe('mouse and focus', () => {
  const none = { ctrl: false, alt: false, shift: false }
  test.each<[string, InputEvent[]]>([
    ['\x1b[<0;3;4M', [{ kind: 'mouse', action: 'press', button: 'left', x: 2, y: 3, ...none }]],
    ['\x1b[<2;1;1m', [{ kind: 'mouse', action: 'release', button: 'right', x: 0, y: 0, ...none }]],
    [
      '\x1b[<20;200;60M',
      [{ kind: 'mouse', action: 'press', button: 'left', x: 199, y: 59, ...none, shift: true, ctrl: true }],
    ],
    ['\x1b[<32;5;5M', [{ kind: 'mouse', action: 'drag', button: 'left', x: 4, y: 4, ...none }]],
    ['\x1b[<64;5;5M', [{ kind: 'mouse', action: 'wheel-up', button: 'none', x: 4, y: 4, ...none }]],
    ['\x1b[<65;5;5M', [{ kind: 'mouse', action: 'wheel-down', button: 'none', x: 4, y: 4, ...none }]],
    ['\x1b[<66;5;5M', []],
    ['\x1b[<0;0;4M', []],
    [
      '\x1b[I\x1b[O',
      [
        { kind: 'focus', focused: true },
        { kind: 'focus', focused: false },
      ],
    ],
  ])('%j', (input, expected) => {
    expect(decode(input)).toEqual(expected)
  })
})

describe('paste', () => {
  test('is one event, with what looks like keys inside it, and line ends made alike', () => {
    expect(decode('a\x1b[200~x\r\ny\rz\x1b[A\x03\x1b[201~b')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'paste', text: 'x\ny\nz\x1b[A\x03' },
      { kind: 'text', text: 'b' },
    ])
  })

  test('of 10,000 lines in small chunks takes well under a tenth of a second', () => {
    const text = Array.from({ length: 10_000 }, (_, line) => `const line${line} = 'some text that is pasted'`).join(
      '\n',
    )
    const input = bytes(`\x1b[200~${text}\x1b[201~`)
    const decoder = new InputDecoder()
    const events: InputEvent[] = []
    const begin = process.cpuUsage()
    for (let at = 0; at < input.length; at += 1024) events.push(...decoder.push(input.subarray(at, at + 1024)))
    const { user } = process.cpuUsage(begin)
    expect(events).toEqual([{ kind: 'paste', text }])
    expect(user / 1000).toBeLessThan(100)
  })

  test('stays open over silence', () => {
    const decoder = new InputDecoder()
    decoder.push(bytes('\x1b[200~ab\x1b'))
    expect(decoder.waiting).toBe(false)
    expect(decoder.flush()).toEqual([])
    expect(decoder.push(bytes('[201~'))).toEqual([{ kind: 'paste', text: 'ab' }])
  })
})

/** Neighbouring text as one event: how much of it comes at once depends on the chunks, what it says does not. */
function merged(events: readonly InputEvent[]): InputEvent[] {
  const result: InputEvent[] = []
  for (const event of events) {
    const last = result.at(-1)
    if (event.kind === 'text' && last?.kind === 'text')
      result[result.length - 1] = { kind: 'text', text: last.text + event.text }
    else result.push(event)
  }
  return result
}

const pieces = fc.oneof(
  fc.string({ unit: 'grapheme' }).map(text => text.replace(/\x1b/g, '')),
  fc.constantFrom(
    '\r',
    '\t',
    '\x03',
    '\x7f',
    '\x1b[A',
    '\x1b[1;5C',
    '\x1bOP',
    '\x1b[3~',
    '\x1bb',
    '\x1b\r',
    '\x1b\x1b[A',
  ),
  fc.constantFrom(
    '\x1b[<0;10;20M',
    '\x1b[<65;1;1M',
    '\x1b[I',
    '\x1b[13;2u',
    '\x1b[?1u',
    '\x1b]11;x\x07',
    '\x1b[[A',
    '한',
    '👨‍👩‍👧',
  ),
  fc.string({ unit: 'binary' }).map(text => `\x1b[200~${text.replaceAll('\x1b[201~', '')}\x1b[201~`),
)

test('any cutting into chunks gives the same events', () => {
  fc.assert(
    fc.property(fc.array(pieces), fc.array(fc.nat(), { maxLength: 30 }), (parts, cuts) => {
      const input = bytes(parts.join(''))
      const places = [...new Set(cuts.map(cut => cut % (input.length + 1)))].sort((a, b) => a - b)
      const chunks = [...places, input.length].map((end, index) => input.subarray(places[index - 1] ?? 0, end))
      expect(merged(decode(...chunks))).toEqual(merged(decode(input)))
    }),
    { numRuns: 1000 },
  )
})

test('arbitrary bytes never throw, and never hold input back for good', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), chunks => {
      const decoder = new InputDecoder()
      for (const chunk of chunks) decoder.push(chunk)
      decoder.flush()
      expect(decoder.waiting).toBe(false)
    }),
  )
})
