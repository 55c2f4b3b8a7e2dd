import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostFilter } from './host-filter.js'
import { treeGroups, treeRows } from './host-tree.js'
import { NO_HOSTS } from './hosts.js'

const hosts = ['web-1', 'web-2', 'db-1', 'lone']
const groups = treeGroups(hosts, { web: ['web-1', 'web-2'], db: ['db-1'] })
const text = (open: readonly string[], filter = '') =>
  treeRows({ hosts, groups, open: new Set(open), wanted: hostFilter(filter, NO_HOSTS) }).map(row =>
    row.kind === 'group' ? `${row.open ? '-' : '+'}${row.name}(${row.hosts.length})` : row.name,
  )

describe('rows of the tree', () => {
  test.each([
    ['all closed', [], '', ['+web(2)', '+db(1)', '+ungrouped(1)']],
    ['one open', ['web'], '', ['-web(2)', 'web-1', 'web-2', '+db(1)', '+ungrouped(1)']],
    ['a filter opens what matches and hides the rest', [], 'DB', ['-db(1)', 'db-1']],
    ['a filter counts only matches', [], 'b-1', ['-web(1)', 'web-1', '-db(1)', 'db-1']],
    ['nothing matches', ['web'], 'nothing', []],
  ])('%s', (_, open, filter, expected) => {
    expect(text(open, filter)).toEqual(expected)
  })

  test('without groups there are hosts alone', () => {
    const rows = treeRows({ hosts, groups: treeGroups(hosts, {}), open: new Set() })
    expect(rows).toEqual(hosts.map(name => ({ kind: 'host', name })))
  })
})

test('with all groups open, every host is shown under each of its groups and nowhere else', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1 }),
      fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.uniqueArray(name)),
      (all, named) => {
        const members = Object.fromEntries(
          Object.entries(named).map(([group, names]) => [group, names.filter(host => all.includes(host))]),
        )
        const tree = treeGroups(all, members)
        const rows = treeRows({ hosts: all, groups: tree, open: new Set(tree.map(group => group.name)) })
        for (const host of all) {
          const times = Object.values(members).filter(names => names.includes(host)).length
          expect(rows.filter(row => row.kind === 'host' && row.name === host)).toHaveLength(Math.max(1, times))
        }
      },
    ),
  )
})
