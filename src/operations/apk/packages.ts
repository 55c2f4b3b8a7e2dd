import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { callOf } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import * as apk from '../../facts/apk.js'
import type { SimulatedStep } from '../../facts/package-steps.js'
import { change } from '../change.js'
import { restore } from './restore.js'
import { type ApkState, details, stateAfter, stateOf } from './state.js'

const packageName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*(?:[=~<>][A-Za-z0-9._~<>=-]+)?$/, 'expected a package')

const args = z.strictObject({
  packages: z
    .union([packageName, z.array(packageName)], 'expected a package name or a list of these')
    .meta({ names: 'package' })
    .describe("Package names, each 'name' or with a version: 'name=1.2-r0'."),
  present: z.boolean().default(true).describe('Whether they are to be installed.'),
  latest: z.boolean().default(false).describe('Upgrade those that are installed, too: done each time.'),
  update: z.boolean().default(false).describe('Update the package lists when there is something to install.'),
})

/**
 * Alpine packages are installed, or not. The plan shows every package that would come, go or change its version, dependencies included,
 * as apk's own simulation tells.
 *
 * @example
 * await edge.apk.packages({ packages: ['chrony', 'curl'], update: true })
 */
export const packages: Operation<z.input<typeof args>> = operation({
  name: 'apk.packages',
  summary: 'Alpine packages are installed, or are gone.',
  args,
  async *plan(host, { packages: names, present, latest, update }) {
    const before = await stateOf(host)
    const requested = [names].flat()
    const differing = requested.filter(name => isAsWanted(before, name) !== present)
    const isUpgrade = present && latest && differing.length === 0
    const wanted = isUpgrade ? requested : differing
    if (wanted.length === 0) return
    const steps = await stepsOf(host, wanted, { present, latest, update })
    const asked = new Map(wanted.map(name => [bareName(name), present ? name : null]))
    const after = stateAfter(before, steps, asked)
    const all = new Set([...asked.keys(), ...steps.map(({ name }) => name)])
    const verb = present ? `add${update ? ' --update-cache' : ''}${latest ? ' --upgrade' : ''}` : 'del'
    yield {
      ...change.set('packages', {
        summary: `${isUpgrade ? 'upgrade' : present ? 'install' : 'remove'} ${wanted.join(', ')}`,
        before: details(all, before, after),
        after: details(all, after, before),
        script: `apk ${[verb, ...(present ? wanted : [...asked.keys()]).map(quote)].join(' ')}`,
        touches: ['packages', 'unit:*', 'file:*', ...(update ? ['apk:lists'] : [])],
        undo: callOf(restore, {
          packages: Object.fromEntries([...all].map(name => [name, before.version(name)])),
          world: Object.fromEntries([...asked.keys()].map(name => [name, before.entry(name)])),
        }),
      }),
      ...(isUpgrade ? { settles: false as const } : {}),
    }
  },
})

/**
 * Every package that a run of apk would bring, take or give another version. Where the lists are updated first and the present ones do
 * not have it, what comes is not known yet.
 *
 * @throws {UsageError} apk says that it cannot be done
 */
async function stepsOf(
  host: PlanHost,
  wanted: readonly string[],
  { present, latest, update }: { readonly present: boolean; readonly latest: boolean; readonly update: boolean },
): Promise<readonly SimulatedStep[]> {
  const told = await host.fact(apk.simulation, {
    action: present ? 'add' : 'del',
    packages: present ? [...wanted] : wanted.map(bareName),
    ...(present && latest ? { upgrade: true } : {}),
  })
  if (told.possible) return told.steps
  if (present && update) return wanted.map(name => ({ name: bareName(name), after: '' }))
  throw new UsageError(`apk cannot ${present ? 'install' : 'remove'} ${wanted.join(', ')}: ${told.reason}.`)
}

function bareName(name: string): string {
  return name.replace(/[=~<>].*$/, '')
}

/** A version that is asked for must be asked for in /etc/apk/world, too, which apk keeps to: else it would go with the next upgrade. */
function isAsWanted({ version, entry }: ApkState, name: string): boolean {
  const bare = bareName(name)
  return version(bare) !== null && (bare === name || entry(bare) === name)
}
