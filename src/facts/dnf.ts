import { z } from 'zod'
import { fact } from '../engine/fact.js'
import { quote } from '../engine/shell/quote.js'
import { CHOOSE_DNF, readTransaction } from './dnf-output.js'
import type { Simulation } from './package-steps.js'

/**
 * Installed RPM packages by name, with their versions (several of a kernel); `undefined` on hosts without rpm.
 *
 * @example
 * const packages = await host.facts.dnf.packages()
 * packages?.bash // ['5.2.26-3.fc40']
 */
export const packages = fact({
  name: 'dnf.packages',
  summary: 'Installed RPM packages by name, with their versions.',
  command: () => `rpm --queryformat '%{NAME} %{VERSION}-%{RELEASE}\\n' -qa`,
  parse: (stdout): Readonly<Record<string, readonly string[]>> | undefined => {
    const found = new Map<string, string[]>()
    for (const line of stdout.split('\n')) {
      const [name, version] = line.split(' ')
      if (name && version) found.set(name, [...(found.get(name) ?? []), version])
    }
    return Object.fromEntries([...found].map(([name, versions]) => [name, versions.sort()]))
  },
  requires: 'rpm',
  missing: undefined,
  reads: () => ['packages'],
})

/**
 * Which of some names are installed: of a package, with its version or without (`chrony`, `chrony-4.5`, `chrony-4.5-1.fc40`; rpm(8),
 * PACKAGE_NAME), or of what one provides, like `vim` that `vim-enhanced` stands for.
 */
export const provided = fact({
  name: 'dnf.provided',
  summary: 'Which of some names installed RPM packages provide.',
  args: z.strictObject({ names: z.array(z.string().min(1)).describe('Package names, or what packages provide.') }),
  command: ({ names }) => `for n in ${names.map(quote).join(' ')}; do
  if rpm -q --quiet "$n" >/dev/null 2>&1 || rpm -q --quiet --whatprovides "$n" >/dev/null 2>&1; then printf '%s\\n' "$n"; fi
done`,
  parse: (stdout): readonly string[] => stdout.split('\n').filter(Boolean),
  requires: 'rpm',
  missing: [],
  reads: () => ['packages'],
})

/**
 * Packages that a person asked for, unlike those that are there because others need them; `undefined` where nothing tells, as with yum
 * before there was dnf.
 */
export const userInstalled = fact({
  name: 'dnf.userInstalled',
  summary: 'RPM packages that a person asked for.',
  command: () =>
    `${CHOOSE_DNF}; LC_ALL=C $m -q repoquery --userinstalled --queryformat '%{name}\\n' 2>/dev/null || echo 'not told'`,
  parse: (stdout): readonly string[] | undefined =>
    stdout.endsWith('not told\n') ? undefined : [...new Set(stdout.split('\n').filter(Boolean))].sort(),
  requires: 'rpm',
  missing: undefined,
  reads: () => ['packages'],
})

/** What dnf would do, as it says before it asks whether to: dependencies included, nothing changed. */
export const simulation = fact({
  name: 'dnf.simulation',
  summary: 'What a dnf run would install, upgrade and remove.',
  args: z.strictObject({
    action: z.enum(['install', 'remove']).describe('The dnf command.'),
    packages: z.array(z.string()).describe('Its arguments.'),
    options: z.array(z.string()).default([]).describe('Its options.'),
  }),
  // it ends as if it had failed, whatever it would do
  command: ({ action, packages: names, options }) =>
    `${CHOOSE_DNF}; LC_ALL=C $m ${[action, '--assumeno', ...options, ...names].map(quote).join(' ')} || :`,
  parse: (stdout, _, { stderr }): Simulation => readTransaction(stdout, stderr),
  requires: 'rpm',
  reads: () => ['packages'],
})
