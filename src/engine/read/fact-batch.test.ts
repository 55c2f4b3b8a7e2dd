import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import type { RawResult } from '../connect/link.js'
import { fact } from '../fact.js'
import { batchAnswers, batchScript } from './fact-batch.js'

const NONCE = '0123456789abcdef'
const OTHER = '0123456789abcdee'
const question = (command: string, requires?: string) =>
  fact({ name: 'x', summary: '', command: () => command, parse: text => text, ...(requires ? { requires } : {}) }).ask(
    undefined,
  )
const raw = (stdout: Buffer, stderr: Buffer): RawResult => ({ stdout, stderr, exitCode: 0, truncated: false, ms: 0 })

/** A command that prints these bytes. */
const print = (bytes: Uint8Array): string =>
  bytes.length === 0 ? ':' : `printf '${[...bytes].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(`\n${OTHER} 0`, `\n${OTHER} 0 0\n`, OTHER, '\n', '\n\n', '').map(text => Buffer.from(text)),
)

describe.each(SHELLS)('a batch in %s', (_name, program, ...args) => {
  const ask = (questions: Parameters<typeof batchScript>[0]) => {
    const { stdout, stderr } = spawnSync(program, args, { input: batchScript(questions, NONCE) })
    return batchAnswers(raw(stdout, stderr), questions.length, NONCE)
  }

  it('gives each answer back byte by byte, with its stderr and exit code', () => {
    const answer = fc.record({ out: bytes, err: bytes, code: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 5 }), answers => {
        const got = ask(answers.map(({ out, err, code }) => question(`${print(out)}; ${print(err)} >&2; exit ${code}`)))
        expect(got).toEqual(
          answers.map(({ out, err, code }) => ({
            bytes: Buffer.from(out),
            stderr: Buffer.from(err).toString('utf8'),
            exitCode: code,
          })),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('says which program is missing, and asks the others', () => {
    const [first, second] = ask([question('echo a', 'no-such-program'), question('echo b', 'cat')])
    expect(first).toBe('missing')
    expect(second).toMatchObject({ exitCode: 0, bytes: Buffer.from('b\n') })
  })

  it('keeps a command from the stdin and the variables of the next', () => {
    const [, second] = ask([question('cat; x=1; cd /'), question(`echo "[$x]"`)])
    expect(second).toMatchObject({ bytes: Buffer.from('[]\n') })
  })
})

it('calls what was cut off unanswered', () => {
  const stdout = Buffer.from(`a\n${NONCE} 0 0\nb and no m`)
  const [first, second] = batchAnswers(raw(stdout, Buffer.from(`\n${NONCE} 0\n`)), 2, NONCE)
  expect(first).toMatchObject({ bytes: Buffer.from('a'), stderr: '', exitCode: 0 })
  expect(second).toBe('unanswered')
})
