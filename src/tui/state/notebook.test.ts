import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SessionRecord } from '../../repl/protocol.js'
import { applyNotebookRecords, EMPTY_NOTEBOOK } from './notebook.js'

const host = fc.constantFrom('a', 'b', 'c')
const task = fc.integer({ min: 1, max: 3 })
const started = fc.record({
  type: fc.constant('task.start' as const),
  task,
  cell: fc.constantFrom(1, 2),
  kind: fc.constant('command' as const),
  label: fc.constantFrom('uptime', 'df'),
  hosts: fc.uniqueArray(host),
  at: fc.nat(99),
})
const progressed = fc.oneof(
  fc.record({
    type: fc.constant('task.host' as const),
    task,
    host,
    at: fc.nat(99),
    outcome: fc.record({
      status: fc.constantFrom('ok' as const, 'failed' as const),
      key: fc.constant(''),
      text: fc.constantFrom('no such file', 'denied'),
      ms: fc.nat(9),
    }),
  }),
  fc.record({
    type: fc.constant('task.output' as const),
    task,
    at: fc.nat(99),
    hosts: fc.dictionary(host, fc.constant(['line'])),
  }),
  fc.record({
    type: fc.constant('change.start' as const),
    task,
    host,
    at: fc.nat(99),
    index: fc.constant(0),
    summary: fc.constant('a change'),
  }),
  fc.record({ type: fc.constant('task.end' as const), task, at: fc.nat(99), ms: fc.nat(9) }),
  fc.record({ type: fc.constant('host.latency' as const), host, ms: fc.nat(9), at: fc.nat(99) }),
)
const cells: readonly SessionRecord[] = [1, 2].map(cell => ({
  type: 'cell.start',
  cell,
  source: `cell ${cell}`,
  focus: [],
  at: 0,
}))

test('records taken in all at once come to the same as one by one, and leave what was shown before as it was', () => {
  fc.assert(
    fc.property(fc.array(started, { maxLength: 4 }), fc.array(fc.oneof(started, progressed)), (before, records) => {
      const shown = applyNotebookRecords(EMPTY_NOTEBOOK, [...cells, ...before])
      const kept = structuredClone(shown)
      const together = applyNotebookRecords(shown, records)
      expect(shown).toEqual(kept)
      expect(together).toEqual(records.reduce((notebook, record) => applyNotebookRecords(notebook, [record]), shown))
    }),
  )
})
