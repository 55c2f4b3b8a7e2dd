import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SessionRecord } from '../../repl/protocol.js'
import { openStore } from './store.js'
import { initialView, type View } from './view.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const state = (n: number): SessionRecord => ({
  type: 'note',
  level: 'info',
  text: `event ${n}`,
  at: Date.now(),
})

const typed = (text: string) => ({ kind: 'input', event: { kind: 'text', text }, now: Date.now() }) as const

function watched() {
  const drawn: View[] = []
  const store = openStore({
    initial: initialView({ cols: 120, rows: 40 }, Date.now()),
    draw: view => drawn.push(view),
    perform: () => {},
  })
  return { store, drawn }
}

test('a thousand events a second are at most twenty frames and the clock, and none is lost', async () => {
  const { store, drawn } = watched()
  for (let n = 0; n < 1000; n++) {
    store.record(state(n))
    await vi.advanceTimersByTimeAsync(1)
  }
  await vi.advanceTimersByTimeAsync(50)
  expect(drawn.length).toBeGreaterThan(10)
  expect(drawn.length).toBeLessThanOrEqual(22)
  expect(store.view.notebook.entries).toHaveLength(1000)
  store.close()
})

test('a key is drawn at once, before events that came earlier, which follow in their frame', async () => {
  const { store, drawn } = watched()
  await vi.advanceTimersByTimeAsync(60)
  store.record(state(0))
  await vi.advanceTimersByTimeAsync(1)
  drawn.length = 0
  store.record(state(1))
  store.dispatch(typed('x'))
  expect(drawn.map(view => [view.prompt.editor.text, view.notebook.entries.length])).toEqual([['x', 1]])
  await vi.advanceTimersByTimeAsync(60)
  expect(drawn.map(view => view.notebook.entries.length)).toEqual([1, 2])
  store.close()
  store.record(state(2))
  await vi.advanceTimersByTimeAsync(5000)
  expect(drawn).toHaveLength(2)
})
