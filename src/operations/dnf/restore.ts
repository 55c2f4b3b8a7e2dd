import { z } from 'zod'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf } from '../../engine/plan/change.js'
import type { SimulatedStep } from '../../facts/package-steps.js'
import { enumerate, packagesDiff } from '../package-changes.js'
import {
  before,
  dnfRun,
  type Installed,
  installedPackages,
  stepsOf,
  type Transaction,
  versionsOf,
} from './transaction.js'

const args = z.strictObject({
  packages: z
    .record(z.string(), z.array(z.string()))
    .describe('Versions with their release by package name; none: it is not to be installed.'),
})

/**
 * Puts RPM packages back to the versions recorded before a change: how changes of packages are taken back.
 *
 * @example
 * await web.dnf.restore({ packages: { chrony: [], openssl: ['3.2.2-3.fc40'] } })
 */
export const restore: Operation<z.input<typeof args>> = operation({
  name: 'dnf.restore',
  summary: 'Puts RPM packages back to versions recorded before.',
  args,
  combined: (first, second) => ({ packages: { ...first.packages, ...second.packages } }),
  async *plan(host, { packages }) {
    const installed = await installedPackages(host)
    const differing = Object.entries(packages).flatMap(([name, wanted]) => difference(installed, name, wanted))
    if (differing.length === 0) return
    const removal: Transaction = {
      action: 'remove',
      packages: differing.flatMap(({ going }) => going),
      // what was not recorded is not to go with it
      options: ['--setopt=clean_requirements_on_remove=0'],
    }
    const coming = differing.flatMap(each => each.coming)
    const installation: Transaction = {
      action: 'install',
      packages: coming.map(({ name, after }) => `${name}-${after}`),
      options: [],
    }
    // beside what is to go, an older version may be impossible that is possible without it
    const comes = removal.packages.length > 0 ? coming : await stepsOf(host, installation)
    const steps = [...(await stepsOf(host, removal)), ...comes]
    yield {
      summary: `put back ${enumerate(differing.map(({ name }) => name))}`,
      diff: packagesDiff(steps, name => versionsOf(installed, name).join(' ') || null),
      steps: [removal, installation].filter(run => run.packages.length > 0).map(dnfRun),
      touches: ['packages', 'unit:*', 'file:*'],
      undo: callOf(restore, { packages: before(installed, steps) }),
    }
  },
})

interface Difference {
  readonly name: string
  readonly coming: readonly (SimulatedStep & { readonly after: string })[]
  readonly going: readonly string[]
}

/** How the versions of a package differ from those that are wanted; a version that takes the place of another takes it away itself. */
function difference(installed: Installed, name: string, wanted: readonly string[]): Difference[] {
  const present = versionsOf(installed, name)
  const coming = wanted.filter(version => !present.includes(version)).map(after => ({ name, after }))
  const more = present.filter(version => !wanted.includes(version))
  if (coming.length === 0 && more.length === 0) return []
  const going = wanted.length === 0 ? [name] : more.map(version => `${name}-${version}`)
  return [{ name, coming, going: coming.length > 0 ? [] : going }]
}
