import { z } from 'zod'
import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { type Change, callOf, type Prediction, predict } from '../../engine/plan/change.js'
import type { FieldsDiff, FieldValue } from '../../engine/plan/diff.js'
import type { Account, Group } from '../../facts/accounts.js'
import { remotePath } from '../../facts/remote-path.js'
import { account, group as groupFact } from '../../facts/server.js'
import { settlePath } from '../files/settle.js'
import { followedStatus } from '../files/surroundings.js'
import { given } from '../given.js'
import {
  type AccountFields,
  type AccountTool,
  accountTool,
  createScript,
  modifyScript,
  removeScript,
} from './user-commands.js'

const name = z.string().regex(/^[A-Za-z0-9_.][A-Za-z0-9_.-]*\$?$/, 'expected a name of letters, digits and _.-')
const text = z.string().regex(/^[^:\n]*$/, 'expected text without colon or line end')

const args = z
  .strictObject({
    user: name.meta({ names: 'user' }).describe('Login name.'),
    present: z.boolean().default(true).describe('Whether the account is to exist.'),
    uid: z.int().nonnegative().optional().describe('User number. Default: the next free one.'),
    group: name
      .meta({ names: 'group' })
      .optional()
      .describe('Primary group, which must exist. Default: one of its own.'),
    groups: z
      .array(name.meta({ names: 'group' }))
      .optional()
      .describe('All other groups it is in. Default: left as they are.'),
    append: z.boolean().default(false).describe('Add to the groups it is in, rather than replace them.'),
    home: remotePath.optional().describe("Home directory. Default: the system's custom."),
    createHome: z.boolean().optional().describe('Make the home directory; default: with a new account, unless system.'),
    shell: text.optional().describe("Login shell. Default: the system's custom."),
    comment: text.optional().describe('Full name and the like.'),
    system: z.boolean().default(false).describe('A new account is one of the system: low number, no home.'),
    unique: z.boolean().default(true).describe('false: its number may be that of another account.'),
    removeHome: z.boolean().default(false).describe('With present: false: remove its home directory and mail, too.'),
  })
  .refine(({ append, groups }) => !append || groups, { path: ['append'], error: 'goes with groups' })

/**
 * A user account exists, with these fields, or does not. Fields that are not given stay as they are.
 *
 * @example
 * await web.server.user({ user: 'deploy', shell: '/bin/bash', groups: ['adm', 'sudo'] })
 * await web.server.user({ user: 'former', present: false })
 */
export const user: Operation<z.input<typeof args>> = operation({
  name: 'server.user',
  summary: 'A user account exists, with these fields, or is gone.',
  args,
  combined(first, second) {
    if (first.user !== second.user) return undefined
    return first.present && second.present ? { ...first, ...given(second) } : second
  },
  async *plan(host, { user: login, present, createHome, removeHome, ...wanted }) {
    const [before, tool] = await Promise.all([host.fact(account, { user: login }), accountTool(host)])
    if (!present) {
      if (before) yield removal(tool, login, before, removeHome)
      return
    }
    const groups = await readGroups(host, [wanted.group, ...(wanted.groups ?? [])])
    if (!before) {
      yield* creation(host, tool, login, { ...wanted, createHome: createHome ?? !wanted.system }, groups)
      return
    }
    yield* modification(tool, login, before, wanted, groups)
    if (createHome) yield* settleHome(host, login, wanted.home ?? before.home)
  },
})

/** The groups an account is to be in. @throws {UsageError} for one that does not exist */
async function readGroups(host: PlanHost, names: readonly (string | undefined)[]): Promise<ReadonlyMap<string, Group>> {
  const wanted = [...new Set(names.filter(held => held !== undefined))]
  const found = await Promise.all(wanted.map(group => host.fact(groupFact, { group })))
  return new Map(
    found.map((group, i): [string, Group] => {
      const groupName = wanted[i] ?? ''
      if (!group) throw new UsageError(`there is no group ${groupName} on this host.`)
      return [groupName, group]
    }),
  )
}

interface Creation extends AccountFields {
  readonly system: boolean
  readonly unique: boolean
  readonly createHome: boolean
}

async function* creation(
  host: PlanHost,
  tool: AccountTool,
  login: string,
  { system, unique, createHome, ...given }: Creation,
  groups: ReadonlyMap<string, Group>,
): AsyncGenerator<Change, void, void> {
  const home = given.home ?? `/home/${login}`
  const [homeStatus, namesake] = await Promise.all([
    given.home && createHome ? followedStatus(host, home) : undefined,
    given.group === undefined ? host.fact(groupFact, { group: login }) : undefined,
  ])
  if (homeStatus && homeStatus.type !== 'directory')
    throw new UsageError(`${home} is a ${homeStatus.type}, not a directory.`)
  const fields = { ...given, ...(namesake ? { group: login } : {}) }
  yield {
    summary: `create user ${login}`,
    diff: fieldsDiff(login, [
      ['user', null, login],
      ...givenFields(fields).map(([field, value]) => [field, null, value] as const),
    ]),
    steps: [{ kind: 'run', script: createScript(tool, login, fields, { system, unique, createHome }) }],
    touches: [
      ...accountTopics(login, [login, ...(fields.groups ?? [])]),
      ...(createHome ? [`file:${home}`, `file:${home}/*`] : []),
    ],
    predicts: groupPredictions(login, groups, fields.groups ?? []),
    undo: callOf(user, { user: login, present: false, removeHome: createHome && !homeStatus }),
  }
  if (homeStatus) yield* settleHome(host, login, home)
}

