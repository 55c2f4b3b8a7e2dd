import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { WriteStream } from 'node:tty'
import { expect, test, vi } from 'vitest'
import { followTask } from './progress.js'

function terminal(): { stream: NodeJS.WriteStream; shown: () => string } {
  const written: string[] = []
  const stream = Object.assign(Object.create(WriteStream.prototype), new PassThrough(), {
    isTTY: true,
    columns: 60,
    write: (text: string) => written.push(text) > 0,
  })
  return { stream, shown: () => written.at(-1) ?? '' }
}

test('a terminal shows who is waited for, and how far transfers are', async () => {
  vi.useFakeTimers()
  try {
    const { stream, shown } = terminal()
    const progress = followTask(stream)
    progress.see({ type: 'task.start', task: 1, kind: 'transfer', label: 'x', hosts: ['web-1', 'web-2'] })
    vi.advanceTimersByTime(400)
    expect(shown()).toBe('\r\u001b[K0/2 · waiting for web-[1-2]')
    progress.see({ type: 'task.progress', task: 1, done: 0, total: 0, hosts: {} })
    progress.see({ type: 'task.host', task: 1, host: 'web-1', outcome: { status: 'ok', key: '', text: '', ms: 1 } })
    progress.see({ type: 'task.progress', task: 1, done: 1_500_000, total: 6_000_000, hosts: {} })
    vi.advanceTimersByTime(400)
    expect(shown()).toBe('\r\u001b[K1/2 · 1.5 MB of 6.0 MB · waiting for web-2')
    progress.end()
    expect(shown()).toBe('\r\u001b[K')
  } finally {
    vi.useRealTimers()
  }
})

test('where there is no terminal, nothing is shown', async () => {
  const written: string[] = []
  const stream = Object.assign(terminal().stream, { isTTY: false, write: (text: string) => written.push(text) > 0 })
  const progress = followTask(stream)
  progress.see({ type: 'task.start', task: 1, kind: 'transfer', label: 'x', hosts: ['web-1'] })
  await sleep(450)
  progress.end()
  expect(written).toEqual([])
})
