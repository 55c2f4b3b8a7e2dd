import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { openTerminal, type Terminal } from '../terminal/terminal.js'

/** What the terminal is like before and after: a text on the normal screen, and none of the screen's modes. */
const SCRIPT = 'echo before; "$@"; echo "status $?"; stty -a | grep -o -- "-\\?icanon"; sleep 5'

function start(cols = 60, rows = 12): Terminal {
  const program = [process.execPath, '--import', 'tsx', 'test/fixtures/screen-program.tsx']
  return openTerminal({
    command: 'sh',
    args: ['-c', SCRIPT, 'sh', ...program],
    cols,
    rows,
    env: { NODE_ENV: 'production', TSX_TSCONFIG_PATH: 'tsconfig.test.json' },
  })
}

let terminal: Terminal
afterEach(() => terminal.close())

/** The terminal is as it was: normal buffer with its text, line mode, cursor, no reports. */
async function expectRestored(status: number) {
  await terminal.waitFor(/^icanon/m)
  const text = terminal.text()
  expect(text).toMatch(/^before\n/)
  expect(text).toContain(`status ${status}\nicanon`)
  expect(terminal.buffer).toBe('normal')
  expect(terminal.cursor.visible).toBe(true)
  for (const mode of [1049, 1000, 1006, 1004, 2004, 2026]) expect(terminal.modes.has(mode)).toBe(false)
  expect(terminal.modes.has(7)).toBe(true)
}

/** The program's process: the only child of the shell. */
function signal(name: string) {
  execFileSync('pkill', [`-${name}`, '-P', String(terminal.pid)])
}

describe('a program on the screen', () => {
  test('draws Ink components and rows, shows keys, paste and mouse as they come, and the cursor in its place', async () => {
    terminal = start()
    await terminal.waitFor('keys:')
    expect(terminal.screen()[0]).toBe('size 60x12 counts all')
    expect(terminal.screen()[1]).toBe(`┌${'─'.repeat(58)}┐`)
    terminal.key('a', 'ctrl-x', 'alt-enter', 'up')
    await terminal.waitFor('keys: a ctrl-x alt-enter up')
    expect(terminal.cursor).toEqual({ x: 7 + 'a ctrl-x alt-enter up'.length, y: 2, visible: true })
    terminal.key('escape')
    await terminal.waitFor('up escape')
    expect(terminal.cells()[0]?.[0]).toMatchObject({ text: 's', foreground: { palette: 2 } })
    expect(terminal.clears).toBe(1)
    terminal.key('p')
    const [, above, row] = await terminal.waitFor('popup')
    expect(above?.slice(0, 16)).toBe('┌─── popup    ──')
    expect(row?.slice(0, 20)).toBe('│key0123456789x alt-')
    terminal.key('p')
    await terminal.waitFor('keys: a ctrl-x alt-enter up escape p p')
  })

  test('fits the terminal after a resize, and clears only then', async () => {
    terminal = start()
    await terminal.waitFor('keys:')
    terminal.resize(40, 8)
    await terminal.waitFor('size 40x8')
    expect(terminal.screen()[7]).toBe(`└${'─'.repeat(38)}┘`)
    expect(terminal.clears).toBe(2)
  })

  test('writes a changed row, not the screen', async () => {
    terminal = start()
    await terminal.waitFor('keys:')
    // what comes behind it is all of the first frame
    terminal.type('a')
    await terminal.waitFor('keys: a')
    await terminal.quiet()
    const before = terminal.output.length
    terminal.type('c')
    await terminal.waitFor('keys: a c')
    expect(terminal.output.length - before).toBeLessThan(80)
  })

  test('keeps running while the terminal does not read, and then shows the newest frame', async () => {
    terminal = start(200, 60)
    await terminal.waitFor('keys:')
    terminal.pause()
    terminal.type('b')
    await new Promise(resolve => setTimeout(resolve, 2500))
    const before = terminal.output.length
    terminal.unpause()
    await terminal.waitFor('frames 400')
    await terminal.waitFor('counts skipped')
    expect(terminal.output.length - before).toBeLessThan(400 * 5000)
  })
})

describe('the terminal is given back', () => {
  test('on exit', async () => {
    terminal = start()
    await terminal.waitFor('keys:')
    terminal.type('q')
    await expectRestored(0)
    expect(terminal.text()).toContain('goodbye')
  })

  test('on an exception, which is shown', async () => {
    terminal = start(100, 30)
    await terminal.waitFor('keys:')
    terminal.type('x')
    await expectRestored(1)
    expect(terminal.text()).toContain('thrown on purpose')
  })

  test.each([
    ['INT', 130],
    ['TERM', 143],
    ['HUP', 129],
  ])('on SIG%s, which then ends the process', async (name, status) => {
    terminal = start()
    await terminal.waitFor('keys:')
    signal(name)
    await expectRestored(status)
  })

  test('while suspended, and taken again', async () => {
    terminal = start()
    await terminal.waitFor('keys:')
    terminal.type('s')
    await terminal.waitFor('suspended')
    expect(terminal.buffer).toBe('normal')
    expect(terminal.modes.has(2004)).toBe(false)
    await terminal.waitFor('keys:')
    expect(terminal.buffer).toBe('alternate')
    terminal.type('q')
    await expectRestored(0)
  })
})
