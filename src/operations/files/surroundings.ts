import { UsageError } from '../../engine/errors.js'
import type { PlanHost } from '../../engine/operation.js'
import type { FileStatus } from '../../facts/file-status.js'
import { file, resolved } from '../../facts/files.js'
import { parentOf } from '../../facts/remote-path.js'
import { identity, kernel } from '../../facts/server.js'

/** Attributes a new entry of a directory gets when nobody sets them. */
export interface Birth {
  readonly owner: string
  readonly group: string
  /** The directory hands its group on (its set-group-ID bit). */
  readonly inheritsGroup: boolean
}

/**
 * The real place of a path that is written to: where it is a link, what it leads to, as an editor would have it.
 *
 * @throws {UsageError} the link leads nowhere
 */
export async function writtenPlace(host: PlanHost, path: string): Promise<string> {
  const status = await host.fact(file, { path })
  if (status?.type !== 'link') return path
  const real = await host.fact(resolved, { path })
  if (!real) throw new UsageError(`${path} is a link to ${status.target}, in a directory that does not exist.`)
  return real
}

/** What stands at a path, links followed. */
export async function followedStatus(host: PlanHost, path: string): Promise<FileStatus | undefined> {
  return host.fact(file, { path: await writtenPlace(host, path) })
}

/**
 * Owner and group a new entry at `path` will have: the identity's own, or the directory's group where that is inherited:
 * by the set-group-ID bit on Linux (inode(7)), always on the BSDs (open(2)).
 */
export async function birthOf(host: PlanHost, path: string): Promise<Birth> {
  const [parent, { user, group }, { name }] = await Promise.all([
    followedStatus(host, parentOf(path)),
    host.fact(identity),
    host.fact(kernel),
  ])
  const setgid = parent !== undefined && (Number(parent.mode[0]) & 2) !== 0
  const inherits = parent !== undefined && (setgid || name !== 'Linux')
  return { owner: user, group: inherits ? parent.group : group, inheritsGroup: setgid && name === 'Linux' }
}
