import { z } from 'zod'
import { operation, type PlanHost } from '../../engine/operation.js'
import { type Change, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { attributesTopic } from '../../facts/file-status.js'
import { below, file } from '../../facts/files.js'
import { remotePath } from '../../facts/remote-path.js'
import { attributes } from './path-state.js'
import { settlePath } from './settle.js'
import { writtenPlace } from './surroundings.js'

/**
 * A directory, or none (removed with all it holds). With `recursive`, mode, owner and group hold for everything below it too.
 *
 * @example
 * await web.files.directory({ path: '/srv/app', owner: 'deploy', mode: '0750' })
 */
export const directory = operation({
  name: 'files.directory',
  summary: 'A directory is there, with these attributes, or is gone.',
  args: z.strictObject({
    path: remotePath.describe('Absolute path on the host.'),
    present: z.boolean().default(true).describe('Whether it is to be there; false removes it with all it holds.'),
    recursive: z.boolean().default(false).describe('Give the attributes to everything below it too.'),
    createParents: z.boolean().default(true).describe('Create missing directories above it.'),
    ...attributes,
  }),
  async *plan(host, { path, present, recursive, createParents, mode, owner, group }) {
    if (!present) {
      yield* settlePath(host, path, { type: 'absent', recursive: true })
      return
    }
    const place = await linkedDirectory(host, path)
    yield* settlePath(host, place, { type: 'directory', mode, owner, group }, { parents: createParents })
    if (recursive && (mode ?? owner ?? group) !== undefined) yield* settleBelow(host, place, { mode, owner, group })
  },
})

/** Where `path` is a link to a directory, that directory serves. */
async function linkedDirectory(host: PlanHost, path: string): Promise<string> {
  const place = await writtenPlace(host, path)
  const status = place === path ? undefined : await host.fact(file, { path: place })
  return status?.type === 'directory' ? place : path
}

/** The changes that give everything below a directory the attributes asked for. */
export async function* settleBelow(
  host: PlanHost,
  path: string,
  wanted: { mode: string | undefined; owner: string | undefined; group: string | undefined },
): AsyncGenerator<Change, void, void> {
  const question = { path, ...wanted }
  const differing = await host.fact(below, question)
  if (differing.length === 0) return
  const said = Object.entries(wanted).flatMap(([name, value]) => (value ? [`${name} ${value}`] : []))
  const owned = `${wanted.owner ?? ''}${wanted.group ? `:${wanted.group}` : ''}`
  const script = [
    ...(owned ? [`chown -hR ${quote(owned)} ${quote(path)}`] : []),
    ...(wanted.mode ? [`chmod -R ${wanted.mode} ${quote(path)}`] : []),
  ].join(' && ')
  yield {
    summary: `set ${said.join(', ')} below ${path}`,
    diff: {
      kind: 'set',
      subject: `below ${path}`,
      added: [],
      removed: [],
      altered: differing.map(name => ({ name, before: 'other', after: said.join(', ') })),
    },
    steps: [{ kind: 'run', script }],
    touches: [attributesTopic(path), attributesTopic(`${path}/*`)],
    predicts: [predict(below, question, [])],
    irreversible: `the former attributes of what is below ${path} are not kept`,
  }
}
