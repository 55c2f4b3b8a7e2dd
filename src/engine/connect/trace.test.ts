import { describe, expect, test } from 'vitest'
import type { Phase } from './connector.js'
import { type ConnectTrace, type TraceNote, TraceRecorder, wasRefused } from './trace.js'

describe('TraceRecorder', () => {
  test('phases in order, the last of them where it failed, and nothing after the end', () => {
    const recorder = new TraceRecorder('web-1')
    recorder.enter('resolving')
    recorder.enter('tcp')
    expect(recorder.trace).toMatchObject({ outcome: 'connecting', phases: [{ phase: 'resolving' }, { phase: 'tcp' }] })
    recorder.end('failed', 'no answer')
    recorder.end('ready')
    expect(recorder.trace).toMatchObject({ host: 'web-1', outcome: 'failed', reason: 'no answer' })
    expect(recorder.trace.phases.map(({ phase }) => phase)).toEqual(['resolving', 'tcp'])
    const sum = recorder.trace.phases.reduce((all, { ms }) => all + ms, 0)
    expect(sum).toBeLessThanOrEqual(recorder.trace.ms)
  })

  test('a talkative server fills no memory', () => {
    const recorder = new TraceRecorder('web-1')
    for (let n = 0; n < 1000; n += 1) recorder.note({ kind: 'banner', text: 'x'.repeat(100_000) })
    expect(JSON.stringify(recorder.trace).length).toBeLessThan(60_000)
  })
})

test('a jump host that does not let us in refuses for those behind it', () => {
  const trace = (host: string, outcome: 'ready' | 'failed', phase: Phase, notes: readonly TraceNote[] = []) => {
    const recorder = new TraceRecorder(host)
    recorder.enter(phase)
    for (const note of notes) recorder.note(note)
    recorder.end(outcome)
    return recorder.trace
  }
  const behind = (jump: ConnectTrace) => trace('web-1', 'failed', 'resolving', [{ kind: 'jump', trace: jump }])
  expect(wasRefused(behind(trace('gate', 'failed', 'auth')))).toBe(true)
  expect(wasRefused(behind(trace('gate', 'failed', 'tcp')))).toBe(false)
  expect(wasRefused(behind(trace('gate', 'ready', 'auth')))).toBe(false)
})
