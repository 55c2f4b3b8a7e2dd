import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import { declineAll } from '../../engine/run/approval.js'
import { type Deploy, runDeploy } from '../../engine/run/deploy.js'
import * as operations from '../../operations/index.js'
import { exportDeploy } from '../export/export-deploy.js'
import { type Proof, proofOf, withProof } from '../export/header.js'
import { cellsFromRecords } from '../notebook/session-cells.js'
import type { Workspace } from '../workspace.js'
import type { SessionLog } from './session-log.js'

/** What an export came to. */
export interface Exported {
  /** Relative to the working directory. */
  readonly path: string
  readonly proof: Proof
  readonly notes: readonly string[]
}

/** How every exported file begins: only such a file is written over. */
const MARK = '// Exported by muster'

/**
 * Writes the session as a deploy module and proves it: planned against the session's hosts, read afresh, it must find nothing to do.
 *
 * @throws {UsageError} when nothing that changed a host is left to export, or the file is somebody else's
 */
export async function exportSession(
  file: string,
  log: SessionLog,
  { engine, load, inventory }: Workspace,
  signal: AbortSignal,
): Promise<Exported> {
  const path = resolve(engine.directory, file.endsWith('.ts') ? file : `${file}.ts`)
  if (existsSync(path) && !readFileSync(path, 'utf8').startsWith(MARK))
    throw new UsageError(`${file} is there and was not exported by muster: choose another name.`)
  const { source, notes, cells } = exportDeploy(loadTypeScript(), cellsFromRecords(log.records), {
    session: log.session,
    at: Date.now(),
    inventory: { hosts: [...inventory.hosts.keys()], groups: Object.fromEntries(inventory.groups) },
    domains: Object.keys(operations),
    move: { from: engine.directory, to: dirname(path) },
  })
  if (cells.length === 0)
    throw new UsageError('Nothing to export: no operation of this session changed a host and still stands.')
  writeFileSync(path, source)
  const { default: deploy } = await load(path)
  if (!isDeploy(deploy)) throw new UsageError(`${basename(path)} came out without a deploy function.`)
  for (const host of engine.fleet.names) engine.machine(host).reader.invalidateAll()
  const report = await runDeploy(deploy, engine.fleet, { approver: declineAll, emit: () => {}, signal, dryRun: true })
  const proof = proofOf(report, Date.now())
  writeFileSync(path, withProof(source, proof))
  return { path: relative(engine.directory, path), proof, notes }
}

function isDeploy(value: unknown): value is Deploy {
  return typeof value === 'function'
}
