import { z } from 'zod'
import { fact } from '../engine/fact.js'
import { quote } from '../engine/shell/quote.js'
import { readApkSimulation, readInstalled } from './apk-output.js'
import type { Simulation } from './package-steps.js'

/**
 * Installed Alpine packages by name, with their version; `undefined` on hosts without apk.
 *
 * @example
 * const packages = await host.facts.apk.packages()
 * packages?.musl // '1.2.5-r0'
 */
export const packages = fact({
  name: 'apk.packages',
  summary: 'Installed Alpine packages by name, with their versions.',
  command: () => 'apk list --installed 2>/dev/null',
  parse: (stdout): Readonly<Record<string, string>> | undefined => readInstalled(stdout),
  requires: 'apk',
  missing: undefined,
  reads: () => ['packages'],
})

/**
 * What was asked for, of which apk makes what is installed: constraints as they stand in /etc/apk/world (apk-world(5)), by name.
 *
 * @example
 * const world = await host.facts.apk.world()
 * world['chrony'] // 'chrony', or 'chrony=4.5-r0' where it is held at a version
 */
export const world = fact({
  name: 'apk.world',
  summary: 'Packages that were asked for, each as /etc/apk/world has it.',
  command: () => 'cat /etc/apk/world 2>/dev/null || :',
  parse: (stdout): Readonly<Record<string, string>> =>
    Object.fromEntries(stdout.split(/\s+/).flatMap(entry => (entry === '' ? [] : [[constrained(entry), entry]]))),
  reads: () => ['packages'],
})

/** The name in a constraint: `hello` of `hello=1.0-r0`, `hello@edge`, `!hello`. */
const constrained = (entry: string): string => entry.replace(/^!/, '').replace(/[=~<>@].*$/, '')

/** What apk would do, from its own simulation: dependencies included, nothing changed. Its answer is of the package lists as they are. */
export const simulation = fact({
  name: 'apk.simulation',
  summary: 'What an apk run would install, upgrade and remove.',
  args: z.strictObject({
    action: z.enum(['add', 'del']).describe('The apk command.'),
    packages: z.array(z.string()).describe('Its arguments.'),
    upgrade: z.boolean().default(false).describe('Upgrade those that are installed, too.'),
  }),
  command: ({ action, packages: names, upgrade }) =>
    `apk ${[action, '--simulate', ...(upgrade ? ['--upgrade'] : []), ...names].map(quote).join(' ')} || echo "exit $?"`,
  parse: (stdout, _, { stderr }): Simulation =>
    readApkSimulation(stdout, stderr, Number(/^exit (\d+)$/m.exec(stdout)?.[1] ?? 0)),
  requires: 'apk',
  reads: () => ['packages', 'apk:lists'],
})
