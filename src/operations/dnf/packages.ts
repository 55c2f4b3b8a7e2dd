import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import * as dnf from '../../facts/dnf.js'
import { change } from '../change.js'

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
 * RPM packages are installed, or not, by dnf (or yum where that is what there is).
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
    const installed = await host.fact(dnf.packages)
    if (!installed) throw new UsageError('this host has no rpm; dnf is for Fedora, Red Hat and systems like it.')
    if (clean) yield each('forget cached package lists', 'clean all', [])
    if (update) yield each('upgrade all packages', 'update -y', ['packages'])
    const requested = [names].flat()
    if (requested.length === 0) return
    const there = new Set(await host.fact(dnf.provided, { names: requested }))
    const differing = requested.filter(name => there.has(name) !== present)
    if (differing.length === 0) return
    const set = Object.fromEntries(differing.map(name => [name, installed[name]?.join(' ') ?? '']))
    yield change.set('packages', {
      summary: `${present ? 'install' : 'remove'} ${differing.join(', ')}`,
      before: present ? {} : set,
      after: present ? set : {},
      script: dnfScript(`${present ? 'install' : 'remove'} -y`, options, differing),
      touches: ['packages', 'unit:*', 'file:*'],
      undo: callOf(packages, { packages: differing, present: !present }),
    })
  },
})

function each(summary: string, words: string, touches: readonly string[]) {
  return {
    ...change.command('packages', { summary, script: dnfScript(words, [], []), touches }),
    settles: false as const,
  }
}

function dnfScript(words: string, options: readonly string[], names: readonly string[]): string {
  const program = 'if command -v dnf >/dev/null 2>&1; then m=dnf; else m=yum; fi'
  return `${program}; $m ${[words, ...[...options, ...names].map(quote)].join(' ')}`
}
