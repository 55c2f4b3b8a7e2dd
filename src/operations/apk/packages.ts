import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import * as apk from '../../facts/apk.js'
import { change } from '../change.js'

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
 * Alpine packages are installed, or not.
 *
 * @example
 * await edge.apk.packages({ packages: ['chrony', 'curl'], update: true })
 */
export const packages: Operation<z.input<typeof args>> = operation({
  name: 'apk.packages',
  summary: 'Alpine packages are installed, or are gone.',
  args,
  async *plan(host, { packages: names, present, latest, update }) {
    const installed = await host.fact(apk.packages)
    if (!installed) throw new UsageError('this host has no apk; it is for Alpine and systems like it.')
    const requested = [names].flat()
    const differing = requested.filter(name => isInstalled(installed, name) !== present)
    const isUpgrade = present && latest && differing.length === 0
    const wanted = isUpgrade ? requested : differing
    if (wanted.length === 0) return
    const set = Object.fromEntries(wanted.map(name => [bareName(name), installed[bareName(name)] ?? '']))
    const verb = present ? `add${update ? ' --update-cache' : ''}${latest ? ' --upgrade' : ''}` : 'del'
    yield {
      ...change.set('packages', {
        summary: `${isUpgrade ? 'upgrade' : present ? 'install' : 'remove'} ${wanted.join(', ')}`,
        before: present ? {} : set,
        after: present ? set : {},
        script: `apk ${[verb, ...wanted.map(quote)].join(' ')}`,
        touches: ['packages', 'unit:*', 'file:*'],
        ...(isUpgrade ? {} : { undo: callOf(packages, { packages: wanted.map(bareName), present: !present }) }),
      }),
      ...(isUpgrade ? { settles: false as const } : {}),
    }
  },
})

function bareName(name: string): string {
  return name.replace(/[=~<>].*$/, '')
}

/** A version that is asked for with `=` must be the very one. */
function isInstalled(installed: Readonly<Record<string, string>>, name: string): boolean {
  const version = Object.hasOwn(installed, bareName(name)) ? installed[bareName(name)] : undefined
  const exact = /=(.+)$/.exec(name)?.[1]
  return version !== undefined && (exact === undefined || /[~<>]/.test(name) || exact === version)
}
