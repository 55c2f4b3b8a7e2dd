import { UsageError } from '../../engine/errors.js'
import { type Operation, operation, type PlanHost } from '../../engine/operation.js'
import { type Change, callOf, type OperationCall, predict } from '../../engine/plan/change.js'
import type { FieldsDiff } from '../../engine/plan/diff.js'
import { quote } from '../../engine/shell/quote.js'
import type { LocalFile } from '../../engine/transfer/local-file.js'
import { contentOf, type FileContent } from '../../facts/file-content.js'
import type { FileStatus } from '../../facts/file-status.js'
import { attributesTopic } from '../../facts/file-status.js'
import { below, content, file } from '../../facts/files.js'
import { assignPath, parentOf } from '../../facts/remote-path.js'
import { given } from '../given.js'
import { bytesOf, contentDiff, contentHash, keptBytes, predictContent, sizeOf } from './content.js'
import { type PathState, pathState } from './path-state.js'
import { type Birth, birthOf, followedStatus } from './surroundings.js'

type State<K extends PathState['type']> = Omit<Extract<PathState, { type: K }>, 'path'>

/** A file whose content may be a large one of this machine. */
type SettledFile = Omit<State<'file'>, 'content'> & { readonly content?: string | Uint8Array | LocalFile | undefined }

