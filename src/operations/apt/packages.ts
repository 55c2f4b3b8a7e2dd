import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { operation, type PlanHost } from '../../engine/operation.js'
import { type Change, predict } from '../../engine/plan/change.js'
import * as apt from '../../facts/apt.js'
import type { Candidates } from '../../facts/apt-output.js'
import { enumerate } from '../package-changes.js'
import {
  aptGet,
  type Installed,
  installedPackages,
  simulationArgs,
  type Transaction,
  transact,
  versionOf,
} from './transaction.js'

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.+-]*[a-z0-9.+](:[a-z0-9-]+)?(=[A-Za-z0-9.+:~-]+)?$/, "expected 'name' or 'name=version'")

/**
 * Debian packages are installed, or not. The plan shows every package that would come, go or change its version, dependencies
 * included, as apt-get's own simulation tells. Lists are updated (`update`) only when there is something to install, or when no
 * packages are named; with `cacheTime`, only when they are older.
 *
 * @example
 * await web.apt.packages({ packages: ['chrony', 'curl=7.88.1-10+deb12u12'], update: true, cacheTime: 3600 })
 * await web.apt.packages({ packages: 'telnetd', present: false, purge: true })
 */
export const packages = operation({
  name: 'apt.packages',
  summary: 'Debian packages are installed, at a version or the latest, or are gone.',
  args: z
    .strictObject({
      packages: z
        .union([packageName, z.array(packageName)], "expected 'name', 'name=version' or a list of these")
        .default([])
        .meta({ names: 'package' })
        .describe("Package names, each 'name' or 'name=version'."),
      present: z.boolean().default(true).describe('Whether they are to be installed.'),
      latest: z.boolean().default(false).describe('Upgrade those that have a newer version.'),
      update: z.boolean().default(false).describe('Update the package lists first.'),
      cacheTime: z.number().nonnegative().optional().describe('Seconds that package lists stay good; default: 0.'),
      upgrade: z.boolean().default(false).describe('Upgrade all that is installed, too.'),
      purge: z.boolean().default(false).describe('With present: false: remove their configuration, too.'),
      recommends: z.boolean().default(true).describe('Install what they recommend, too.'),
      allowDowngrades: z.boolean().default(false).describe('Allow a version older than the installed one.'),
      options: z.array(z.string()).default([]).describe('Further options of apt-get.'),
    })
    .refine(({ present, packages: names }) => present || [names].flat().every(name => !name.includes('=')), {
      path: ['packages'],
      error: 'a version says nothing with present: false',
    }),
  async *plan(host, { packages: names, present, latest, update, cacheTime, upgrade, purge, ...more }) {
    const installed = await installedPackages(host)
    const requested = [names].flat().map(parseRequest)
    const options = [
      ...(more.recommends ? [] : ['--no-install-recommends']),
      ...(more.allowDowngrades ? ['--allow-downgrades'] : []),
      ...more.options,
    ]
    const missing = requested.filter(request => !isInstalled(installed, request))
    const wanted = present ? (latest ? requested : missing) : []
    const transaction: Transaction = { action: 'install', packages: wanted.map(({ text }) => text), options }
    if (update && (wanted.length > 0 || upgrade || requested.length === 0)) {
      yield* updateLists(host, installed, wanted, cacheTime, [transaction, ...(upgrade ? [UPGRADE] : [])])
    }
    if (upgrade) yield* transact(host, await installedPackages(host), 'upgrade all packages', UPGRADE)
    if (!present) yield* removal(host, installed, requested, purge, more.options)
    if (wanted.length === 0) return
    checkKnown(await host.fact(apt.candidates, { packages: wanted.map(({ name }) => name) }), wanted)
    const verb = missing.length > 0 ? 'install' : 'upgrade'
    const said = enumerate((missing.length > 0 ? missing : wanted).map(({ name }) => name))
    yield* transact(host, await installedPackages(host), `${verb} ${said}`, transaction)
  },
})

const UPGRADE: Transaction = { action: 'upgrade', packages: [], options: [] }

interface Request {
  readonly text: string
  readonly name: string
  readonly version: string | undefined
}

function parseRequest(text: string): Request {
  const [name = text, version] = text.split('=')
  return { text, name, version }
}

function isInstalled(installed: Installed, { name, version }: Request): boolean {
  const present = versionOf(installed, name)
  return present !== null && (version === undefined || version === present)
}

async function* removal(
  host: PlanHost,
  installed: Installed,
  requested: readonly Request[],
  purge: boolean,
  options: readonly string[],
): AsyncGenerator<Change, void, void> {
  const there = requested.filter(({ name }) => versionOf(installed, name) !== null).map(({ name }) => name)
  if (there.length === 0) return
  const action = purge ? 'purge' : 'remove'
  yield* transact(host, installed, `${action} ${enumerate(there)}`, { action, packages: there, options })
}

/**
 * Updates the package lists. Where all that is wanted can be installed from the present ones, these stand for the new ones in
 * the plan; else what follows is unknown.
 */
async function* updateLists(
  host: PlanHost,
  installed: Installed,
  wanted: readonly Request[],
  cacheTime: number | undefined,
  transactions: readonly Transaction[],
): AsyncGenerator<Change, void, void> {
  const age = await host.fact(apt.listsAge)
  if (cacheTime !== undefined && age !== undefined && age < cacheTime) return
  const question = { packages: wanted.map(({ name }) => name) }
  const known = await host.fact(apt.candidates, question)
  const foreseen = wanted.every(request => problemOf(known, request) === undefined)
  const simulations = await Promise.all(
    (foreseen ? transactions : []).map(async transaction => {
      const args = simulationArgs(transaction, installed)
      return predict(apt.simulation, args, await host.fact(apt.simulation, args))
    }),
  )
  yield {
    summary: 'update package lists',
    diff: { kind: 'command', subject: 'package lists', command: 'apt-get update' },
    steps: [{ kind: 'run', script: aptGet(['update']) }],
    touches: ['apt:lists'],
    predicts: [
      predict(apt.listsAge, undefined, 0),
      ...(foreseen ? [predict(apt.candidates, question, known), ...simulations] : []),
    ],
    settles: false,
  }
}

function checkKnown(known: Readonly<Record<string, Candidates>>, wanted: readonly Request[]): void {
  const problems = wanted.flatMap(request => problemOf(known, request) ?? [])
  if (problems.length > 0) throw new UsageError(`apt.packages: ${problems.join('; ')}.`)
}

function problemOf(known: Readonly<Record<string, Candidates>>, { name, version }: Request): string | undefined {
  const found = Object.hasOwn(known, name) ? known[name] : undefined
  if (!found || (!found.candidate && !found.installed)) return `there is no package ${name} in the package lists`
  if (version === undefined || found.versions.includes(version)) return undefined
  return `${name} has no version ${version}, only ${found.versions.join(', ')}`
}
