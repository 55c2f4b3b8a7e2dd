import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineEvent } from '../events.js'
import { TaskOutput } from './task-output.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function listened(): { output: TaskOutput; told: () => unknown[] } {
  const events: EngineEvent[] = []
  const output = new TaskOutput(7, event => events.push(event))
  return { output, told: () => events.splice(0).map(event => (event.type === 'task.output' ? event.hosts : event)) }
}

test('the last whole lines of those that still run are told, once for what was said', () => {
  const { output, told } = listened()
  output.said('a', Buffer.from('one\ntwo\nthree\nfour\nhalf'))
  output.said('b', Buffer.from('done\n'))
  output.settled('b')
  vi.advanceTimersByTime(300)
  expect(told()).toEqual([{ a: ['two', 'three', 'four'] }])
  vi.advanceTimersByTime(3000)
  expect(told()).toEqual([])
  output.said('a', Buffer.from(' a line\n'))
  vi.advanceTimersByTime(300)
  expect(told()).toEqual([{ a: ['three', 'four', 'half a line'] }])
  output.end()
})

test('a flood of 10 MB keeps two kilobytes and tells nothing of lines that it has not whole', () => {
  const { output, told } = listened()
  for (let n = 0; n < 160; n++) output.said('a', Buffer.alloc(65_536, 'x'))
  vi.advanceTimersByTime(300)
  expect(told()).toEqual([])
  output.said('a', Buffer.from('\n\x1b]52;c;aGk=\x07\x1b[2Jquiet\n'))
  vi.advanceTimersByTime(300)
  expect(told()).toEqual([{ a: ['quiet'] }])
  output.end()
})

test('of many hosts some are told at once, the others next', () => {
  const { output, told } = listened()
  for (let n = 0; n < 150; n++) output.said(`h${n}`, Buffer.from('x\n'))
  vi.advanceTimersByTime(300)
  expect(told().map(hosts => Object.keys(Object(hosts)).length)).toEqual([100])
  vi.advanceTimersByTime(300)
  expect(told().map(hosts => Object.keys(Object(hosts)).length)).toEqual([50])
  output.end()
})
