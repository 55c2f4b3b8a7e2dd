import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { callOf, predict } from '../../engine/plan/change.js'
import { quote } from '../../engine/shell/quote.js'
import { group as groupFact } from '../../facts/server.js'
import { change } from '../change.js'
import { accountTool } from './user-commands.js'

const args = z.strictObject({
  group: z
    .string()
    .regex(/^[A-Za-z0-9_.][A-Za-z0-9_.-]*\$?$/, 'expected a name of letters, digits and _.-')
    .meta({ names: 'group' })
    .describe('Name of the group.'),
  present: z.boolean().default(true).describe('Whether it is to exist.'),
  gid: z.int().nonnegative().optional().describe('Its number. Default: the next free one.'),
  system: z.boolean().default(false).describe('A new group is one of the system: a low number.'),
})

/**
 * A group of users exists, or does not. Who is in it is said of the users; see server.user.
 *
 * @example
 * await web.server.group({ group: 'deployers', gid: 1200 })
 */
export const group: Operation<z.input<typeof args>> = operation({
  name: 'server.group',
  summary: 'A group of users exists, or is gone.',
  args,
  async *plan(host, { group: name, present, gid, system }) {
    const before = await host.fact(groupFact, { group: name })
    const wanted = present ? { gid: gid ?? before?.gid } : undefined
    if (before ? wanted && wanted.gid === before.gid : !wanted) return
    const touches = [`group:${name}`, 'file:/etc/group', 'file:/etc/gshadow']
    yield change.fields(`group ${name}`, {
      summary: `${before ? (present ? 'renumber' : 'remove') : 'create'} group ${name}`,
      before: before ? { group: name, gid: before.gid } : {},
      after: present ? { group: name, ...(wanted?.gid === undefined ? {} : { gid: wanted.gid }) } : {},
      script: await scriptFor(host, name, { present, gid, system, exists: before !== undefined }),
      touches,
      ...(present && gid === undefined
        ? {}
        : {
            predicts: [
              predict(
                groupFact,
                { group: name },
                present && gid !== undefined ? { gid, members: before?.members ?? [] } : undefined,
              ),
            ],
          }),
      undo: before ? callOf(group, { group: name, gid: before.gid }) : callOf(group, { group: name, present: false }),
    })
  },
})

interface Wanted {
  readonly present: boolean
  readonly gid: number | undefined
  readonly system: boolean
  readonly exists: boolean
}

/** @throws {UsageError} busybox cannot renumber */
async function scriptFor(host: PlanHost, name: string, { present, gid, system, exists }: Wanted): Promise<string> {
  const tool = await accountTool(host)
  const script = (...words: readonly (string | false | undefined)[]): string =>
    `PATH="$PATH:/usr/sbin:/sbin" ${words.filter(Boolean).join(' ')}`
  const number = gid === undefined ? undefined : `-g ${gid}`
  switch (tool) {
    case 'shadow':
      if (!present) return script('groupdel', quote(name))
      return exists ? script('groupmod', number, quote(name)) : script('groupadd', system && '-r', number, quote(name))
    case 'pw':
      if (!present) return script('pw groupdel -n', quote(name))
      return script(`pw ${exists ? 'groupmod' : 'groupadd'} -n`, quote(name), number)
    case 'busybox':
      if (!present) return script('delgroup', quote(name))
      if (exists) throw new UsageError(`renumbering the group ${name} needs groupmod, which this host lacks.`)
      return script('addgroup', system && '-S', number, quote(name))
  }
}
