import { describe, expect, test } from 'vitest'
import { cellsFromRecords } from '../../../src/repl/notebook/session-cells.js'
import { sessionCells, sessionRecords } from '../session-script.js'

describe('the cells of a session', () => {
  test('know what they did', () => {
    const [line, shell, read] = sessionCells([
      { source: 'a', operations: { 'files.line': ['/etc/ntp.conf'] }, focus: ['web-1', 'web-2'], failed: ['web-2'] },
      { source: 'b', operations: { 'server.shell': ['shell'] }, imperative: true, commands: ['uptime', 'each'] },
      { source: 'c', facts: ['server.os'] },
    ])
    expect(line?.focus).toEqual(['web-1', 'web-2'])
    expect(line?.effects).toEqual({
      changed: true,
      touched: ['["web-1","/etc/ntp.conf"]'],
      commands: [],
      operations: ['files.line'],
      imperative: [],
      failed: ['web-2'],
      selections: [['web-1', 'web-2']],
    })
    expect(shell?.effects).toMatchObject({
      commands: ['uptime'],
      operations: ['server.shell'],
      imperative: ['server.shell'],
    })
    expect(read?.effects).toMatchObject({ changed: false, commands: [], operations: [] })
    expect([line, shell, read].map(cell => cell?.lastAsked)).toEqual([undefined, 1, 2])
  })

  test('are undone when all they changed was taken back', () => {
    const script = [
      { source: 'a', operations: { 'files.line': ['/a', '/b'] } },
      { source: 'b', operations: { 'files.line': ['/b'] } },
      { source: ':undo 2', operations: { undo: ['/b'] } },
      { source: ':undo 1', operations: { undo: ['/a'] }, focus: ['web-1'] },
    ]
    expect(sessionCells(script).map(({ undone }) => undone)).toEqual([false, true, false, false])
    const whole = [...script.slice(0, 3), { source: ':undo 1', operations: { undo: ['/a', '/b'] } }]
    expect(sessionCells(whole).map(({ undone }) => undone)).toEqual([true, true, false, false])
  })

  test('that never ended were interrupted', () => {
    const records = sessionRecords(['a']).filter(({ type }) => type !== 'cell.end')
    expect(cellsFromRecords(records).map(({ end }) => end.kind)).toEqual(['interrupted'])
  })

  test('keep what was printed', () => {
    const [start, end] = sessionRecords(['a'])
    const printed = { type: 'cell.console', cell: 1, stream: 'out', text: 'hello\n', at: 1 } as const
    const records = start && end ? [start, printed, end] : []
    expect(cellsFromRecords(records)[0]?.console).toEqual([{ stream: 'out', text: 'hello\n' }])
  })
})
