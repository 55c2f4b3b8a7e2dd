import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Comeback, pauseBefore, Reconnect } from './reconnect.js'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Attempts that end as told, then all `unreachable`. */
function attempts(...ends: Comeback[]) {
  const at: number[] = []
  const start = Date.now()
  const reconnect = new Reconnect(async () => {
    at.push((Date.now() - start) / 1000)
    return ends.shift() ?? 'unreachable'
  })
  return { reconnect, at }
}

test('less and less often, at least once a minute, until it is back', async () => {
  const { reconnect, at } = attempts(...Array<Comeback>(8).fill('unreachable'), 'ready')
  reconnect.begin()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(at).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243])
})

test('a server that refuses is asked four times, one that is away for ever', async () => {
  const refused = attempts(...Array<Comeback>(99).fill('refused'))
  const away = attempts()
  refused.reconnect.begin()
  away.reconnect.begin()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(refused.at).toHaveLength(4)
  expect(away.at.length).toBeGreaterThan(60)
  away.reconnect.stop()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('lost anew begins anew; lost as soon as it was back goes on with longer pauses', async () => {
  const { reconnect, at } = attempts('ready', 'ready', 'ready')
  reconnect.begin()
  await vi.advanceTimersByTimeAsync(100_000)
  reconnect.begin()
  await vi.advanceTimersByTimeAsync(2_000)
  reconnect.begin()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(at).toEqual([1, 101, 104])
  reconnect.stop()
})

test('jitter keeps within half and one and a half', () => {
  expect([0, 0.5, 1].map(chance => pauseBefore(0, chance))).toEqual([500, 1000, 1500])
  expect(pauseBefore(1000, 1)).toBe(90_000)
})
