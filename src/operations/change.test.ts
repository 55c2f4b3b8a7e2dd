import { describe, expect, test } from 'vitest'
import { diffLines } from '../engine/plan/render-diff.js'
import { change } from './change.js'

const parts = { summary: 'do it', script: 'it', touches: ['x'] }
const lines = (made: ReturnType<typeof change.file>) =>
  diffLines(made.diff, 0).map(({ sign, text }) => `${sign}${text}`)

describe('change', () => {
  test('file: written, created, removed', () => {
    const edit = change.file('/f', { before: 'a\n', after: 'b\n', mode: '0600' })
    expect(edit).toMatchObject({
      summary: 'edit /f',
      steps: [{ kind: 'write', path: '/f', mode: '0600' }],
      touches: ['file:/f'],
      undo: { args: { type: 'file', path: '/f', content: 'a\n' } },
    })
    expect(lines(edit)).toEqual(['@-1,1 +1,1', '-a', '+b'])
    expect(change.file('/f', { before: undefined, after: '' })).toMatchObject({
      summary: 'create /f',
      undo: { args: { type: 'absent' } },
    })
    expect(change.file('/f', { before: '', after: undefined })).toMatchObject({
      summary: 'remove /f',
      steps: [{ kind: 'run' }],
    })
  })

  test('file: what is too large cannot be taken back', () => {
    const large = change.file('/f', { before: 'x'.repeat(1024 * 1024 + 1), after: 'y' })
    expect(large.undo).toBeUndefined()
    expect(large.irreversible).toContain('too large')
    expect(lines(large)[0]).toBe('-size: 1048577')
  })

  test('fields: only those that differ', () => {
    const made = change.fields('zone', { ...parts, before: { a: 1, b: ['x'], c: 1 }, after: { a: 1, b: ['y'], d: 2 } })
    expect(lines(made)).toEqual(['-b: x', '+b: y', '-c: 1', '+d: 2'])
  })

  test('set: members come, go and change', () => {
    const made = change.set('s', { ...parts, before: { a: '1', b: '', c: '' }, after: { a: '2', c: '', d: '' } })
    expect(lines(made)).toEqual(['-b', '-a 1', '+a 2', '+d'])
  })

  test('command: the command itself', () => {
    expect(change.command('s', parts)).toEqual({
      summary: 'do it',
      touches: ['x'],
      diff: { kind: 'command', subject: 's', command: 'it' },
      steps: [{ kind: 'run', script: 'it' }],
    })
  })
})
