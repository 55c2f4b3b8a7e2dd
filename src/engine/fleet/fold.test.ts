import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnreachableError } from '../errors.js'
import { fold } from './fold.js'
import type { Outcome } from './outcome.js'

function outcomesOf(
  answers: readonly { readonly value: string; readonly ok: boolean }[],
): Map<string, Outcome<string>> {
  return new Map(
    answers.map(({ value, ok }, i): [string, Outcome<string>] => [
      `h${i}`,
      ok ? { status: 'ok', value, ms: i } : { status: 'failed', error: new Error(`h${i}: ${value}`), ms: i },
    ]),
  )
}

const answers = fc.array(fc.record({ value: fc.constantFrom('x', 'y', 'z'), ok: fc.boolean() }), { maxLength: 20 })

it('is a partition of the hosts in which equal answers, and no others, share a group; the largest comes first', () => {
  fc.assert(
    fc.property(answers, given => {
      const folded = fold(outcomesOf(given))
      const groupOf = new Map(folded.flatMap(({ hosts }, i) => hosts.map(host => [host, i] as const)))
      expect(folded.flatMap(({ hosts }) => hosts)).toHaveLength(given.length)
      for (const [i, a] of given.entries())
        for (const [j, b] of given.entries())
          expect(groupOf.get(`h${i}`) === groupOf.get(`h${j}`)).toBe(a.value === b.value && a.ok === b.ok)
      const sizes = folded.map(({ hosts }) => hosts.length)
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
      for (const { hosts } of folded)
        expect([...hosts].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))).toEqual(hosts)
    }),
  )
})

it('tells kinds of failure apart and not hosts', () => {
  const errors: [string, Outcome<string>][] = ['a', 'b'].map(host => [
    host,
    { status: 'unreachable', error: new UnreachableError(host, 'no route'), ms: 0 },
  ])
  const other: [string, Outcome<string>] = ['c', { status: 'failed', error: new Error('c: no route'), ms: 0 }]
  expect(fold(new Map([...errors, other])).map(({ hosts }) => hosts)).toEqual([['a', 'b'], ['c']])
})
