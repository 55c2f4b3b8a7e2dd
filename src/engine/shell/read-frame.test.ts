import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Command, frameText, handOverText, startMarker } from './frame.js'
import { readFrame } from './read-frame.js'

const NONCE = 'c0ffee00'
const text = fc.string({ unit: 'binary', maxLength: 60 }).filter(each => !each.includes('\0'))
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
const command: fc.Arbitrary<Command> = fc.record(
  {
    script: fc.oneof(text, fc.constantFrom('uname -r', 'echo hi; ls', "echo 'it''s'", '( x ) </dev/null;', '')),
    cwd: text.filter(each => each !== '' && !each.startsWith('-')),
    env: fc.dictionary(name, text, { minKeys: 1, maxKeys: 3 }),
    shell: fc.constantFrom('bash', '/usr/bin/my shell'),
    stdin: fc.constant(true),
  },
  { requiredKeys: ['script'] },
)

describe('readFrame', () => {
  test('reads what frameText writes, wherever the stream is cut', () => {
    fc.assert(
      fc.property(command, fc.boolean(), fc.nat(), (told, bare, cut) => {
        const framed = frameText({ ...told, ...(bare ? { bare } : {}) }, NONCE, 7)
        const read = readFrame(`${framed}next`)
        expect(read).toMatchObject({ nonce: NONCE, n: 7, last: false, rest: 'next' })
        const { bare: _bare, ...heard } = read?.command ?? { script: '' }
        expect({ ...heard, env: { ...heard.env } }).toEqual({ ...told, env: { ...told.env } })
        expect(readFrame(framed.slice(0, cut % framed.length))).toBeUndefined()
      }),
    )
  })

  test('reads a shell’s last script', () => {
    fc.assert(
      fc.property(text, script => {
        const read = readFrame(`${handOverText(script, startMarker(NONCE, 3))}bytes`)
        expect(read).toEqual({ nonce: NONCE, n: 3, command: { script, stdin: true }, last: true, rest: 'bytes' })
      }),
    )
  })
})
