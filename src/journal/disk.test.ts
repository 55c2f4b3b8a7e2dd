import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Disk } from './disk.js'
import { Journal, type JournalRecord } from './journal.js'

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

test('a journal brings what hosts are changed by to the disk at once, behind the texts that it names, and the rest when it is asked to', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const directory = mkdtempSync(join(tmpdir(), 'muster-disk-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const synced: string[] = []
  const disk = new Disk(async path => {
    synced.push(dirname(path).endsWith('blobs') ? 'a text' : basename(path))
  })
  const journal = Journal.open(directory, { disk })
  onTestFinished(() => journal.close())
  await journal.flush()
  synced.length = 0
  const change: JournalRecord & { text: string } = { type: 'change.start', at: 1, text: 'x'.repeat(100_000) }
  journal.append(change)
  expect(synced).toEqual([])
  await new Promise(setImmediate)
  expect(synced).toEqual(['a text', 'blobs', 'journal.jsonl'])
  journal.append({ type: 'said', at: 2 })
  await new Promise(setImmediate)
  expect(synced).toHaveLength(3)
  await journal.flush()
  expect(synced.slice(3)).toEqual(['journal.jsonl'])
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
