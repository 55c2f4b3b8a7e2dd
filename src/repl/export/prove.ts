import { basename } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { registerDeclaration } from '../../engine/inventory/declaration.js'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import { declineAll } from '../../engine/run/approval.js'
import { type Deploy, runDeploy } from '../../engine/run/deploy.js'
import type { Workspace } from '../workspace.js'
import { type Proof, proofOf } from './proof.js'
import { typeChecker } from './type-faults.js'

/**
 * Proves a deploy: it type-checks, and planned against the hosts of a workspace, read afresh, it finds nothing to do. Nothing is
 * changed.
 *
 * @param path of the deploy module
 * @param typeFaults of it; default: found by a checker of its own
 * @throws {UsageError} when it exports no deploy
 */
export async function prove(
  path: string,
  { engine, inventory, load }: Pick<Workspace, 'engine' | 'inventory' | 'load'>,
  signal: AbortSignal,
  typeFaults = typeChecker(loadTypeScript(), registerDeclaration(inventory), engine.directory),
): Promise<Proof> {
  const [fault, ...more] = typeFaults(path)
  if (fault !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    return { kind: 'not-proven', reason: `it does not type-check: ${fault}${others}`, at: Date.now() }
  }
  const { default: deploy } = await load(path)
  if (!isDeploy(deploy)) throw new UsageError(`${basename(path)} exports no deploy function.`)
  for (const host of engine.fleet.names) engine.machine(host).reader.invalidateAll()
  const report = await runDeploy(deploy, engine.fleet, { approver: declineAll, emit: () => {}, signal, dryRun: true })
  return proofOf(report, Date.now())
}

function isDeploy(value: unknown): value is Deploy {
  return typeof value === 'function'
}
