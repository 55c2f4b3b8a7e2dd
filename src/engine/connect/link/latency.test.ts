import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nobody } from '../ask.js'
import { Credentials } from '../credentials.js'
import { fakeConnector } from '../fake/connector.js'
import { Throttle } from '../throttle.js'
import { HostLink } from './host-link.js'
import { Latency } from './latency.js'

describe('when it is looked at', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  test('soon after a host has come up, then behind what is asked of it, and not at every command', async () => {
    let looks = 0
    const latency = new Latency(async () => {
      looks += 1
    })
    latency.due()
    await vi.advanceTimersByTimeAsync(1000)
    expect(looks).toBe(1)
    await latency.during(async () => {})
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toBe(1)
    await latency.during(async () => {})
    await vi.advanceTimersByTimeAsync(1000)
    expect(looks).toBe(2)
    // at rest it is left alone
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(looks).toBe(2)
  })

  test('never while something is asked of the host, nor after its end', async () => {
    let looks = 0
    const latency = new Latency(async () => {
      looks += 1
      throw new Error('lost')
    })
    let end = (): void => {}
    const long = latency.during(() => new Promise<void>(resolve => (end = resolve)))
    await latency.during(async () => {})
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toBe(0)
    end()
    await long
    latency.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toBe(0)
  })
})

test('a host of a session tells its latency by itself', async () => {
  const told = new Promise<number>((resolve, reject) => {
    const link = new HostLink({
      endpoint: { name: 'sim', settings: { connector: 'fake' } },
      connector: fakeConnector(() => ({ stdout: '', delay: 3 })),
      asker: nobody,
      credentials: new Credentials(),
      observer: { state: () => {}, latency: ms => void link.close().then(() => resolve(ms), reject) },
      gate: new Throttle(1),
      reconnect: true,
    })
    link.connect().catch(reject)
  })
  expect(await told).toBeGreaterThan(0)
})
