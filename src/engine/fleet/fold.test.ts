import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnreachableError } from '../errors.js'
import { fold } from './fold.js'
import type { Outcome } from './outcome.js'
import { groupText } from './outcome-view.js'

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

it('holds hosts that cannot be reached for the same reason together, and says it without their addresses', () => {
  const reasons = {
    a: 'connection refused at 10.0.0.1:22',
    b: 'connection refused at [::1]:22',
    c: 'cannot resolve the name c.example',
    d: 'cannot resolve the name d.example',
    e: 'connection refused at 10.0.0.1:2222',
    f: 'no route to host at 10.0.0.9:22',
    g: 'no route to host at 10.0.0.9:22',
  }
  const outcomes = new Map(
    Object.entries(reasons).map(([host, reason]): [string, Outcome<string>] => [
      host,
      { status: 'unreachable', error: new UnreachableError(host, reason), ms: 0 },
    ]),
  )
  expect(fold(outcomes).map(({ hosts }) => [hosts.join(), groupText(hosts, outcomes)])).toEqual([
    ['a,b', 'connection refused at …:22'],
    ['c,d', 'cannot resolve the name …'],
    ['f,g', 'no route to host at 10.0.0.9:22'],
    ['e', 'connection refused at 10.0.0.1:2222'],
  ])
})
