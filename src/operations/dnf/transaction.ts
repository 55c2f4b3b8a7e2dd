import { UsageError } from '../../engine/errors.js'
import type { PlanHost } from '../../engine/operation.js'
import type { RunStep } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import * as dnf from '../../facts/dnf.js'
import { CHOOSE_DNF } from '../../facts/dnf-output.js'
import type { SimulatedStep } from '../../facts/package-steps.js'

/** Versions by name; several of what may be there in several, like a kernel. */
export type Installed = Readonly<Record<string, readonly string[]>>

/** One run of dnf. */
export interface Transaction {
  readonly action: 'install' | 'remove'
  readonly packages: readonly string[]
  readonly options: readonly string[]
}

/** What is installed. @throws {UsageError} on hosts without rpm */
export async function installedPackages(host: PlanHost): Promise<Installed> {
  const installed = await host.fact(dnf.packages)
  if (!installed) throw new UsageError('this host has no rpm; dnf is for Fedora, Red Hat and systems like it.')
  return installed
}

/** The versions of a package that are there; none: it is not installed. */
export const versionsOf = (installed: Installed, name: string): readonly string[] =>
  Object.hasOwn(installed, name) ? (installed[name] ?? []) : []

/**
 * Every package that a run of dnf would bring, take or give another version, as dnf tells itself.
 *
 * @throws {UsageError} dnf says that it cannot be done
 */
export async function stepsOf(host: PlanHost, { action, packages, options }: Transaction): Promise<SimulatedStep[]> {
  if (packages.length === 0) return []
  const told = await host.fact(dnf.simulation, { action, packages: [...packages], options: [...options] })
  if (!told.possible) throw new UsageError(`dnf cannot ${action} ${packages.join(', ')}: ${told.reason}.`)
  return [...told.steps]
}

/** Versions there are now of the packages that a run alters: what it is taken back to. */
export const before = (installed: Installed, steps: readonly SimulatedStep[]): Record<string, string[]> =>
  Object.fromEntries(steps.map(({ name }) => [name, [...versionsOf(installed, name)]]))

export function dnfRun({ action, packages, options }: Transaction): RunStep {
  return { kind: 'run', script: dnfScript(`${action} -y`, [...options, ...packages]) }
}

/** `sh` text that runs dnf, or yum where that is what there is. */
export const dnfScript = (words: string, more: readonly string[]): string =>
  `${CHOOSE_DNF}; $m ${[words, ...more.map(quote)].join(' ')}`
