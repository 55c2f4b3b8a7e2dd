import { UsageError } from '../../engine/errors.js'
import type { PlanHost } from '../../engine/operation.js'
import * as apk from '../../facts/apk.js'
import type { SimulatedStep } from '../../facts/package-steps.js'

/** What is installed, and what was asked for: versions, and entries of /etc/apk/world, by name; `null` for none. */
export interface ApkState {
  version(name: string): string | null
  entry(name: string): string | null
}

/** @throws {UsageError} on hosts without apk */
export async function stateOf(host: PlanHost): Promise<ApkState> {
  const [installed, world] = await Promise.all([host.fact(apk.packages), host.fact(apk.world)])
  if (!installed) throw new UsageError('this host has no apk; it is for Alpine and systems like it.')
  return { version: name => inRecord(installed, name), entry: name => inRecord(world, name) }
}

const inRecord = (record: Readonly<Record<string, string>>, name: string): string | null =>
  Object.hasOwn(record, name) ? (record[name] ?? null) : null

/** The state after a run that takes some steps and asks for some names otherwise. */
export function stateAfter(
  before: ApkState,
  steps: readonly SimulatedStep[],
  asked: ReadonlyMap<string, string | null>,
): ApkState {
  const versions = new Map(steps.map(({ name, after }) => [name, after ?? null]))
  const of = (known: ReadonlyMap<string, string | null>, name: string, old: string | null): string | null => {
    const found = known.get(name)
    return found === undefined ? old : found
  }
  return {
    version: name => of(versions, name, before.version(name)),
    entry: name => of(asked, name, before.entry(name)),
  }
}

/** What a diff says of packages: `1.0-r0`, `1.0-r0 (hello=1.0-r0)` where it is held, by name; those that are not there are left out. */
export function details(names: Iterable<string>, state: ApkState, other: ApkState): Record<string, string> {
  return Object.fromEntries(
    [...names].flatMap((name): [string, string][] => {
      const [version, entry] = [state.version(name), state.entry(name)]
      if (version === null) return []
      if (entry !== null && entry !== name) return [[name, `${version} (${entry})`]]
      // the versions do not tell the two apart: what does is that a person asked for it
      const isOnlyAsked = entry !== null && other.entry(name) === null && other.version(name) === version
      return [[name, isOnlyAsked ? `${version} (asked for)` : version]]
    }),
  )
}
