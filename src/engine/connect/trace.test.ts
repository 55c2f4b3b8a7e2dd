import { describe, expect, test } from 'vitest'
import { TraceRecorder } from './trace.js'

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
