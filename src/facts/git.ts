import { z } from 'zod'
import { fact } from '../engine/fact.js'
import { assignPath, remotePath } from './remote-path.js'

/** A work tree of git's. */
export interface Repository {
  /** The branch that is checked out; `undefined` for a commit without one. */
  readonly branch: string | undefined
  /** The commit that is checked out; `undefined` before the first. */
  readonly commit: string | undefined
  /** Where `origin` is; `undefined` without one. */
  readonly origin: string | undefined
}

/**
 * The git repository at a path: branch, commit, origin; `undefined` where there is none.
 *
 * @example
 * (await host.facts.git.repository({ path: '/srv/app' }))?.branch // 'main'
 */
export const repository = fact({
  name: 'git.repository',
  summary: 'The git repository at a path: branch, commit, origin.',
  args: z.strictObject({ path: remotePath.describe('Absolute path of the work tree.') }),
  command: ({ path }) => `${assignPath(path)}
[ -e "$p/.git" ] || exit 0
echo repository
git -C "$p" symbolic-ref -q --short HEAD || echo
git -C "$p" rev-parse -q --verify HEAD || echo
git -C "$p" config --get remote.origin.url || echo`,
  parse: (stdout): Repository | undefined => {
    const [is, branch, commit, origin] = stdout.split('\n')
    if (is !== 'repository') return undefined
    return { branch: branch || undefined, commit: commit || undefined, origin: origin || undefined }
  },
  requires: 'git',
  missing: undefined,
  reads: ({ path }) => [`file:${path}/.git`, `file:${path}`],
  // which commit a clone brings is known only when it is there
  settled: held => held && { branch: held.branch, origin: held.origin },
})
