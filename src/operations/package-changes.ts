import { z } from 'zod'
import type { SetDiff } from '../engine/plan/diff.js'
import type { SimulatedStep } from '../facts/package-steps.js'

/** Whether packages are there only because others need them, by name. */
export type Automatic = Readonly<Record<string, boolean>>

/** What {@link Automatic} means, in the arguments of operations that put packages back. */
export const automaticArg = z
  .record(z.string(), z.boolean())
  .optional()
  .describe(
    'By package name, whether it was there only because others need it; left out: as the package manager marks it.',
  )

/**
 * The diff of what a run of a package manager does: every package that comes, goes or changes its version.
 *
 * @param versionBefore what is installed of one, `null` for nothing
 * @param marks what is to be marked, told of those that stay as they are otherwise
 */
export function packagesDiff(
  steps: readonly SimulatedStep[],
  versionBefore: (name: string) => string | null,
  marks: Automatic = {},
): SetDiff {
  const told = steps.map(({ name, after }) => ({ name, before: versionBefore(name), after: after ?? null }))
  const member = (name: string, version: string) => ({ name, ...(version ? { detail: version } : {}) })
  return {
    kind: 'set',
    subject: 'packages',
    added: told.flatMap(({ name, before, after }) => (before === null && after !== null ? [member(name, after)] : [])),
    removed: told.flatMap(({ name, before, after }) =>
      before !== null && after === null ? [member(name, before)] : [],
    ),
    altered: [
      ...told.flatMap(({ name, before, after }) =>
        before !== null && after !== null ? [{ name, before, after }] : [],
      ),
      ...Object.entries(marks).flatMap(([name, automatic]) =>
        told.some(step => step.name === name) ? [] : [{ name, ...marking(versionBefore(name), automatic) }],
      ),
    ],
  }
}

function marking(version: string | null, automatic: boolean): { readonly before: string; readonly after: string } {
  const [forOthers, asked] = [`${version ?? ''} (needed by others)`, `${version ?? ''} (asked for)`]
  return automatic ? { before: asked, after: forOthers } : { before: forOthers, after: asked }
}

/** Names of the packages that are to be marked one way. */
export const namesMarked = (marks: Automatic, automatic: boolean): string[] =>
  Object.keys(marks).filter(name => marks[name] === automatic)

/** Names for a sentence: all of a few, the first of many. */
export function enumerate(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}
