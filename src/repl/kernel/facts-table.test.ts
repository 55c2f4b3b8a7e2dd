import { expect, test } from 'vitest'
import type { FactView } from '../protocol.js'
import { factsTable } from './facts-table.js'

const facts = (version: string, total: number): readonly FactView[] => [
  { name: 'server.os', rows: [['version', version]], age: 3 },
  { name: 'hardware.memory', rows: [['total', String(total), total]], age: 3 },
  { name: 'server.load', rows: [], age: 0, error: 'no /proc' },
]

test('facts of one host: each with its value, as people read it, or why it is not known', () =>
  expect(factsTable(new Map([['web-1', facts('12', 2 ** 31)]]))).toEqual({
    kind: 'table',
    columns: ['fact', 'value'],
    rows: [
      ['server.os version', '12'],
      ['hardware.memory total', '2.1 GB'],
      ['server.load', '✗ no /proc'],
    ],
  }))

test('facts of several hosts: what most have first, then who has what else', () => {
  const hosts = new Map([
    ['web-1', facts('11', 2 ** 31)],
    ['web-2', facts('12', 2 ** 31)],
    ['web-3', facts('12', 2 ** 31)],
  ])
  expect(factsTable(hosts).rows).toEqual([
    ['server.os version', '12', 'web-[2-3]'],
    ['', '≠ 11', 'web-1'],
    ['hardware.memory total', '2.1 GB', 'all'],
    ['server.load', '✗ no /proc', 'all'],
  ])
})
