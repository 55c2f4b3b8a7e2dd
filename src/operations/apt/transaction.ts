import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { type Change, callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { stableJson } from '../../engine/stable.js'
import * as apt from '../../facts/apt.js'
import type { Package } from '../../facts/apt-output.js'
import { sha256Of } from '../../facts/file-content.js'
import type { SimulatedStep } from '../../facts/package-steps.js'
import { enumerate, packagesDiff } from '../package-changes.js'

export type Installed = Readonly<Record<string, Package>>

/** One run of apt-get. */
export interface Transaction {
  readonly action: 'install' | 'remove' | 'purge' | 'upgrade'
  /** `name`, `name=version` or `name-`, as apt-get takes them. */
  readonly packages: readonly string[]
  readonly options: readonly string[]
}

const restoreArgs = z.strictObject({
  packages: z
    .record(z.string(), z.string().nullable())
    .describe('Versions by package name; null: it is not to be installed.'),
})

/**
 * Puts packages back to the versions recorded before a change: how changes of packages are taken back.
 *
 * @example
 * await web.apt.restore({ packages: { chrony: null, openssl: '3.0.15-1~deb12u1' } })
 */
export const restore: Operation<z.input<typeof restoreArgs>> = operation({
  name: 'apt.restore',
  summary: 'Puts packages back to versions recorded before.',
  args: restoreArgs,
  combined: (first, second) => ({ packages: { ...first.packages, ...second.packages } }),
  async *plan(host, { packages }) {
    const installed = await installedPackages(host)
    const differing = Object.entries(packages).filter(([name, version]) => versionOf(installed, name) !== version)
    if (differing.length === 0) return
    const names = differing.flatMap(([name, version]) => (version === null ? [] : [name]))
    const known = await host.fact(apt.candidates, { packages: names })
    for (const [name, version] of differing) {
      if (version === null || known[name]?.versions.includes(version)) continue
      throw new UsageError(`${name} ${version} is no longer in the package lists, so it cannot be put back.`)
    }
    yield* transact(host, installed, `put back ${enumerate(differing.map(([name]) => name))}`, {
      action: 'install',
      packages: differing.map(([name, version]) => (version === null ? `${name}-` : `${name}=${version}`)),
      options: ['--allow-downgrades'],
    })
  },
})

/** What is installed. @throws {UsageError} on hosts without dpkg */
export async function installedPackages(host: PlanHost): Promise<Installed> {
  const installed = await host.fact(apt.packages)
  if (!installed) throw new UsageError('this host has no dpkg; apt is for Debian and systems like it.')
  return installed
}

/** The version of a package, `null` where it is not installed. */
export function versionOf(installed: Installed, name: string): string | null {
  return Object.hasOwn(installed, name) ? (installed[name]?.version ?? null) : null
}

/** The simulation's question for a transaction; `given` has it asked again when other packages are installed. */
export function simulationArgs({ action, packages, options }: Transaction, installed: Installed) {
  return { action, packages: [...packages], options: [...options], given: sha256Of(Buffer.from(stableJson(installed))) }
}

/**
 * The change that a run of apt-get makes, dependencies included, as its own simulation tells; none where it would do nothing.
 *
 * @throws {UsageError} apt-get says that it cannot be done
 */
export async function* transact(
  host: PlanHost,
  installed: Installed,
  summary: string,
  transaction: Transaction,
): AsyncGenerator<Change, void, void> {
  const simulated = await host.fact(apt.simulation, simulationArgs(transaction, installed))
  if (!simulated.possible) throw new UsageError(`apt-get cannot ${summary}: ${simulated.reason}.`)
  const steps = simulated.steps.filter(step => versionOf(installed, step.name) !== (step.after ?? null))
  if (steps.length === 0) return
  const { action, packages, options } = transaction
  const before = Object.fromEntries(steps.map(({ name }) => [name, versionOf(installed, name)]))
  yield {
    summary,
    diff: packagesDiff(steps, name => versionOf(installed, name)),
    steps: [{ kind: 'run', script: aptGet([...options, action, ...packages]) }],
    touches: ['packages', 'file:*', 'unit:*', 'user:*', 'group:*'],
    predicts: [predict(apt.packages, undefined, packagesAfter(installed, steps))],
    undo: callOf(restore, { packages: before }),
  }
}

/** `sh` text of an unattended apt-get run that keeps changed configuration files and waits for another apt's lock. */
export function aptGet(words: readonly string[]): string {
  const unattended =
    '-y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120'
  return `DEBIAN_FRONTEND=noninteractive apt-get ${unattended} ${words.map(quote).join(' ')}`
}

function packagesAfter(installed: Installed, steps: readonly SimulatedStep[]): Installed {
  const after = new Map(Object.entries(installed))
  for (const { name, after: version, architecture } of steps) {
    const held = after.get(name)
    if (version === undefined) after.delete(name)
    else after.set(name, { version, architecture: architecture ?? held?.architecture ?? '', held: held?.held ?? false })
  }
  return Object.fromEntries(after)
}
