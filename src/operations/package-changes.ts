import type { SetDiff } from '../engine/plan/diff.js'
import type { SimulatedStep } from '../facts/package-steps.js'

/**
 * The diff of what a run of a package manager does: every package that comes, goes or changes its version.
 *
 * @param versionBefore what is installed of one, `null` for nothing
 */
export function packagesDiff(steps: readonly SimulatedStep[], versionBefore: (name: string) => string | null): SetDiff {
  const told = steps.map(({ name, after }) => ({ name, before: versionBefore(name), after: after ?? null }))
  const member = (name: string, version: string) => ({ name, ...(version ? { detail: version } : {}) })
  return {
    kind: 'set',
    subject: 'packages',
    added: told.flatMap(({ name, before, after }) => (before === null && after !== null ? [member(name, after)] : [])),
    removed: told.flatMap(({ name, before, after }) =>
      before !== null && after === null ? [member(name, before)] : [],
    ),
    altered: told.flatMap(({ name, before, after }) =>
      before !== null && after !== null ? [{ name, before, after }] : [],
    ),
  }
}

/** Names for a sentence: all of a few, the first of many. */
export function enumerate(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
