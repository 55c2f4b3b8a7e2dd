import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ChangeView, PlanView } from '../events.js'
import { GUARDS, type Guard } from '../inventory/spec.js'
import { ApprovalDesk } from './approval.js'
import { type Awaiting, combine } from './approval-request.js'

const HOSTS = ['h1', 'h2', 'h3', 'h4', 'h5']
const change = (summary: string): ChangeView => ({
  summary,
  diff: { kind: 'command', subject: '', command: summary },
  commands: [summary],
  undoable: false,
})

/** One planned step: what each of some hosts would do. */
const awaiting: fc.Arbitrary<Awaiting> = fc
  .record({
    label: fc.constantFrom('one', 'two'),
    doing: fc.array(fc.constantFrom('x', 'y', undefined), { minLength: HOSTS.length, maxLength: HOSTS.length }),
    guard: fc.constantFrom<Guard>('open', 'confirm', 'count'),
  })
  .map(({ label, doing, guard }) => {
    const groups = ['x', 'y'].flatMap(what => {
      const hosts = HOSTS.filter((_, i) => doing[i] === what)
      return hosts.length === 0 ? [] : [{ hosts, outcome: 'change' as const, changes: [change(what)] }]
    })
    const plan: PlanView = { operation: 'op', label, groups }
    return { plan, guards: new Map(groups.flatMap(({ hosts }) => hosts).map(host => [host, guard] as const)) }
  })

/** What a host would do, step by step. */
const stepsOf = (plans: readonly PlanView[], host: string): string[] =>
  plans.flatMap(({ label, groups }) =>
    groups.filter(({ hosts }) => hosts.includes(host)).map(({ changes }) => `${label} ${changes[0]?.summary}`),
  )
/** The steps of each label keep their order; between labels of different calls of an `each` there is none. */
const byLabel = (steps: readonly string[]): string[][] =>
  ['one', 'two'].map(label => steps.filter(step => step.startsWith(label)))

it('loses nothing: every host keeps its steps in order, in groups that share no host', () => {
  fc.assert(
    fc.property(fc.array(awaiting, { maxLength: 5 }), waiting => {
      const request = combine(waiting, 1)
      expect([...request.hosts].sort()).toEqual(HOSTS.filter(host => waiting.some(({ guards }) => guards.has(host))))
      for (const host of HOSTS)
        expect(byLabel(stepsOf(request.plans, host))).toEqual(
          byLabel(
            stepsOf(
              waiting.map(({ plan }) => plan),
              host,
            ),
          ),
        )
      for (const { groups } of request.plans) {
        const hosts = groups.flatMap(group => group.hosts)
        expect(new Set(hosts).size).toBe(hosts.length)
      }
      const guards = waiting.flatMap(({ guards }) => [...guards.values()])
      expect(GUARDS.indexOf(request.guard)).toBe(
        guards.length === 0 ? GUARDS.indexOf('confirm') : Math.max(...guards.map(guard => GUARDS.indexOf(guard))),
      )
    }),
  )
})

it('offers choices that part the hosts by what is done to them, the largest first', () => {
  fc.assert(
    fc.property(fc.array(awaiting, { maxLength: 5 }), waiting => {
      const { choices, hosts, plans } = combine(waiting, 1)
      expect(choices.flatMap(choice => choice.hosts).sort()).toEqual([...hosts].sort())
      expect(choices.map(({ id }) => id)).toEqual(choices.map((_, i) => i + 1))
      const choiceOf = new Map(choices.flatMap(choice => choice.hosts.map(host => [host, choice.id] as const)))
      for (const a of hosts)
        for (const b of hosts)
          expect(choiceOf.get(a) === choiceOf.get(b)).toBe(
            JSON.stringify(stepsOf(plans, a)) === JSON.stringify(stepsOf(plans, b)),
          )
      const sizes = choices.map(choice => choice.hosts.length)
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    }),
  )
})

it('wants the count of the chosen hosts where the guard says so', async () => {
  const plan: PlanView = {
    operation: 'op',
    label: 'op',
    groups: [
      { hosts: ['h1', 'h2'], outcome: 'change', changes: [change('x')] },
      { hosts: ['h3'], outcome: 'change', changes: [change('y')] },
    ],
  }
  const guards = new Map(['h1', 'h2', 'h3'].map(host => [host, 'count'] as const))
  const decided = (confirmedHosts: number, choices?: readonly number[]) =>
    new ApprovalDesk(
      async () => ({ kind: 'apply', confirmedHosts, ...(choices ? { choices } : {}) }),
      () => {},
      new AbortController().signal,
    ).request({ plan, guards })
  expect(await decided(3)).toEqual(new Set(['h1', 'h2', 'h3']))
  expect(await decided(2)).toBeUndefined()
  expect(await decided(2, [1])).toEqual(new Set(['h1', 'h2']))
  expect(await decided(3, [1])).toBeUndefined()
})
