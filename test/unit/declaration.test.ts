import { expect, it } from 'vitest'
import { registerDeclaration } from '../../src/engine/inventory/declaration.js'
import { resolveInventory } from '../../src/engine/inventory/inventory.js'
import { typeCheck } from './type-check.js'

const declaration = registerDeclaration(
  resolveInventory(
    {
      hosts: { 'web-1': { data: { workers: 2, tags: ['a'] } }, 'db-1': { data: { workers: 'many' } } },
      groups: { web: { hosts: ['web-*'] } },
    },
    'inventory.ts',
  ),
)

it('makes the names and data of an inventory known to the compiler, which refuses others', () => {
  const good =
    "fleet.group('web').where(host => host.name !== '' && (host.data.tags ?? []).includes('a')).host('web-1')"
  const said = typeCheck({
    'muster.generated.d.ts': declaration,
    'good.ts': `import type { Fleet } from 'muster'\nexport default (fleet: Fleet) => ${good}\n`,
    'group.ts': "import type { Fleet } from 'muster'\nexport default (fleet: Fleet) => fleet.group('wbe')\n",
    'data.ts':
      "import type { Fleet } from 'muster'\nexport default (fleet: Fleet): number => fleet.host('db-1').data.workers\n",
  })
  expect(said).toEqual([
    expect.stringMatching(/^group\.ts: .*"wbe".*"web"/),
    expect.stringMatching(/^data\.ts: Type 'string \| number' is not assignable to type 'number'/),
  ])
}, 60_000)
