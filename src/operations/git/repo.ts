import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation } from '../../engine/operation.js'
import { callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { below, file } from '../../facts/files.js'
import { repository } from '../../facts/git.js'
import { remotePath } from '../../facts/remote-path.js'
import { which } from '../../facts/server.js'
import { change } from '../change.js'
import { directory } from '../files/directory.js'

// what begins with a dash would be taken for an option
const word = z.string().regex(/^[^-\s][^\s]*$/, 'expected text without blanks')

const args = z.strictObject({
  src: word.describe('What is cloned: a URL, or a path on the host.'),
  dest: remotePath.describe('Absolute path of the work tree.'),
  branch: word.optional().describe("Branch or tag to check out. Default: a new clone's own, else left as it is."),
  pull: z.boolean().default(false).describe('Bring it to the newest commit: done each time.'),
  rebase: z.boolean().default(false).describe('With pull: put own commits on top.'),
})

/**
 * A clone of a git repository is there, with a branch checked out. It is brought to the newest commit only when that is asked for
 * (`pull`), each time.
 *
 * @example
 * await web.git.repo({ src: 'https://git.example/app.git', dest: '/srv/app', branch: 'main' })
 */
export const repo: Operation<z.input<typeof args>> = operation({
  name: 'git.repo',
  summary: 'A clone of a git repository is there, with a branch checked out.',
  args,
  async *plan(host, { src, dest, branch, pull, rebase }) {
    if (!(await host.fact(which, { command: 'git' }))) throw new UsageError('this host has no git.')
    const held = await host.fact(repository, { path: dest })
    const git = `git -C ${quote(dest)}`
    const touches = [`file:${dest}`, `file:${dest}/*`]
    if (!held) {
      const [status, inside] = await Promise.all([host.fact(file, { path: dest }), host.fact(below, { path: dest })])
      if (inside.length > 0) throw new UsageError(`${dest} is there, is no clone, and is not empty.`)
      yield change.fields(`repository ${dest}`, {
        summary: `clone ${src} to ${dest}`,
        before: {},
        after: { origin: src, ...(branch === undefined ? {} : { branch }) },
        script: `git clone -q${branch === undefined ? '' : ` --branch ${quote(branch)}`} -- ${quote(src)} ${quote(dest)}`,
        touches,
        ...(branch === undefined
          ? {}
          : { predicts: [predict(repository, { path: dest }, { branch, commit: undefined, origin: src })] }),
        ...(status ? {} : { undo: callOf(directory, { path: dest, present: false }) }),
      })
      return
    }
    if (branch !== undefined && held.branch !== branch) {
      yield change.fields(`repository ${dest}`, {
        summary: `check out ${branch} in ${dest}`,
        before: { branch: held.branch ?? null },
        after: { branch },
        script: `${git} fetch -q && ${git} checkout -q ${quote(branch)}`,
        touches,
        predicts: [predict(repository, { path: dest }, { ...held, branch })],
        ...(held.branch === undefined ? {} : { undo: callOf(repo, { src, dest, branch: held.branch }) }),
      })
    }
    if (!pull) return
    const script = `${git} pull -q${rebase ? ' --rebase' : ''}`
    yield { ...change.command(`repository ${dest}`, { summary: `pull in ${dest}`, script, touches }), settles: false }
  },
})
