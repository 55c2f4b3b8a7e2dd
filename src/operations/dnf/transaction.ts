import { UsageError } from '../../engine/errors.js'
import type { PlanHost } from '../../engine/operation.js'
import type { RunStep } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import * as dnf from '../../facts/dnf.js'
import { CHOOSE_DNF } from '../../facts/dnf-output.js'
import type { SimulatedStep } from '../../facts/package-steps.js'
import { type Automatic, namesMarked } from '../package-changes.js'

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

/**
 * What a run is taken back to: versions there are now of the packages that it alters, and which of these are there only because others
 * need them, where dnf tells.
 *
 * @param marked further packages that are marked otherwise
 */
export function before(
  installed: Installed,
  userInstalled: readonly string[] | undefined,
  steps: readonly SimulatedStep[],
  marked: readonly string[] = [],
): { packages: Record<string, string[]>; automatic?: Record<string, boolean> } {
  const packages = Object.fromEntries(steps.map(({ name }) => [name, [...versionsOf(installed, name)]]))
  const present = [...Object.keys(packages), ...marked].filter(name => versionsOf(installed, name).length > 0)
  if (userInstalled === undefined || present.length === 0) return { packages }
  return { packages, automatic: Object.fromEntries(present.map(name => [name, !userInstalled.includes(name)])) }
}

export function dnfRun({ action, packages, options }: Transaction): RunStep {
  return { kind: 'run', script: dnfScript(`${action} -y`, [...options, ...packages]) }
}

/** `sh` text that runs dnf, or yum where that is what there is. */
export const dnfScript = (words: string, more: readonly string[]): string =>
  `${CHOOSE_DNF}; $m ${[words, ...more.map(quote)].join(' ')}`

/** Marks packages that are installed as there only for others (dnf(8) and dnf5-mark(8) name it otherwise), or as asked for. */
export function markRuns(marks: Automatic): RunStep[] {
  return [true, false].flatMap((automatic): RunStep[] => {
    const names = namesMarked(marks, automatic)
    if (names.length === 0) return []
    const [dnf5, dnf4] = automatic ? ['dependency', 'remove'] : ['user', 'install']
    const verb = `case $($m --version) in dnf5*) v=${dnf5} ;; *) v=${dnf4} ;; esac`
    return [{ kind: 'run', script: `${CHOOSE_DNF}; ${verb}; $m -y mark "$v" ${names.map(quote).join(' ')}` }]
  })
}
