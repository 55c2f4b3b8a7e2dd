import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { registerDeclaration } from '../../../src/engine/inventory/declaration.js'
import { resolveInventory } from '../../../src/engine/inventory/inventory.js'
import { ALL_SESSIONS, exportOf, exportPath, HOSTS, recordedRecords } from '../../recorded/library.js'
import { typeCheck } from '../type-check.js'

// test/integration/export records them on real hosts and proves what they make
test.each(Object.keys(ALL_SESSIONS))('%s makes the export that was proven', title => {
  expect(exportOf(title, recordedRecords(title)).source).toBe(readFileSync(exportPath(title), 'utf8'))
})

test('the exports of recorded sessions type-check, with the names of their hosts and groups', {
  timeout: 300_000,
}, () => {
  const inventory = resolveInventory(
    {
      hosts: Object.fromEntries(HOSTS.hosts.map(name => [name, {}])),
      groups: Object.fromEntries(Object.entries(HOSTS.groups).map(([name, hosts]) => [name, { hosts }])),
    },
    'inventory.ts',
  )
  const deploys = Object.entries(ALL_SESSIONS).flatMap(([title, { files = {} }]) => [
    [`${title.replaceAll(/\W+/g, '-')}.ts`, readFileSync(exportPath(title), 'utf8')] as const,
    ...Object.entries(files).filter(([name]) => name.endsWith('.ts')),
  ])
  expect(deploys.length).toBeGreaterThan(25)
  const names = { 'muster.generated.ts': registerDeclaration(inventory) }
  const wrong = "import type { Fleet } from 'muster'\nexport default (fleet: Fleet) => fleet.group('wbe')\n"
  const faults = typeCheck({ ...Object.fromEntries(deploys), ...names, 'wrong.ts': wrong })
  // what a person declared in a cell and never used is no fault of the export
  expect(faults.filter(fault => !fault.endsWith('is declared but its value is never read.'))).toEqual([
    `wrong.ts: Argument of type '"wbe"' is not assignable to parameter of type '"web" | "db"'.`,
  ])
})
