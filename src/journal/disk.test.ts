import { expect, test, vi } from 'vitest'
import { Disk } from './disk.js'

test('what lines name is on the disk before the lines, and nobody waits for it', async () => {
  const synced: string[] = []
  const disk = new Disk(async path => {
    await Promise.resolve()
    synced.push(path)
  })
  disk.blob('/h/s/blobs/a')
  disk.blob('/h/s/blobs/b')
  disk.line('/h/s/journal.jsonl', true)
  expect(synced).toEqual([])
  await disk.flush()
  expect(synced).toEqual(['/h/s/blobs/a', '/h/s/blobs/b', '/h/s/blobs', '/h/s/journal.jsonl'])
})

test('what has no hurry is brought within a second, once for however many lines; a file that cannot be is no reason to stop', async () => {
  vi.useFakeTimers()
  try {
    const synced: string[] = []
    const disk = new Disk(async path => {
      synced.push(path)
      if (path === '/odd') throw new Error('EINVAL')
    })
    disk.line('/odd', false)
    for (let i = 0; i < 1000; i++) disk.line('/j', false)
    await vi.advanceTimersByTimeAsync(999)
    expect(synced).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(synced).toEqual(['/odd', '/j'])
  } finally {
    vi.useRealTimers()
  }
})

test('lines written during a flush go with the next one', async () => {
  const release: (() => void)[] = []
  const synced: string[] = []
  const disk = new Disk(path => {
    synced.push(path)
    return new Promise(resolve => release.push(resolve))
  })
  disk.line('/j', true)
  await expect.poll(() => synced).toEqual(['/j'])
  for (let i = 0; i < 5; i++) disk.line('/j', true)
  const all = disk.flush()
  release.pop()?.()
  await expect.poll(() => synced).toEqual(['/j', '/j'])
  release.pop()?.()
  await all
  expect(synced).toEqual(['/j', '/j'])
})
