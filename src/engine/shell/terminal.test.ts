import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { HangUpKeys } from './hang-up-keys.js'
import { TerminalModes } from './terminal-modes.js'
import { scriptReader, typedScript } from './typed-script.js'

/** Cuts bytes into chunks of the given sizes, and the rest. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (const size of [...sizes, bytes.length]) {
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

describe('TerminalModes', () => {
  const restored = (text: string, sizes: readonly number[] = []) => {
    const modes = new TerminalModes()
    for (const chunk of cut(Buffer.from(text), sizes)) modes.watch(chunk)
    return modes.restore()
  }
  test.each([
    ['nothing', 'plain \x1b[31mred\x1b[m text', ''],
    ['what was switched on and off again', '\x1b[?1049h\x1b[?2004h\x1b[?2004l\x1b[?1049l', ''],
    ['an editor', '\x1b[?1049h\x1b[?1h\x1b=\x1b[?2004h', '\x1b>\x1b[?1l\x1b[?2004l\x1b[?1049l'],
    ['a hidden cursor, several modes at once', '\x1b[?25l\x1b[?1000;1006h', '\x1b[?25h\x1b[?1000l\x1b[?1006l'],
    ['modes it does not know', '\x1b[?12h\x1b[?9999h\x1b[4h', ''],
  ])('%s', (_what, text, expected) => {
    expect(restored(text)).toBe(expected)
  })
  test('however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 }), sizes => {
        expect(restored('ab\x1b[?1049hcd\x1b[?25l\x1b[?1000;1006h\x1b=', sizes)).toBe(
          '\x1b>\x1b[?25h\x1b[?1000l\x1b[?1006l\x1b[?1049l',
        )
      }),
    )
  })
})

describe('HangUpKeys', () => {
  test.each([
    ['~.', '', true],
    ['ls\r~.', 'ls\r', true],
    ['a~.b', 'a~.b', false],
    ['\r~~.', '\r~.', false],
    ['\r~x~.', '\r~x~.', false],
    ['~/bin\r', '~/bin\r', false],
  ])('%j', (typed, passed, hangUp) => {
    const whole = new HangUpKeys().take(Buffer.from(typed))
    expect([whole.keys.toString(), whole.hangUp]).toEqual([passed, hangUp])
    const keys = new HangUpKeys()
    const each = [...typed].map(key => keys.take(Buffer.from(key)))
    expect([Buffer.concat(each.map(one => one.keys)).toString(), each.some(one => one.hangUp)]).toEqual([
      passed,
      hangUp,
    ])
  })
})

describe.each(SHELLS)('a typed script in %s', (_name, program, ...args) => {
  test('is run as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
        const value = text.replaceAll('\0', '')
        const script = `printf '%s' '${value.replaceAll("'", `'\\''`)}'`
        const typed = typedScript(script)
        expect(typed).toMatch(/^[\n -~]*$/)
        expect(Math.max(...typed.split('\n').map(line => line.length))).toBeLessThan(255)
        const { stdout } = spawnSync(program, [...args, '-c', scriptReader('begin')], { input: `${typed}left over` })
        expect(stdout.toString()).toBe(`begin\n${Buffer.from(value).toString()}`)
      }),
      { numRuns: 40 },
    )
  })
})
