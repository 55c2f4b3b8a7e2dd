import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf, type RunStep } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import * as apk from '../../facts/apk.js'
import { change } from '../change.js'
import { enumerate } from '../package-changes.js'
import { details, stateAfter, stateOf } from './state.js'

const args = z.strictObject({
  packages: z
    .record(z.string(), z.string().nullable())
    .describe('Versions by package name; null: it is not to be installed.'),
  world: z
    .record(z.string(), z.string().nullable())
    .describe('How packages are asked for, by name, as /etc/apk/world has it; null: they are not.'),
})

/**
 * Puts Alpine packages, and what is asked for, back to what was recorded before a change: how changes of packages are taken back.
 *
 * @example
 * await edge.apk.restore({ packages: { chrony: null, openssl: '3.3.2-r1' }, world: { chrony: null } })
 */
export const restore: Operation<z.input<typeof args>> = operation({
  name: 'apk.restore',
  summary: 'Puts Alpine packages back to versions recorded before.',
  args,
  combined: (first, second) => ({
    packages: { ...first.packages, ...second.packages },
    world: { ...first.world, ...second.world },
  }),
  async *plan(host, { packages, world }) {
    const before = await stateOf(host)
    const moved = Object.entries(packages).filter(([name, version]) => before.version(name) !== version)
    const asked = Object.entries(world).filter(([name, entry]) => before.entry(name) !== entry)
    const names = [...new Set([...moved, ...asked].map(([name]) => name))]
    if (names.length === 0) return
    // one run brings all versions about at once; what is asked for is put right behind it, which alters none of them
    const pins = moved.map(([name, version]) => (version === null ? `!${name}` : `${name}=${version}`))
    const told = pins.length === 0 ? undefined : await host.fact(apk.simulation, { action: 'add', packages: pins })
    if (told && !told.possible) throw new UsageError(`apk cannot put back ${enumerate(names)}: ${told.reason}.`)
    const after = stateAfter(before, told?.steps ?? [], new Map(Object.entries(world)))
    const entries = names.map(name => ({ name, entry: after.entry(name) }))
    const all = new Set([...names, ...(told?.steps ?? []).map(({ name }) => name)])
    yield {
      ...change.set('packages', {
        summary: `put back ${enumerate(names)}`,
        before: details(all, before, after),
        after: details(all, after, before),
        script: '',
        touches: ['packages', 'unit:*', 'file:*'],
        undo: callOf(restore, {
          packages: Object.fromEntries([...all].map(name => [name, before.version(name)])),
          world: Object.fromEntries(names.map(name => [name, before.entry(name)])),
        }),
      }),
      steps: [
        ...run('add', pins),
        ...run(
          'add',
          entries.flatMap(({ entry }) => entry ?? []),
        ),
        ...run(
          'del',
          entries.flatMap(({ name, entry }) => (entry === null ? [name] : [])),
        ),
      ],
    }
  },
})

function run(action: 'add' | 'del', names: readonly string[]): RunStep[] {
  return names.length === 0 ? [] : [{ kind: 'run', script: `apk ${[action, ...names.map(quote)].join(' ')}` }]
}
