import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { Emulator } from '../../../test/terminal/emulator.js'
import { sanitise, sanitiseLines } from './sanitise.js'

describe('what a host may send, and what is shown of it', () => {
  test.each([
    ['plain text is itself', 'a b ~', 'a b ~'],
    ['lines', 'a\nb\r\nc\n', 'a\nb\nc'],
    ['an empty line at the end is kept', 'a\n\n', 'a\n'],
    ['C0 controls', 'a\x00\x07\x0b\x0c\x0e\x1f\x7fb', 'ab'],
    ['C1 controls', 'a\x80\x85\x8d\x9cb', 'ab'],
    ['cursor moves', 'a\x1b[5;5Hb\x1b[2Jc\x1b[1A\x9b3Bd', 'abcd'],
    ['modes', '\x1b[?1049h\x1b[?25l\x1bc\x1b(0\x1b7\x1b=x', 'x'],
    ['a title', '\x1b]0;owned\x07x\x1b]2;owned\x1b\\y\x9d0;owned\x9cz', 'xyz'],
    ['a link', '\x1b]8;;http://evil.example\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['the clipboard', '\x1b]52;c;ZXZpbA==\x07', ''],
    ['device control strings', 'a\x1bP+q544e\x1b\\b\x1b_Gi=1\x1b\\c\x1bXs\x1b\\d\x1b^p\x1b\\e', 'abcde'],
    ['a string that never ends hides nothing', '\x1b]0;rm -rf /', '0;rm -rf /'],
    ['a sequence cut off', 'a\x1b[31', 'a31'],
    ['an escape at the end', 'a\x1b', 'a'],
    ['tabs', 'a\tb\n1234567\t8\n12345678\t9', 'a       b\n1234567 8\n12345678        9'],
    ['tabs behind wide characters', '한\tb', '한      b'],
    ['a progress display', '10%\r50%\r100%\r\ndone', '100%\ndone'],
    ['overstruck bold and underline of man pages', 'N\bNA\bAM\bM_\bE', 'NAME'],
    ['bidirectional overrides', 'a\u202egnp.exe\u202c\u2066x\u2069\u200fy', 'agnp.exexy'],
    ['zero-width spaces and tags', 'a\u200bb\ufeffc\u2060d\u{e0041}e', 'abcde'],
    ['line separators', 'a\u2028b\u2029c', 'abc'],
    ['lone surrogates', 'a\ud800b\udc00c', 'a\ufffdb\ufffdc'],
    ['joined emoji stay', '👨‍👩‍👧', '👨‍👩‍👧'],
    ['a mark with nothing before it', '\u0301a', ' \u0301a'],
    ['a skin tone with nothing before it', '🏽a', ' 🏽a'],
    ['heaps of marks', `a${'\u0301'.repeat(50)}`, `a${'\u0301'.repeat(8)}`],
  ])('%s', (_, input, expected) => {
    expect(sanitise(input)).toBe(expected)
  })

  test.each([
    ['colour ends with the text', '\x1b[31mred', '\x1b[31mred\x1b[m'],
    [
      'colour ends with its line and goes on in the next',
      '\x1b[1;32ma\nb\x1b[0mc',
      '\x1b[1;32ma\x1b[m\n\x1b[1;32mb\x1b[mc',
    ],
    ['256 and true colours', '\x1b[38;5;200;48;2;1;2;3mx', '\x1b[38;5;200;48;2;1;2;3mx\x1b[m'],
    ['colons', '\x1b[38:5:200mx', '\x1b[38;5;200mx\x1b[m'],
    ['bright colours', '\x1b[91;102mx', '\x1b[91;102mx\x1b[m'],
    ['attributes on and off', '\x1b[1;3;4;7;9ma\x1b[22;23;24;27;29mb', '\x1b[1;3;4;7;9ma\x1b[mb'],
    ['no blinking, nothing hidden', '\x1b[5;6;8mx', 'x'],
    ['colours out of range', '\x1b[38;5;999mx\x1b[38;2;1mx', 'xx'],
    ['default colours', '\x1b[31;41ma\x1b[39mb\x1b[49mc', '\x1b[31;41ma\x1b[m\x1b[41mb\x1b[mc'],
    ['a private sequence is no colour', '\x1b[>4;2mx', 'x'],
  ])('%s', (_, input, expected) => {
    expect(sanitise(input)).toBe(expected)
  })

  test('without colour', () => {
    expect(sanitise('\x1b[1;31mred\x1b[0m', { colour: false })).toBe('red')
  })

  test('invalid UTF-8', () => {
    expect(sanitise(new Uint8Array([0x61, 0xff, 0xc3, 0x28, 0x9b, 0x32, 0x4a]))).toBe('a\ufffd\ufffd(\ufffd2J')
  })

  test('a long line says how much is missing', () => {
    expect(sanitise('x'.repeat(30), { maxColumns: 10 })).toBe('xxxxxxxxxx… 20 more characters')
    expect(sanitise(`\x1b[31m${'한'.repeat(30)}`, { maxColumns: 5 })).toBe('\x1b[31m한한\x1b[m… 28 more characters')
  })
})

test.each([
  ['letters', 'x'.repeat(10_000_000)],
  ['colours', '\x1b[31mx'.repeat(1_500_000)],
  ['escapes', '\x1b'.repeat(10_000_000)],
  ['strings that never end', '\x1b]0;'.repeat(2_500_000)],
  ['marks', `a${'\u0301'.repeat(5_000_000)}`],
  ['carriage returns', 'x\r'.repeat(5_000_000)],
])('10 MB in one line of %s does not stall', (_, line) => {
  const { user } = process.cpuUsage()
  expect(stringWidth(sanitise(line))).toBeLessThan(4_100)
  expect((process.cpuUsage().user - user) / 1000).toBeLessThan(1_000)
})

const hostile = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 0, max: 0x9f }).map(code => String.fromCharCode(code)),
    fc.constantFrom(
      '\x1b[',
      '\x1b]',
      '\x1bP',
      '\x9b',
      '\x1b[31m',
      '\x1b[0m',
      '\x1b[10A',
      '\x1b[2J',
      '\x1b[?1049h',
      '\x1b[r',
      '\x07',
    ),
    fc.constantFrom(
      '한',
      '😀',
      '🏽',
      '\u0301',
      '\u200d',
      '\ufe0f',
      '🇳',
      '\u1161',
      '\ufe0e',
      '\u0600',
      '\u0e33',
      '\t',
      '\r',
      '\n',
      '\b',
    ),
  ),
  { maxLength: 20 },
)

test('nothing a host sends leaves its rows, or marks the terminal', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, fc.constantFrom('modern' as const, 'old' as const), async (parts, widths) => {
      const lines = sanitiseLines(parts.join(''), { maxColumns: 300 })
      expect(lines.join('')).not.toMatch(/[\x00-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[\d;]*m)/)
      const emulator = new Emulator({ cols: 700, rows: lines.length + 2, widths })
      await emulator.write('\x1b[?7l|top')
      for (const [y, line] of lines.entries()) await emulator.write(`\x1b[${y + 2};1H|${line}`)
      await emulator.write(`\x1b[${lines.length + 2};1H|bottom`)
      const cells = emulator.cells()
      expect(cells.every(row => row[0]?.text === '|')).toBe(true)
      expect(emulator.lines()[0]).toBe('|top')
      expect(emulator.lines().at(-1)).toBe('|bottom')
      expect(cells.at(-1)?.[1]?.foreground).toBeUndefined()
      expect([...emulator.modes]).toEqual([25])
    }),
    { numRuns: 100 },
  )
})
