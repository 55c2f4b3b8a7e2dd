import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { quote } from './quote.js'

describe('quote', () => {
  test.each([
    ['plain-word', 'plain-word'],
    ["it's", `'it'\\''s'`],
    ['', "''"],
    ['a b', "'a b'"],
    ['A=b', "'A=b'"],
    ['~', "'~'"],
    ['{a,b}', "'{a,b}'"],
  ])('%j becomes %s', (text, quoted) => {
    expect(quote(text)).toBe(quoted)
  })

  test('refuses a NUL character', () => {
    expect(() => quote('a\0b')).toThrow(RangeError)
  })

  describe.each(SHELLS)('in %s', (_name, program, ...args) => {
    test('every word arrives as it was', () => {
      const word = fc.string({
        unit: fc.oneof(
          fc.constantFrom(...'\'"\\$`!*?[]{}()<>|&;#~=-\n\t \r%'),
          fc.string({ minLength: 1, maxLength: 1 }),
        ),
      })
      fc.assert(
        fc.property(
          fc.array(
            word.filter(text => !text.includes('\0')),
            { minLength: 1, maxLength: 20 },
          ),
          words => {
            const script = `for w in ${words.map(quote).join(' ')}; do printf '%s\\0' "$w"; done`
            const { stdout } = spawnSync(program, args, { input: script, encoding: 'utf8' })
            expect(stdout).toBe(words.map(each => `${each}\0`).join(''))
          },
        ),
        { numRuns: 40 },
      )
    })

    test('a quoted command is a command', () => {
      const { stdout } = spawnSync(program, args, { input: `${quote('echo')} ${quote('-n')}x`, encoding: 'utf8' })
      expect(stdout.trimEnd()).toMatch(/x$/)
    })
  })
})
