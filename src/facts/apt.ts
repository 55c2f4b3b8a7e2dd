import { z } from 'zod'
import { fact } from '../engine/fact.js'
import { quote } from '../engine/shell/quote.js'
import {
  type Candidates,
  PACKAGE_FORMAT,
  type Package,
  readPackages,
  readPolicy,
  readSimulation,
} from './apt-output.js'
import type { Simulation } from './package-steps.js'

/**
 * Installed packages by name, with version and architecture; `undefined` on hosts without dpkg.
 *
 * @example
 * const packages = await host.facts.apt.packages()
 * packages?.openssl?.version // '3.0.15-1~deb12u1'
 */
export const packages = fact({
  name: 'apt.packages',
  summary: 'Installed Debian packages by name, with their versions.',
  command: () => `dpkg --print-architecture && dpkg-query -W -f=${quote(PACKAGE_FORMAT)}`,
  parse: (stdout): Readonly<Record<string, Package>> | undefined => {
    const [native = '', ...lines] = stdout.split('\n')
    return readPackages(lines.join('\n'), native)
  },
  requires: 'dpkg-query',
  missing: undefined,
  reads: () => ['packages'],
})

/** Packages that are there only because others need them: `apt-mark showauto`. */
export const automatic = fact({
  name: 'apt.automatic',
  summary: 'Packages that were installed only because others need them.',
  command: () => 'LC_ALL=C apt-mark showauto',
  parse: (stdout): readonly string[] => stdout.split('\n').filter(Boolean).sort(),
  requires: 'apt-mark',
  missing: [],
  reads: () => ['packages'],
  // apt's configuration may except whole sections from what marks them
  settled: () => null,
})

/**
 * Versions that can be installed, by package, from `apt-cache policy`; names that apt does not know are left out.
 * Depends on the package lists, not on what is installed.
 */
export const candidates = fact({
  name: 'apt.candidates',
  summary: 'Versions of packages that can be installed.',
  args: z.strictObject({ packages: z.array(z.string().meta({ names: 'package' })).describe('Package names.') }),
  command: ({ packages: names }) =>
    names.length === 0 ? ':' : `LC_ALL=C apt-cache policy ${names.map(quote).join(' ')} 2>/dev/null`,
  parse: (stdout): Readonly<Record<string, Candidates>> => readPolicy(stdout),
  requires: 'apt-cache',
  reads: () => ['apt:lists'],
  // what is foreseen across an update of the lists is an estimate
  settled: () => null,
})

/**
 * What apt-get would do, from its own simulation: dependencies included, nothing changed. Asked of the host as it is, so like
 * {@link candidates} it is an estimate where changes before it are planned and not yet applied.
 */
export const simulation = fact({
  name: 'apt.simulation',
  summary: 'What an apt-get run would install, upgrade and remove.',
  args: z.strictObject({
    action: z.enum(['install', 'remove', 'purge', 'upgrade']).describe('The apt-get command.'),
    packages: z.array(z.string()).default([]).describe('Its arguments: name, name=version or name-.'),
    options: z.array(z.string()).default([]).describe('Its options.'),
    given: z
      .string()
      .optional()
      .describe('Stands for what is installed: an answer holds for the state it was asked in.'),
  }),
  command: ({ action, packages: names, options }) =>
    `LC_ALL=C apt-get --simulate -y -o Debug::NoLocking=1 ${[...options, action, ...names].map(quote).join(' ')} || echo "exit $?"`,
  parse: (stdout, _, { stderr }): Simulation => {
    const exit = /^exit (\d+)\n$/m.exec(stdout)?.[1]
    return readSimulation(stdout, stderr, Number(exit ?? 0))
  },
  requires: 'apt-get',
  reads: () => ['apt:lists'],
  settled: () => null,
})

/** Seconds since the package lists were last updated, or `undefined` where they never were. */
export const listsAge = fact({
  name: 'apt.listsAge',
  summary: 'Seconds since the package lists were last updated.',
  command: () => `for f in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists/partial /var/lib/apt/lists; do
  if [ -e "$f" ]; then
    { stat -c %Y "$f" 2>/dev/null || stat -f %m "$f"; } && date +%s
    break
  fi
done`,
  parse: (stdout): number | undefined => {
    const [updated, now] = stdout.split('\n')
    return updated && now ? Math.max(0, Number(now) - Number(updated)) : undefined
  },
  reads: () => ['apt:lists'],
  // a minute either way is no difference worth an error
  settled: age => age !== undefined && age < 60,
})