interface Attributes {
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

export interface SettleOptions {
  /** Create missing directories above. */
  readonly parents?: boolean
  /** Another name of the path, by which facts may know it: the link that led here. */
  readonly alias?: string
}

/**
 * Puts a path back to what it was before a change: how changes of files are taken back.
 *
 * @example
 * await web.files.restore({ type: 'file', path: '/etc/motd', content: 'hello\n', mode: '0644' })
 */
export const restore: Operation<PathState> = operation({
  name: 'files.restore',
  summary: 'Puts a path back to a state recorded before.',
  args: pathState,
  combined(first, second) {
    if (first.path !== second.path) return undefined
    return first.type === second.type ? { ...first, ...given(second) } : second
  },
  async *plan(host, { path, ...state }) {
    yield* settlePath(host, path, state)
  },
})

/**
 * The changes that bring a path to a state; links are not followed. What all file operations come down to.
 *
 * @throws {UsageError} something else stands there, or the directory above is missing
 */
export async function* settlePath(
  host: PlanHost,
  path: string,
  state: State<'absent'> | SettledFile | State<'directory'> | State<'link'>,
  options: SettleOptions = {},
): AsyncGenerator<Change, void, void> {
  const status = await host.fact(file, { path })
  if (state.type === 'absent') {
    if (status) yield await removal(host, path, status, state.recursive ?? false)
    return
  }
  if (status && status.type !== state.type) throw new UsageError(`${path} is a ${status.type}, not a ${state.type}.`)
  if (!status) yield* settleParent(host, path, state, options)
  const birth = await birthOf(host, path)
  switch (state.type) {
    case 'file':
      yield* settleFile(host, path, state, status, birth, options)
      return
    case 'directory':
      if (status) yield* settleAttributes(path, status, state)
      else yield newDirectory(path, state, birth)
      return
    case 'link':
      yield* settleLink(path, state, status, birth)
  }
}

async function* settleParent(
  host: PlanHost,
  path: string,
  { owner, group }: Attributes,
  { parents = false }: SettleOptions,
): AsyncGenerator<Change, void, void> {
  const parent = parentOf(path)
  const status = await followedStatus(host, parent)
  if (status?.type === 'directory') return
  if (status) throw new UsageError(`${parent} is a ${status.type}, so ${path} cannot be in it.`)
  if (!parents) throw new UsageError(`${path} cannot be made: the directory ${parent} does not exist.`)
  yield* settlePath(host, parent, { type: 'directory', owner, group }, { parents })
}

async function* settleFile(
  host: PlanHost,
  path: string,
  state: SettledFile,
  status: FileStatus | undefined,
  birth: Birth,
  { alias }: SettleOptions,
): AsyncGenerator<Change, void, void> {
  if (status) yield* settleAttributes(path, status, state)
  if (status && state.content === undefined) return
  const before = status && (await host.fact(content, { path }))
  const wanted = state.content ?? ''
  const sent = isLocalFile(wanted) ? wanted : bytesOf(wanted)
  const after: FileContent =
    sent instanceof Uint8Array ? contentOf(sent) : { kind: 'large', size: sent.size, sha256: sent.sha256 }
  if (before && contentHash(before) === contentHash(after)) return
  const mode = state.mode ?? status?.mode ?? '0644'
  const owner = state.owner ?? status?.owner ?? birth.owner
  const group = state.group ?? status?.group ?? birth.group
  const undo = contentUndo(path, before, { mode, owner, group })
  yield {
    summary: status ? `edit ${path}` : `create ${path}${mode === '0644' ? '' : ` with mode ${mode}`}`,
    diff: contentDiff(path, before, after),
    steps: [
      {
        kind: 'write',
        path,
        content: sent,
        mode,
        ...(owner === birth.owner ? {} : { owner }),
        ...(group === birth.group ? {} : { group }),
      },
    ],
    touches: [`file:${path}`, ...(alias ? [`file:${alias}`] : [])],
    predicts: [
      predict(file, { path }, { type: 'file', mode, owner, group, size: sizeOf(after) }),
      ...predictContent(path, before, after),
      ...(alias ? predictContent(alias, before, after) : []),
    ],
    ...undo,
  }
}

const isLocalFile = (content: string | Uint8Array | LocalFile): content is LocalFile =>
  typeof content === 'object' && !(content instanceof Uint8Array)

function contentUndo(
  path: string,
  before: FileContent | undefined,
  attributes: Attributes,
): { undo: OperationCall } | { irreversible: string } {
  if (!before) return { undo: callOf(restore, { type: 'absent', path }) }
  const kept = keptBytes(before)
  if (kept === undefined) return { irreversible: `the former content of ${path} is too large to be kept` }
  return { undo: callOf(restore, { type: 'file', path, content: kept, ...attributes }) }
}

/** Changes that give an existing path the attributes asked for. */
function* settleAttributes(path: string, status: FileStatus, wanted: Attributes): Generator<Change> {
  const after = {
    mode: wanted.mode ?? status.mode,
    owner: wanted.owner ?? status.owner,
    group: wanted.group ?? status.group,
  }
  const names = (['mode', 'owner', 'group'] as const).filter(name => after[name] !== status[name])
  if (names.length === 0) return
  const { mode, owner, group } = status
  const fields = Object.fromEntries(names.map(name => [name, { before: status[name], after: after[name] }]))
  const state = status.type === 'file' || status.type === 'directory' ? status.type : undefined
  const undo =
    status.type === 'link'
      ? callOf(restore, { type: 'link', path, target: status.target, owner, group })
      : state && callOf(restore, { type: state, path, mode, owner, group })
  yield {
    summary: `set ${names.map(name => `${name} ${after[name]}`).join(', ')} on ${path}`,
    diff: { kind: 'fields', subject: `${status.type} ${path}`, fields },
    steps: [{ kind: 'run', script: `${assignPath(path)}\n${attributeScript(status, after)}` }],
    touches: [attributesTopic(path)],
    predicts: [predict(file, { path }, { ...status, ...after })],
    undo,
  }
}

/** chown before chmod, since it clears set-ID bits; and these have to be cleared by name from a directory. */
function attributeScript(status: FileStatus, after: Required<Attributes>): string {
  const owned = after.owner !== status.owner || after.group !== status.group
  const chown = owned ? [`chown -h ${quote(`${after.owner ?? ''}:${after.group ?? ''}`)} "$p"`] : []
  const moded = status.type !== 'link' && (after.mode !== status.mode || (owned && !after.mode?.startsWith('0')))
  return [...chown, ...(moded ? [chmodScript(status.type, after.mode ?? '')] : [])].join(' && ')
}

function chmodScript(type: FileStatus['type'], mode: string): string {
  return `${type === 'directory' ? 'chmod u-s,g-s "$p" && ' : ''}chmod ${mode} "$p"`
}

function newDirectory(path: string, state: Attributes, birth: Birth): Change {
  const mode = state.mode ?? (birth.inheritsGroup ? '2755' : '0755')
  const owner = state.owner ?? birth.owner
  const group = state.group ?? birth.group
  const fields: FieldsDiff['fields'] = {
    type: { before: null, after: 'directory' },
    mode: { before: null, after: mode },
    owner: { before: null, after: owner },
    group: { before: null, after: group },
  }
  const own = ownScript({ owner, group }, birth)
  const script = `${assignPath(path)}\nmkdir -m 0700 "$p" && ${own && `${own} && `}${chmodScript('directory', mode)}`
  return {
    summary: `create directory ${path}`,
    diff: { kind: 'fields', subject: `directory ${path}`, fields },
    steps: [{ kind: 'run', script }],
    touches: [`file:${path}`, `file:${path}/*`],
    predicts: [predict(file, { path }, { type: 'directory', mode, owner, group }), predict(below, { path }, [])],
    undo: callOf(restore, { type: 'absent', path }),
  }
}

/** Gives a new entry its owner and group, where these are not what it is born with. */
function ownScript({ owner, group }: { owner: string; group: string }, birth: Birth): string {
  if (owner === birth.owner && group === birth.group) return ''
  return `chown -h ${quote(`${owner === birth.owner ? '' : owner}${group === birth.group ? '' : `:${group}`}`)} "$p"`
}

function* settleLink(
  path: string,
  state: State<'link'>,
  status: FileStatus | undefined,
  birth: Birth,
): Generator<Change> {
  if (status?.type === 'link' && status.target === state.target) {
    yield* settleAttributes(path, status, { owner: state.owner, group: state.group })
    return
  }
  const before = status?.type === 'link' ? status : undefined
  const owner = state.owner ?? before?.owner ?? birth.owner
  const group = state.group ?? before?.group ?? birth.group
  const own = ownScript({ owner, group }, birth)
  const script = `${assignPath(path)}
ln -s -f -n -- ${quote(state.target)} "$p"${own && ` && ${own}`}`
  yield {
    summary: `link ${path} to ${state.target}`,
    diff: {
      kind: 'fields',
      subject: `link ${path}`,
      fields: { target: { before: before?.target ?? null, after: state.target } },
    },
    steps: [{ kind: 'run', script }],
    touches: [`file:${path}`, `file:${path}/*`],
    predicts: [predict(file, { path }, { type: 'link', mode: '0777', owner, group, target: state.target })],
    undo: callOf(
      restore,
      before
        ? { type: 'link', path, target: before.target, owner: before.owner, group: before.group }
        : { type: 'absent', path },
    ),
  }
}

async function removal(host: PlanHost, path: string, status: FileStatus, recursive: boolean): Promise<Change> {
  const touches = [`file:${path}`]
  const gone = predict(file, { path }, undefined)
  const { mode, owner, group } = status
  switch (status.type) {
    case 'directory': {
      const held = await host.fact(below, { path })
      if (held.length > 0 && !recursive) throw new UsageError(`${path} is a directory that is not empty.`)
      return {
        summary: `remove directory ${path}`,
        diff: { kind: 'set', subject: path, added: [], removed: [...held, path].map(name => ({ name })), altered: [] },
        steps: [{ kind: 'run', script: `${recursive ? 'rm -rf' : 'rmdir'} ${quote(path)}` }],
        touches: [...touches, `file:${path}/*`],
        predicts: [gone, predict(below, { path }, [])],
        ...(held.length > 0
          ? { irreversible: `what ${path} holds is not kept` }
          : { undo: callOf(restore, { type: 'directory', path, mode, owner, group }) }),
      }
    }
    case 'file': {
      const before = await host.fact(content, { path })
      return {
        summary: `remove ${path}`,
        diff: contentDiff(path, before, undefined),
        steps: [{ kind: 'run', script: `rm -f ${quote(path)}` }],
        touches,
        predicts: [gone, ...predictContent(path, before, undefined)],
        ...contentUndo(path, before, { mode, owner, group }),
      }
    }
    default:
      return {
        summary: `remove ${path}`,
        diff: { kind: 'fields', subject: path, fields: { type: { before: status.type, after: null } } },
        steps: [{ kind: 'run', script: `rm -f ${quote(path)}` }],
        touches: [...touches, `file:${path}/*`],
        predicts: [gone],
        ...(status.type === 'link'
          ? { undo: callOf(restore, { type: 'link', path, target: status.target, owner, group }) }
          : { irreversible: `a ${status.type} cannot be made again` }),
      }
  }
}
