import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Fleet } from '../../src/engine/fleet/api.js'
import { approveAll, fakeFleet } from '../../src/testing/index.js'

const NAMES = Array.from({ length: 8 }, (_, i) => `h${i}`)
const { fleet } = fakeFleet({ inventory: NAMES, answer: () => ({}) })
const some = fc.subarray(NAMES).map(names => fleet.where(host => names.includes(host.name)))
const set = (of: Fleet): Set<string> => new Set(of.names)

it('fleets are sets of hosts, in the order of the inventory', () => {
  fc.assert(
    fc.property(some, some, some, (a, b, c) => {
      expect(a.and(b).names).toEqual(NAMES.filter(name => set(a).has(name) && set(b).has(name)))
      expect(set(a.or(b))).toEqual(new Set([...a.names, ...b.names]))
      expect(a.minus(b).names).toEqual(a.names.filter(name => !set(b).has(name)))
      expect(set(a.or(b).minus(c))).toEqual(set(a.minus(c).or(b.minus(c))))
      expect(set(a.minus(b).or(a.and(b)))).toEqual(set(a))
      expect(a.and(a.minus(b)).names).toEqual(a.minus(b).names)
    }),
  )
})

it('first and sample take so many, and no host twice', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: -2, max: 10 }), (a, count) => {
      expect(a.first(count).names).toEqual(a.names.slice(0, Math.max(0, count)))
      const sample = a.sample(count)
      expect(sample.size).toBe(Math.max(0, Math.min(count, a.size)))
      expect(sample.and(a).names).toEqual(sample.names)
    }),
  )
})

it('results part their hosts, and outliers are those outside the largest group', async () => {
  const answers = fc.array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 8, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(answers, async given => {
      const asked = fakeFleet({
        inventory: NAMES,
        answer: host => {
          const answer = given[NAMES.indexOf(host)]
          return answer === undefined ? { exitCode: 1 } : { stdout: answer }
        },
      })
      const results = await asked.fleet.$`x`
      expect(results.ok.or(results.failed).size).toBe(8)
      expect(results.ok.and(results.failed).size).toBe(0)
      expect(results.where(({ text }) => text === 'a').names).toEqual(NAMES.filter((_, i) => given[i] === 'a'))
      const [largest] = results.groups()
      expect(largest && [...results.outliers().names, ...largest.hosts.names].sort()).toEqual(NAMES)
      expect(results.groups().reduce((sum, { hosts }) => sum + hosts.size, 0)).toBe(8)
      await asked.close()
    }),
    { numRuns: 30 },
  )
})

it.each<[string, Parameters<Fleet['with']>[0], number[], number, 'ok' | 'failed']>([
  ['stops at success', { retries: 3 }, [1, 1, 0, 0], 3, 'ok'],
  ['gives up after its retries', { retries: 2 }, [1, 1, 1, 0], 3, 'failed'],
  ['waits for an answer', { retryUntil: result => result.stderr === 'try 2' }, [0, 0, 0], 2, 'ok'],
  ['fails when the answer never comes', { retries: 1, retryUntil: () => false }, [0, 0, 0], 2, 'failed'],
  ['takes other exit codes as success', { successCodes: [0, 3] }, [3], 1, 'ok'],
  ['resolves all the same when errors are ignored', { ignoreErrors: true }, [9], 1, 'ok'],
])('a command %s', async (_what, options, codes, tries, status) => {
  let ran = 0
  const { fleet, close } = fakeFleet({
    inventory: ['a'],
    answer: () => ({ exitCode: codes[ran++] ?? 0, stderr: `try ${ran}` }),
  })
  const results = await fleet.with({ retryDelay: 0, ...options }).$`x`
  expect(ran).toBe(tries)
  expect(results.outcomes.get('a')?.status).toBe(status)
  await close()
})

it('a retry that is interrupted while it waits ends with the failure it had', async () => {
  const { fleet, close } = fakeFleet({ inventory: ['a'], answer: () => ({ exitCode: 1 }) })
  const { inScope } = await import('../../src/engine/run/scope.js')
  const { ApprovalDesk } = await import('../../src/engine/run/approval.js')
  const controller = new AbortController()
  const desk = new ApprovalDesk(approveAll, () => {}, controller.signal)
  const running = inScope({ mode: 'live', signal: controller.signal, desk }, () => fleet.with({ retries: 5 }).$`x`)
  setTimeout(() => controller.abort(new Error('interrupted')), 50)
  const results = await running
  expect(() => results.get('a')).toThrow('a: x exited with 1')
  await close()
})

it('runs once on the first host, and one after another where that is asked for', async () => {
  const { fleet, ran, close } = fakeFleet({ inventory: NAMES, answer: () => ({ delay: 1 }) })
  expect((await fleet.with({ runOnce: true }).$`once`).size).toBe(1)
  expect(ran('h1')).toEqual([])
  await fleet.with({ serial: true }).$`x`
  expect(NAMES.map(name => ran(name).length)).toEqual([2, 1, 1, 1, 1, 1, 1, 1])
  await close()
})

it('five thousand hosts that wait for approval in an each, all different, are one question soon', async () => {
  const names = Array.from({ length: 5_000 }, (_, i) => `h${i}`)
  let questions = 0
  const { fleet, close } = fakeFleet({
    inventory: names,
    answer: () => ({}),
    approver: async request => {
      questions++
      expect(request.choices).toHaveLength(5_000)
      return { kind: 'decline' }
    },
  })
  await fleet.with({ parallel: 5_000 }).each(host => host.server.shell({ commands: `echo ${host.name}` }))
  expect((await fleet.$`uptime`).groups()).toHaveLength(1)
  expect(questions).toBe(1)
  await close()
})
