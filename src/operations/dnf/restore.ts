import { z } from 'zod'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf } from '../../engine/plan/change.js'
import * as dnf from '../../facts/dnf.js'
import type { SimulatedStep } from '../../facts/package-steps.js'
import { type Automatic, automaticArg, enumerate, packagesDiff } from '../package-changes.js'
import {
  before,
  dnfRun,
  type Installed,
  installedPackages,
  markRuns,
  stepsOf,
  type Transaction,
  versionsOf,
} from './transaction.js'

const args = z.strictObject({
  packages: z
    .record(z.string(), z.array(z.string()))
    .describe('Versions with their release by package name; none: it is not to be installed.'),
  automatic: automaticArg,
})

/**
 * Puts RPM packages back to the versions recorded before a change, and marks those that were there only for others as such again: how
 * changes of packages are taken back.
 *
 * @example
 * await web.dnf.restore({ packages: { chrony: [], openssl: ['3.2.2-3.fc40'] }, automatic: { openssl: true } })
 */
export const restore: Operation<z.input<typeof args>> = operation({
  name: 'dnf.restore',
  summary: 'Puts RPM packages back to versions recorded before.',
  args,
  combined: (first, second) => ({
    packages: { ...first.packages, ...second.packages },
    automatic: { ...first.automatic, ...second.automatic },
  }),
  async *plan(host, { packages, automatic = {} }) {
    const installed = await installedPackages(host)
    const differing = Object.entries(packages).flatMap(([name, wanted]) => difference(installed, name, wanted))
    const userInstalled = await host.fact(dnf.userInstalled)
    const marks = marksOf(automatic, userInstalled, { installed, differing })
    if (differing.length === 0 && Object.keys(marks).length === 0) return
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
      summary: `put back ${enumerate(differing.length > 0 ? differing.map(({ name }) => name) : Object.keys(marks))}`,
      diff: packagesDiff(steps, name => versionsOf(installed, name).join(' ') || null, marks),
      steps: [...[removal, installation].filter(run => run.packages.length > 0).map(dnfRun), ...markRuns(marks)],
      touches: ['packages', 'unit:*', 'file:*'],
      undo: callOf(restore, before(installed, userInstalled, steps, Object.keys(marks))),
    }
  },
})

interface Difference {
  readonly name: string
  readonly coming: readonly (SimulatedStep & { readonly after: string })[]
  readonly going: readonly string[]
}

/** What is to be marked otherwise: of what comes, and of what is marked as it was not. */
function marksOf(
  automatic: Automatic,
  userInstalled: readonly string[] | undefined,
  { installed, differing }: { readonly installed: Installed; readonly differing: readonly Difference[] },
): Automatic {
  if (userInstalled === undefined) return {}
  const changing = new Map(differing.map(each => [each.name, each]))
  const wanted = Object.entries(automatic).filter(([name, forOthers]) => {
    const change = changing.get(name)
    if (change?.going.includes(name)) return false
    const isPresent = versionsOf(installed, name).length > 0
    // what comes because it is asked for by its name is marked so
    if (!isPresent) return change !== undefined && forOthers
    return userInstalled.includes(name) === forOthers || (forOthers && change !== undefined)
  })
  return Object.fromEntries(wanted)
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
