import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fanOut } from './fan-out.js'

it('runs each host once, never more at once than allowed, and answers in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 12 }),
      fc.constantFrom(1, 2, 5, 100, Number.NaN),
      async (delays, parallel) => {
        const hosts = delays.map((_, i) => `h${i}`)
        let [now, most] = [0, 0]
        const settled: string[] = []
        const outcomes = await fanOut(
          hosts,
          { parallel, signal: new AbortController().signal },
          async host => {
            most = Math.max(most, ++now)
            await sleep(delays[hosts.indexOf(host)])
            now--
            return host
          },
          host => settled.push(host),
        )
        expect([...outcomes].map(([host, outcome]) => [host, outcome.status === 'ok' && outcome.value])).toEqual(
          hosts.map(host => [host, host]),
        )
        expect(settled.sort()).toEqual([...hosts].sort())
        expect(most).toBeLessThanOrEqual(Number.isNaN(parallel) ? 1 : parallel)
      },
    ),
    { numRuns: 30 },
  )
})

it('cancels what has not begun', async () => {
  const controller = new AbortController()
  const ran: string[] = []
  const outcomes = await fanOut(
    ['a', 'b', 'c'],
    { parallel: 1, signal: controller.signal },
    async host => {
      ran.push(host)
      controller.abort(new Error('stop'))
    },
    () => {},
  )
  expect(ran).toEqual(['a'])
  expect([...outcomes.values()].map(({ status }) => status)).toEqual(['ok', 'cancelled', 'cancelled'])
})