function* modification(
  tool: AccountTool,
  login: string,
  before: Account,
  { append, unique, ...wanted }: AccountFields & { readonly append: boolean; readonly unique: boolean },
  groups: ReadonlyMap<string, Group>,
): Generator<Change> {
  const others = wanted.groups && [...new Set([...(append ? before.groups : []), ...wanted.groups])]
  const target = { ...wanted, groups: others?.filter(group => group !== (wanted.group ?? before.group)).sort() }
  const differing = givenFields(target).filter(([field, value]) => String(before[field]) !== String(value))
  if (differing.length === 0) return
  const changed = Object.fromEntries(differing)
  const group = wanted.group ?? before.group
  const after = {
    ...before,
    ...changed,
    gid: groups.get(group)?.gid ?? before.gid,
    groups: (target.groups ?? before.groups).filter(other => other !== group),
  }
  const joined = target.groups ? [...new Set([...before.groups, ...target.groups])] : []
  yield {
    summary: `change ${differing.map(([field]) => field).join(', ')} of user ${login}`,
    diff: fieldsDiff(
      login,
      differing.map(([field, value]) => [field, before[field], value] as const),
    ),
    steps: [{ kind: 'run', script: modifyScript(tool, login, changed, unique) }],
    touches: [...accountTopics(login, joined), ...('uid' in changed ? [`attributes:${before.home}*`] : [])],
    predicts: [predict(account, { user: login }, after), ...groupPredictions(login, groups, target.groups ?? [])],
    undo: callOf(user, {
      user: login,
      unique,
      ...Object.fromEntries(differing.map(([field]) => [field, before[field]])),
    }),
  }
}

async function* settleHome(host: PlanHost, login: string, home: string): AsyncGenerator<Change, void, void> {
  const status = await followedStatus(host, home)
  if (status && status.type !== 'directory') throw new UsageError(`${home} is a ${status.type}, not a directory.`)
  yield* settlePath(host, home, { type: 'directory', owner: login }, { parents: true })
}

function removal(tool: AccountTool, login: string, before: Account, removeHome: boolean): Change {
  const homeTopics = removeHome ? [`file:${before.home}`, `file:${before.home}/*`] : []
  const fields: (readonly [string, FieldValue, FieldValue])[] = [
    ['user', login, null],
    ...givenFields(before).map(([field, value]) => [field, value, null] as const),
  ]
  return {
    summary: `remove user ${login}${removeHome ? ` and ${before.home}` : ''}`,
    diff: fieldsDiff(login, fields),
    steps: [{ kind: 'run', script: removeScript(tool, login, removeHome) }],
    touches: [...accountTopics(login, [login, before.group, ...before.groups]), ...homeTopics],
    predicts: [predict(account, { user: login }, undefined)],
    irreversible: `the password of ${login}${removeHome ? ' and its home directory' : ''} cannot be restored`,
  }
}

type Field = keyof AccountFields
type GivenField = readonly [Field, string | number | readonly string[]]

function givenFields({ uid, group, groups, home, shell, comment }: AccountFields): GivenField[] {
  const all: (readonly [Field, GivenField[1] | undefined])[] = [
    ['uid', uid],
    ['group', group],
    ['groups', groups],
    ['home', home],
    ['shell', shell],
    ['comment', comment],
  ]
  return all.flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const]))
}

function fieldsDiff(login: string, fields: readonly (readonly [string, FieldValue, FieldValue])[]): FieldsDiff {
  const entries = fields.map(([field, before, after]) => [field, { before, after }])
  return { kind: 'fields', subject: `user ${login}`, fields: Object.fromEntries(entries) }
}

function accountTopics(login: string, groups: readonly string[]): string[] {
  const databases = ['passwd', 'shadow', 'group', 'gshadow'].map(name => `file:/etc/${name}`)
  return [`user:${login}`, ...groups.map(group => `group:${group}`), ...databases]
}

/** Members, after the change, of the groups that the account is put in. */
function groupPredictions(
  login: string,
  groups: ReadonlyMap<string, Group>,
  memberOf: readonly string[],
): Prediction[] {
  return memberOf.flatMap(group => {
    const held = groups.get(group)
    const members = held && [...new Set([...held.members, login])].sort()
    return members ? [predict(groupFact, { group }, { gid: held.gid, members })] : []
  })
}
