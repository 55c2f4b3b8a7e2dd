import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { sha256Of } from '../../facts/file-content.js'
import { writeAtomically } from '../../journal/file.js'
import { conflictText } from './conflicts.js'
import { type CellOutput, latestOutput, mergeOutputs, NO_OUTPUTS, type Outputs } from './outputs.js'
import { parseOutputs, printOutputs } from './outputs-text.js'
import { type Notebook, type NotebookCell, parseNotebook, printNotebook } from './percent.js'

/** A notebook as it was opened. Nothing was sent to a host. */
export interface OpenNotebook {
  readonly path: string
  /** The file as it is. */
  readonly text: string
  readonly notebook: Notebook
  readonly cells: readonly OpenCell[]
  /** What is wrong where git could not merge it: until that is resolved no cell can be run. */
  readonly conflict?: string
  /** One sentence for each thing that could not be read. */
  readonly problems: readonly string[]
}

export interface OpenCell extends NotebookCell {
  readonly latest?: CellOutput
  /** The cell was changed since it gave that output. */
  readonly stale: boolean
}

/** Where the outputs of a notebook are kept: `fix-ntp.ts` → `fix-ntp.outputs.jsonl`. */
function outputsPath(notebook: string): string {
  return `${notebook.replace(/\.ts$/, '')}.outputs.jsonl`
}

/**
 * Writes a session's notebook, and its outputs beside it. Saving again replaces what the same session saved before.
 *
 * @param wrote SHA-256 of what it wrote there the last time, where that is known
 * @returns that of what it wrote now
 * @throws {UsageError} when there is a file of that name that this session did not save, or that was changed since
 */
export async function saveNotebook(
  path: string,
  notebook: Notebook,
  outputs: Outputs,
  wrote?: string,
): Promise<string> {
  const present = await textOf(path)
  if (present !== undefined && parseNotebook(present).meta.session !== notebook.meta.session)
    throw new UsageError(`${path} was not saved by this session: choose another name, or delete it first.`)
  if (present !== undefined && wrote !== undefined && hashOf(present) !== wrote) {
    const name = basename(path, '.ts')
    throw new UsageError(
      `${path} was changed by somebody since this session saved it, and is left as it is: save under another name, or :open ${name} first, which adds to it.`,
    )
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  await addOutputs(path, outputs)
  const text = printNotebook(notebook)
  writeAtomically(path, text, 0o644)
  return hashOf(text)
}

const hashOf = (text: string): string => sha256Of(Buffer.from(text))

/** Opens a notebook with the outputs it was saved with. @throws {UsageError} when it cannot be read */
export async function openNotebook(path: string): Promise<OpenNotebook> {
  const text = await textOf(path)
  if (text === undefined) throw new UsageError(`There is no notebook ${path}.`)
  const notebook = parseNotebook(text)
  const { outputs, problems } = await readOutputs(path)
  const cells = notebook.cells.map((cell): OpenCell => {
    const latest = latestOutput(cell, outputs)
    return { ...cell, ...(latest ? { latest: latest.output } : {}), stale: latest?.stale ?? false }
  })
  const conflict = conflictText(basename(path), text)
  return { path, text, notebook, cells, problems, ...(conflict === undefined ? {} : { conflict }) }
}

/** Adds outputs to those that are kept beside a notebook. */
export async function addOutputs(notebook: string, outputs: Outputs): Promise<void> {
  const path = outputsPath(notebook)
  const { outputs: kept } = await readOutputs(notebook)
  writeAtomically(path, printOutputs(mergeOutputs(kept, outputs)))
  rmSync(firstOutputsPath(notebook), { force: true })
  const attributes = join(dirname(path), '.gitattributes')
  if (!existsSync(attributes)) writeAtomically(attributes, MERGE_OUTPUTS, 0o644)
}

/** Tells git that outputs of both sides stay. */
const MERGE_OUTPUTS = '*.outputs.jsonl merge=union\n'

/** Where the first version kept outputs. */
function firstOutputsPath(notebook: string): string {
  return `${notebook.replace(/\.ts$/, '')}.outputs.json`
}

async function readOutputs(notebook: string): Promise<{ outputs: Outputs; problems: readonly string[] }> {
  const path = [outputsPath(notebook), firstOutputsPath(notebook)].find(each => existsSync(each))
  if (path === undefined) return { outputs: NO_OUTPUTS, problems: [] }
  const outputs = parseOutputs(await readFile(path, 'utf8'))
  if (outputs) return { outputs, problems: [] }
  return {
    outputs: NO_OUTPUTS,
    problems: [`${basename(path)} does not hold outputs of a notebook: they are left out.`],
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
