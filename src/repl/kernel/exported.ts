import { writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { spokenPath } from '../../engine/modules/compiler.js'
import { loadTypeScript } from '../../engine/modules/typescript.js'
import type { DiffLine } from '../../engine/plan/diff.js'
import * as operations from '../../operations/index.js'
import type { Reads } from '../export/constants.js'
import { type ExportContext, type ExportedDeploy, exportDeploy } from '../export/export-deploy.js'
import { type Proof, withProof } from '../export/proof.js'
import { prove } from '../export/prove.js'
import { readsDiff } from '../export/reads-diff.js'
import { secretsIn } from '../export/secret-parameters.js'
import { arrangedCells } from '../notebook/arranged.js'
import type { Variable } from '../notebook/linked-cells.js'
import { promptNames } from '../notebook/prompt-names.js'
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

/** What this process knows of a session beside its record. */
export interface LiveSession {
  /** Cells as they were typed: secrets that the deploy asks for are known here, and serve the proof. */
  readonly sources: ReadonlyMap<number, string>
  valueOf(variable: Variable): unknown
}

/** Where an export is written that a person names: `deploy`, `deploy.ts`. */
export const exportPath = (directory: string, file: string): string =>
  resolve(directory, file.endsWith('.ts') ? file : `${file}.ts`)

/**
 * Writes the session as a deploy module and proves it: planned against the session's hosts, read afresh, it must find nothing to do.
 *
 * @param reads whether reads that decide are asked each time or written down; where there are some and nobody said, nothing is
 * written, and the difference is given back
 * @throws {UsageError} when nothing that changed a host is left to export
 */
export async function exportSession(
  path: string,
  reads: Reads | undefined,
  log: SessionLog,
  workspace: Workspace,
  live: LiveSession,
  signal: AbortSignal,
): Promise<Exported | { readonly choice: readonly DiffLine[] }> {
  const { engine, inventory } = workspace
  const recorded = arrangedCells(
    loadTypeScript(),
    cellsFromRecords(log.records),
    log.records,
    promptNames(Object.keys(operations)),
  )
  const context: ExportContext = {
    session: log.session,
    at: Date.now(),
    inventory: { hosts: [...inventory.hosts.keys()], groups: Object.fromEntries(inventory.groups) },
    domains: Object.keys(operations),
    move: { from: engine.directory, to: dirname(path) },
    valueOf: variable => workspace.redactor.data(live.valueOf(variable)),
  }
  const made = (wanted: Reads): ExportedDeploy =>
    exportDeploy(loadTypeScript(), recorded, { ...context, reads: wanted })
  const { source, notes, cells, secrets } = made(reads ?? 'conditions')
  if (cells.length === 0)
    throw new UsageError('Nothing to export: no operation of this session changed a host and still stands.')
  if (reads === undefined) {
    const choice = readsDiff(source, made('constants').source)
    if (choice.length > 0) return { choice }
  }
  writeFileSync(path, source)
  const given = secrets.flatMap(({ variable, cell, occurrence }): [string, string][] => {
    const text = recorded.find(({ id }) => id === cell)?.source ?? ''
    const value = secretsIn(text, live.sources.get(cell) ?? '')[occurrence]
    return value === undefined || variable in process.env ? [] : [[variable, value]]
  })
  const proof = await withEnvironment(given, () => prove(path, workspace, signal))
  writeFileSync(path, withProof(source, proof))
  return { path: spokenPath(path, engine.directory), proof, notes }
}

/** Does something while the environment of this process has more variables. */
async function withEnvironment<T>(
  variables: readonly (readonly [string, string])[],
  act: () => Promise<T>,
): Promise<T> {
  for (const [name, value] of variables) process.env[name] = value
  try {
    return await act()
  } finally {
    for (const [name] of variables) delete process.env[name]
  }
}
