import { z } from 'zod'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf } from '../../engine/plan/change.js'
import * as dnf from '../../facts/dnf.js'
import { change } from '../change.js'
import { packagesDiff } from '../package-changes.js'
import { restore } from './restore.js'
import { before, dnfRun, dnfScript, installedPackages, stepsOf, type Transaction, versionsOf } from './transaction.js'

const packageName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+:~-]*$/, 'expected the name of a package')

const args = z.strictObject({
  packages: z
    .union([packageName, z.array(packageName)], 'expected a package name or a list of these')
    .default([])
    .meta({ names: 'package' })
    .describe('Package names, or what packages provide.'),
  present: z.boolean().default(true).describe('Whether they are to be installed.'),
  update: z.boolean().default(false).describe('Upgrade all that is installed, too: done each time.'),
  clean: z.boolean().default(false).describe('Forget cached package lists first: done each time.'),
  options: z.array(z.string()).default([]).describe('Further options of dnf.'),
})

/**
 * RPM packages are installed, or not, by dnf (or yum where that is what there is). The plan shows every package that would come, go or
 * change its version, dependencies included, as dnf itself tells.
 *
 * @example
 * await web.dnf.packages({ packages: ['chrony', 'curl'] })
 * await web.dnf.packages({ packages: 'telnet-server', present: false })
 */
export const packages: Operation<z.input<typeof args>> = operation({
  name: 'dnf.packages',
  summary: 'RPM packages are installed, or are gone.',
  args,
  async *plan(host, { packages: names, present, update, clean, options }) {
    const installed = await installedPackages(host)
    if (clean) yield each('forget cached package lists', 'clean all', [])
    if (update) yield each('upgrade all packages', 'update -y', ['packages'])
    const requested = [names].flat()
    if (requested.length === 0) return
    const there = new Set(await host.fact(dnf.provided, { names: requested }))
    const differing = requested.filter(name => there.has(name) !== present)
    if (differing.length === 0) return
    const run: Transaction = { action: present ? 'install' : 'remove', packages: differing, options }
    const steps = await stepsOf(host, run)
    yield {
      summary: `${run.action} ${differing.join(', ')}`,
      diff: packagesDiff(steps, name => versionsOf(installed, name).join(' ') || null),
      steps: [dnfRun(run)],
      touches: ['packages', 'unit:*', 'file:*'],
      undo: callOf(restore, before(installed, await host.fact(dnf.userInstalled), steps)),
    }
  },
})

function each(summary: string, words: string, touches: readonly string[]) {
  return {
    ...change.command('packages', { summary, script: dnfScript(words, []), touches }),
    settles: false as const,
  }
}
