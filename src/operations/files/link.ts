import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { operation, type PlanHost } from '../../engine/operation.js'
import { type Change, callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { file, sameFile } from '../../facts/files.js'
import { parentOf, remotePath } from '../../facts/remote-path.js'
import { ownership } from './path-state.js'
import { restore, settlePath } from './settle.js'

/**
 * A link to another path, or none. A link that points elsewhere is changed; anything else in its place is an error.
 *
 * @example
 * await web.files.link({ path: '/etc/localtime', target: '/usr/share/zoneinfo/UTC' })
 */
export const link = operation({
  name: 'files.link',
  summary: 'A link to another path is there, or is gone.',
  args: z
    .strictObject({
      path: remotePath.describe('Absolute path of the link.'),
      target: z.string().min(1).optional().describe('What it points to, as it is to be written in it.'),
      present: z.boolean().default(true).describe('Whether it is to be there.'),
      symbolic: z.boolean().default(true).describe('false: a hard link, a second name of the file.'),
      createParents: z.boolean().default(true).describe('Create missing directories above it.'),
      ...ownership,
    })
    .refine(({ present, target }) => !present || target !== undefined, {
      path: ['target'],
      error: 'a link needs a target',
    })
    .refine(({ symbolic, target }) => symbolic || target === undefined || target.startsWith('/'), {
      path: ['target'],
      error: 'of a hard link: expected an absolute path',
    }),
  async *plan(host, { path, target = '', present, symbolic, createParents, owner, group }) {
    if (!present) yield* settleNoLink(host, path, symbolic)
    else if (symbolic) yield* settlePath(host, path, { type: 'link', target, owner, group }, { parents: createParents })
    else yield* settleHardLink(host, path, target)
  },
})

async function* settleNoLink(host: PlanHost, path: string, symbolic: boolean): AsyncGenerator<Change, void, void> {
  const status = await host.fact(file, { path })
  if (status && status.type !== (symbolic ? 'link' : 'file')) {
    throw new UsageError(`${path} is a ${status.type}, not a link; files.file and files.directory remove these.`)
  }
  yield* settlePath(host, path, { type: 'absent' })
}

async function* settleHardLink(host: PlanHost, path: string, target: string): AsyncGenerator<Change, void, void> {
  const [status, source, parent, same] = await Promise.all([
    host.fact(file, { path }),
    host.fact(file, { path: target }),
    host.fact(file, { path: parentOf(path) }),
    host.fact(sameFile, { path, other: target }),
  ])
  if (status && same) return
  if (status) throw new UsageError(`${path} exists and is another file than ${target}.`)
  if (source?.type !== 'file') throw new UsageError(`${target} is not a file that could get a second name.`)
  if (!parent) throw new UsageError(`${path} cannot be made: the directory ${parentOf(path)} does not exist.`)
  yield {
    summary: `hard-link ${path} to ${target}`,
    diff: { kind: 'fields', subject: `link ${path}`, fields: { target: { before: null, after: target } } },
    steps: [{ kind: 'run', script: `ln ${quote(target)} ${quote(path)}` }],
    touches: [`file:${path}`],
    predicts: [predict(file, { path }, source), predict(sameFile, { path, other: target }, true)],
    undo: callOf(restore, { type: 'absent', path }),
  }
}
