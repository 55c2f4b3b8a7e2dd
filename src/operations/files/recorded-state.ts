import type { PlanHost } from '../../engine/operation.js'
import type { Change } from '../../engine/plan/change.js'
import { content, file } from '../../facts/files.js'
import { keptBytes } from './content.js'
import type { PathState } from './path-state.js'
import { settlePath } from './settle.js'

/**
 * What stands at a path, so that it can be put back; `undefined` for what cannot: a directory, a device, a file that is too large
 * to be kept.
 */
export async function recordedState(host: PlanHost, path: string): Promise<PathState | undefined> {
  const status = await host.fact(file, { path })
  if (!status) return { type: 'absent', path }
  const { owner, group, mode } = status
  if (status.type === 'link') return { type: 'link', path, target: status.target, owner, group }
  if (status.type !== 'file') return undefined
  const held = await host.fact(content, { path })
  const kept = held && keptBytes(held)
  return kept === undefined ? undefined : { type: 'file', path, content: kept, mode, owner, group }
}

/** Puts a path back, also where something of another type stands in its place. */
export async function* putBack(host: PlanHost, { path, ...state }: PathState): AsyncGenerator<Change, void, void> {
  const status = await host.fact(file, { path })
  if (status && state.type !== 'absent' && status.type !== state.type) yield* settlePath(host, path, { type: 'absent' })
  yield* settlePath(host, path, state)
}
