import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SHELLS } from '../../../test/fleet/shells.js'
import { Secret } from '../secret.js'
import { commandText, raw } from './template.js'

const text = (strings: TemplateStringsArray, ...values: unknown[]): string => commandText(strings, values)
const words = fc.array(fc.string({ unit: fc.constantFrom(...'\'"\\$`!*?[]{}()<>|&;#~= \n\ta') }), {
  minLength: 1,
  maxLength: 6,
})

describe.each(SHELLS)('a command template in %s', (_name, program, ...args) => {
  const run = (script: string): string => spawnSync(program, args, { input: script, encoding: 'utf8' }).stdout

  it('gives every value as the word it is, and arrays as several', () => {
    fc.assert(
      fc.property(words, fc.string({ unit: fc.constantFrom(...'\'" \n$x') }), (list, single) => {
        expect(run(text`for w in ${list} ${single} ${7}; do printf '%s\\0' "$w"; done`)).toBe(
          [...list, single, '7'].map(word => `${word}\0`).join(''),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('takes raw text as it is', () => {
    expect(run(text`echo ${raw('$((1 + 2))')} ${'$((1 + 2))'}`)).toBe('3 $((1 + 2))\n')
  })
})

describe('a command template', () => {
  it.each([
    ['nothing', undefined, 'A value in the command is undefined'],
    ['null in a list', [null], 'A value in the command is null'],
    ['an object', { a: 1 }, 'An object cannot stand in a command'],
    ['a secret', new Secret('hunter2', 'sudo'), 'A secret (sudo) cannot stand in a command'],
  ])('refuses %s', (_what, value, message) => {
    expect(() => text`echo ${value}`).toThrow(message)
  })

  it('refuses an empty value that is part of a path', () => {
    const refusal = (part: string) => `The value in “${part}” is empty, which makes it another path; nothing was sent.`
    expect(() => text`rm -r ${''}/cache`).toThrow(refusal('${…}/cache'))
    expect(() => text`rm -r /srv/${[]} x`).toThrow(refusal('/srv/${…}'))
    expect(text`grep -r ${''} /srv --as=${''}`).toBe("grep -r '' /srv --as=''")
    expect(text`ls /srv/${raw('')}`).toBe('ls /srv/')
  })

  it('refuses what is no template, where no type checker did', () => {
    for (const first of ['uptime', { sudo: true }, undefined])
      expect(() => Reflect.apply(commandText, undefined, [first, []])).toThrow('A command goes behind $ in backticks')
  })

  it('takes what has a text of its own', () => {
    expect(text`cat ${new URL('file:///a%20b')}`).toBe('cat file:///a%20b')
  })
})
