import { expect, test, vi } from 'vitest'
import type { TraceNote } from '../trace.js'
import { TurnedAway, unlessTurnedAway } from './turned-away.js'

const refusal = (said: string) => new Error('web-1: closed', { cause: new TurnedAway('closed', said) })

function opening(...failures: Error[]) {
  const notes: TraceNote[] = []
  const abort = new AbortController()
  const opened = vi.fn(async () => {
    const failure = failures.shift()
    if (failure) throw failure
    return 'open'
  })
  const open = () => unlessTurnedAway(opened, { signal: abort.signal, note: note => notes.push(note) })
  return { open, opened, notes, abort }
}

test('a server that is full is tried again, which is noted', async () => {
  const { open, opened, notes } = opening(refusal('Exceeded MaxStartups'), refusal(''))
  expect(await open()).toBe('open')
  expect(opened).toHaveBeenCalledTimes(3)
  expect(notes).toMatchObject([
    { kind: 'retry', why: 'Exceeded MaxStartups' },
    { kind: 'retry', why: 'closed without a word' },
  ])
})

test('but not one that bears a grudge, nor any other failure', async () => {
  for (const error of [refusal('Not allowed at this time'), new Error('connection refused')]) {
    const { open, opened } = opening(error)
    await expect(open()).rejects.toBe(error)
    expect(opened).toHaveBeenCalledTimes(1)
  }
})

test('and not for one that is no longer wanted', async () => {
  const { open, opened, abort } = opening(refusal(''))
  abort.abort()
  await expect(open()).rejects.toThrow('closed')
  expect(opened).toHaveBeenCalledTimes(1)
})
