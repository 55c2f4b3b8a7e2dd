import { existsSync, mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { writeAtomically } from '../../journal/file.js'
import { type CellOutput, latestOutput, mergeOutputs, NO_OUTPUTS, type Outputs } from './outputs.js'
import { type Notebook, type NotebookCell, parseNotebook, printNotebook } from './percent.js'

/** A notebook as it was opened. Nothing was sent to a host. */
export interface OpenNotebook {
  readonly path: string
  readonly notebook: Notebook
  readonly cells: readonly OpenCell[]
  /** One sentence for each thing that could not be read. */
  readonly problems: readonly string[]
}

export interface OpenCell extends NotebookCell {
  readonly latest?: CellOutput
  /** The cell was changed since it gave that output. */
  readonly stale: boolean
}

/** Where the outputs of a notebook are kept: `fix-ntp.ts` → `fix-ntp.outputs.json`. */
export function outputsPath(notebook: string): string {
  return `${notebook.replace(/\.ts$/, '')}.outputs.json`
}

/**
 * Writes a session's notebook, and its outputs beside it. Saving again replaces what the same session saved before.
 *
 * @throws {UsageError} when there is a file of that name that this session did not save
 */
export async function saveNotebook(path: string, notebook: Notebook, outputs: Outputs): Promise<void> {
  const present = await textOf(path)
  if (present !== undefined && parseNotebook(present).meta.session !== notebook.meta.session)
    throw new UsageError(`${path} was not saved by this session: choose another name, or delete it first.`)
  const { outputs: kept } = await readOutputs(outputsPath(path))
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeAtomically(outputsPath(path), `${JSON.stringify(mergeOutputs(kept, outputs), undefined, 1)}\n`)
  writeAtomically(path, printNotebook(notebook), 0o644)
}

/** Opens a notebook with the outputs it was saved with. @throws {UsageError} when it cannot be read */
export async function openNotebook(path: string): Promise<OpenNotebook> {
  const text = await textOf(path)
  if (text === undefined) throw new UsageError(`There is no notebook ${path}.`)
  const notebook = parseNotebook(text)
  const { outputs, problems } = await readOutputs(outputsPath(path))
  const cells = notebook.cells.map((cell): OpenCell => {
    const latest = latestOutput(cell, outputs)
    return { ...cell, ...(latest ? { latest: latest.output } : {}), stale: latest?.stale ?? false }
  })
  return { path, notebook, cells, problems }
}

async function readOutputs(path: string): Promise<{ outputs: Outputs; problems: readonly string[] }> {
  if (!existsSync(path)) return { outputs: NO_OUTPUTS, problems: [] }
  const value = parseJson(await readFile(path, 'utf8'))
  if (isOutputs(value)) return { outputs: value, problems: [] }
  return {
    outputs: NO_OUTPUTS,
    problems: [`${basename(path)} does not hold outputs of a notebook: they are left out.`],
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isOutputs(value: unknown): value is Outputs {
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return false
  if (!('cells' in value) || typeof value.cells !== 'object' || value.cells === null) return false
  return Object.values(value.cells).every(outputs => Array.isArray(outputs) && outputs.every(isOutput))
}

function isOutput(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'hash' in value &&
    typeof value.hash === 'string' &&
    'end' in value &&
    typeof value.end === 'object' &&
    'console' in value &&
    Array.isArray(value.console)
  )
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
