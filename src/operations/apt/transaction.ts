import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { type Change, callOf, predict, type RunStep } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { stableJson } from '../../engine/stable.js'
import * as apt from '../../facts/apt.js'
import type { Package } from '../../facts/apt-output.js'
import { sha256Of } from '../../facts/file-content.js'
import type { SimulatedStep } from '../../facts/package-steps.js'
import { type Automatic, automaticArg, enumerate, namesMarked, packagesDiff } from '../package-changes.js'

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
  automatic: automaticArg,
})

/**
 * Puts packages back to the versions recorded before a change, and marks those that were there only for others as such again: how changes
 * of packages are taken back.
 *
 * @example
 * await web.apt.restore({ packages: { chrony: null, openssl: '3.0.15-1~deb12u1' }, automatic: { openssl: true } })
 */
export const restore: Operation<z.input<typeof restoreArgs>> = operation({
  name: 'apt.restore',
  summary: 'Puts packages back to versions recorded before.',
  args: restoreArgs,
  combined: (first, second) => ({
    packages: { ...first.packages, ...second.packages },
    automatic: { ...first.automatic, ...second.automatic },
  }),
  async *plan(host, { packages, automatic = {} }) {
    const installed = await installedPackages(host)
    const differing = Object.entries(packages).filter(([name, version]) => versionOf(installed, name) !== version)
    const names = differing.flatMap(([name, version]) => (version === null ? [] : [name]))
    const known = names.length === 0 ? {} : await host.fact(apt.candidates, { packages: names })
    for (const [name, version] of differing) {
      if (version === null || known[name]?.versions.includes(version)) continue
      throw new UsageError(`${name} ${version} is no longer in the package lists, so it cannot be put back.`)
    }
    const transaction: Transaction = {
      action: 'install',
      packages: differing.map(([name, version]) => (version === null ? `${name}-` : `${name}=${version}`)),
      options: ['--allow-downgrades'],
    }
    const moved = differing.map(([name]) => name)
    const told = moved.length > 0 ? moved : await markedOtherwise(host, installed, automatic)
    if (told.length > 0) yield* transact(host, installed, `put back ${enumerate(told)}`, transaction, automatic)
  },
})

async function markedOtherwise(host: PlanHost, installed: Installed, automatic: Automatic): Promise<string[]> {
  const marked = await host.fact(apt.automatic)
  return Object.keys(automatic).filter(
    name => versionOf(installed, name) !== null && marked.includes(name) !== automatic[name],
  )
}

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
 * @param automatic how packages are to be marked that are there after it; left out, as apt-get marks them
 * @throws {UsageError} apt-get says that it cannot be done
 */
export async function* transact(
  host: PlanHost,
  installed: Installed,
  summary: string,
  transaction: Transaction,
  automatic: Automatic = {},
): AsyncGenerator<Change, void, void> {
  const steps = await stepsOf(host, installed, summary, transaction)
  if (steps.length === 0 && Object.keys(automatic).length === 0) return
  const { action, packages, options } = transaction
  const after = packagesAfter(installed, steps)
  const marked = await host.fact(apt.automatic)
  const left = automaticAfter(new Set(marked), steps, namedIn(transaction))
  const marks = Object.fromEntries(
    Object.entries(automatic).filter(([name, wanted]) => versionOf(after, name) !== null && left.has(name) !== wanted),
  )
  if (steps.length === 0 && Object.keys(marks).length === 0) return
  const moved = steps.map(({ name }) => name)
  const touched = [...moved, ...namedIn(transaction), ...Object.keys(marks)]
  const before = touched.filter(name => versionOf(installed, name) !== null).map(name => [name, marked.includes(name)])
  yield {
    summary,
    diff: packagesDiff(steps, name => versionOf(installed, name), marks),
    steps: [
      ...(steps.length > 0 ? [run(aptGet([...options, action, ...packages]))] : []),
      ...[true, false].flatMap(each => {
        const names = namesMarked(marks, each)
        return names.length > 0 ? [run(`apt-mark ${[each ? 'auto' : 'manual', ...names].map(quote).join(' ')}`)] : []
      }),
    ],
    touches: ['packages', 'file:*', 'unit:*', 'user:*', 'group:*'],
    predicts: [
      predict(apt.packages, undefined, after),
      predict(apt.automatic, undefined, [
        ...[...left].filter(name => marks[name] !== false),
        ...namesMarked(marks, true),
      ]),
    ],
    undo: callOf(restore, {
      packages: Object.fromEntries(moved.map(name => [name, versionOf(installed, name)])),
      ...(before.length > 0 ? { automatic: Object.fromEntries(before) } : {}),
    }),
  }
}

const run = (script: string): RunStep => ({ kind: 'run', script })

async function stepsOf(
  host: PlanHost,
  installed: Installed,
  summary: string,
  transaction: Transaction,
): Promise<readonly SimulatedStep[]> {
  if (transaction.action !== 'upgrade' && transaction.packages.length === 0) return []
  const simulated = await host.fact(apt.simulation, simulationArgs(transaction, installed))
  if (!simulated.possible) throw new UsageError(`apt-get cannot ${summary}: ${simulated.reason}.`)
  return simulated.steps.filter(step => versionOf(installed, step.name) !== (step.after ?? null))
}

/** Packages that a run asks for by their name, which marks them as wanted for themselves. */
function namedIn({ action, packages }: Transaction): string[] {
  if (action !== 'install') return []
  return packages.filter(text => !text.endsWith('-')).map(text => text.replace(/=.*$/, ''))
}

/** What is marked as there for others alone after a run. */
function automaticAfter(
  before: ReadonlySet<string>,
  steps: readonly SimulatedStep[],
  named: readonly string[],
): Set<string> {
  const after = new Set(before)
  for (const { name, before: version, after: next } of steps) {
    if (next === undefined) after.delete(name)
    else if (version === undefined) after.add(name)
  }
  for (const name of named) after.delete(name)
  return after
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
