import { afterEach, describe, expect, test } from 'vitest'
import { Emulator } from '../terminal/emulator.js'
import { keyBytes } from '../terminal/keys.js'
import { LIGHT, screenToSvg } from '../terminal/svg.js'
import { openTerminal, type Terminal } from '../terminal/terminal.js'

describe('a real program in a pseudo-terminal', () => {
  let terminal: Terminal
  afterEach(() => terminal.close())

  test('types, reads the screen and sees the exit code', async () => {
    // node-pty reads no more 200 ms after the end: what is said last before it may be lost on a busy machine
    terminal = openTerminal({ command: 'sh', args: ['-c', 'printf "name? "; read n; echo "hello $n"; read n; exit 3'] })
    await terminal.waitFor('name?')
    terminal.type('ada\n')
    await terminal.waitFor(/^hello ada$/m)
    terminal.type('\n')
    expect(await terminal.exited).toEqual({ exitCode: 3 })
    expect(terminal.exitCode).toBe(3)
  })

  test('says what the screen showed instead', async () => {
    terminal = openTerminal({ command: 'sh', args: ['-c', 'echo here; sleep 1; exit 7'] })
    await expect(terminal.waitFor('there')).rejects.toThrow(/exit code 7: the screen never showed there\n {2}│here/)
    terminal = openTerminal({ command: 'sleep', args: ['10'] })
    await expect(terminal.waitFor('there', 50)).rejects.toThrow('waited 50 ms')
  })

  test('has its size, follows a resize, and is ended by a signal', async () => {
    const script =
      'process.stdout.on("resize", show); function show() { console.log(process.stdout.getWindowSize().join("x")) } show(); setInterval(() => {}, 1000)'
    terminal = openTerminal({ command: process.execPath, args: ['-e', script], cols: 80, rows: 24 })
    await terminal.waitFor('80x24')
    terminal.resize(100, 30)
    await terminal.waitFor('100x30')
    terminal.kill('SIGKILL')
    expect((await terminal.exited).signal).toBe(9)
  })

  test('pastes in brackets once they are asked for, and clicks', async () => {
    const script =
      'process.stdin.setRawMode(true); process.stdout.write("\\x1b[?2004h\\x1b[?1006hready"); process.stdin.on("data", d => console.log(JSON.stringify(String(d))))'
    terminal = openTerminal({ command: process.execPath, args: ['-e', script] })
    await terminal.waitFor('ready')
    terminal.paste('a\nb')
    await terminal.waitFor(String.raw`"\u001b[200~a\nb\u001b[201~"`)
    terminal.mouse(2, 3)
    await terminal.waitFor(String.raw`"\u001b[<0;3;4M\u001b[<0;3;4m"`)
    terminal.key('ctrl-c', 'alt-b')
    await terminal.waitFor(/"\\u0003(\\u001bb"|"\n.*"\\u001bb")/)
    await terminal.quiet(20)
    expect(terminal.modes.has(2004)).toBe(true)
  })
})

describe('the emulator', () => {
  test('gives text, colours, modes and cursor', async () => {
    const emulator = new Emulator({ cols: 20, rows: 3 })
    await emulator.write('\x1b[?1049h\x1b[?25l\x1b[1;31mred\x1b[0m 한\x1b[3;5H\x1b[48;2;1;2;3mx')
    expect(emulator.lines()).toEqual(['red 한', '', '    x'])
    expect(emulator.buffer).toBe('alternate')
    expect(emulator.cursor).toEqual({ x: 5, y: 2, visible: false })
    const cells = emulator.cells()
    expect(cells[0]?.[0]).toMatchObject({ text: 'r', foreground: { palette: 1 }, bold: true })
    expect(cells[0]?.[4]).toMatchObject({ text: '한', width: 2, x: 4 })
    expect(cells[2]?.[4]).toMatchObject({ text: 'x', background: { rgb: 0x010203 } })
    expect(emulator.clears).toBe(0)
    await emulator.write('\x1b[2J')
    expect(emulator.clears).toBe(1)
    emulator.resize({ cols: 10, rows: 5 })
    expect(emulator.lines()).toHaveLength(5)
  })

  test('keeps what scrolled away', async () => {
    const emulator = new Emulator({ cols: 10, rows: 2 })
    await emulator.write('one\r\ntwo\r\nthree')
    expect(emulator.scrollback()).toEqual(['one'])
    expect(emulator.lines()).toEqual(['two', 'three'])
  })

  test.each([
    ['😀', 2, 1],
    ['👨‍👩‍👧', 2, 3],
    ['🇳🇱', 2, 2],
    ['❤️', 2, 1],
    ['👍🏽', 2, 2],
    ['é', 1, 1],
    ['한', 2, 2],
    ['✓', 1, 1],
  ])('counts %s as %i columns on a modern terminal and %i on an old one', async (text, modern, old) => {
    for (const [widths, expected] of [
      ['modern', modern],
      ['old', old],
    ] as const) {
      const emulator = new Emulator({ cols: 20, rows: 1, widths })
      await emulator.write(text)
      expect(emulator.cursor.x).toBe(expected)
    }
  })
})

test.each([
  ['enter', '\r'],
  ['x', 'x'],
  ['ctrl-c', '\x03'],
  ['alt-enter', '\x1b\r'],
  ['alt-b', '\x1bb'],
  ['shift-up', '\x1b[1;2A'],
  ['ctrl-right', '\x1b[1;5C'],
  ['ctrl-delete', '\x1b[3;5~'],
  ['ctrl-f1', '\x1b[1;5P'],
  ['ctrl-alt-h', '\x1b\x08'],
])('key %s is sent as %j', (name, bytes) => {
  expect(keyBytes(name)).toBe(bytes)
})

test('an unknown key is refused', () => {
  expect(() => keyBytes('hyper-x')).toThrow('no such key: hyper-x')
  expect(() => keyBytes('nosuch')).toThrow(RangeError)
})

test('a picture holds every character at its column, with its colours', async () => {
  const emulator = new Emulator({ cols: 12, rows: 2 })
  await emulator.write('\x1b[31ma<b\x1b[0m 한x\r\n\x1b[7mbar\x1b[0m')
  const svg = screenToSvg(emulator.cells(), { theme: LIGHT, title: 'a & b', cursor: emulator.cursor })
  expect(svg).toContain(`fill="${LIGHT.palette[1]}">a&lt;b</text>`)
  expect(svg).toMatch(/<text x="45.72" [^>]*>한<\/text>/)
  expect(svg).toMatch(/<text x="62.58" [^>]*>x<\/text>/)
  expect(svg).toContain('a &amp; b')
  const boxes = new Emulator({ cols: 2, rows: 2 })
  await boxes.write('┌─\r\n│')
  expect(screenToSvg(boxes.cells()).match(/<path d="[^"]*"/g)).toEqual([
    '<path d="M16.22 21H20.43M16.22 21V30"',
    '<path d="M24.65 21H20.43M24.65 21H28.86"',
    '<path d="M16.22 39V30M16.22 39V48"',
  ])
  expect(svg).toMatch(new RegExp(`<rect [^>]*fill="${LIGHT.foreground}"/>\\n<text [^>]*fill="${LIGHT.background}">bar`))
})
