import { expect, test } from 'vitest'
import { latestOnly } from './latest-only.js'

test('one thing at a time, of those that wait only the latest, and failures stop nothing', async () => {
  const begun: number[] = []
  const ends: ((failure?: Error) => void)[] = []
  const ask = latestOnly(
    (thing: number) =>
      new Promise<void>((resolve, reject) => {
        begun.push(thing)
        ends.push(failure => (failure ? reject(failure) : resolve()))
      }),
  )
  const ended = async (failure?: Error): Promise<void> => {
    ends.at(-1)?.(failure)
    await new Promise(setImmediate)
  }
  ask(1)
  for (const thing of [2, 3, 4]) ask(thing)
  expect(begun).toEqual([1])
  await ended()
  expect(begun).toEqual([1, 4])
  ask(5)
  await ended(new Error('no answer'))
  expect(begun).toEqual([1, 4, 5])
  await ended()
  ask(6)
  expect(begun).toEqual([1, 4, 5, 6])
})

test('what takes too long goes on beside the next, and its end starts nothing twice', async () => {
  const begun: number[] = []
  const ends: (() => void)[] = []
  const ask = latestOnly((thing: number) => {
    begun.push(thing)
    return new Promise<void>(resolve => ends.push(resolve))
  }, 5)
  ask(1)
  ask(2)
  await expect.poll(() => begun).toEqual([1, 2])
  ask(3)
  ends[0]?.()
  await new Promise(setImmediate)
  ends[1]?.()
  await expect.poll(() => begun).toEqual([1, 2, 3])
})
