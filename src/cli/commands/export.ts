import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { EXPORT_MARK } from '../../repl/export/header.js'
import { isAsProven, type Proof, proofText, withProof } from '../../repl/export/proof.js'
import { exportRecorded } from '../../repl/export/recorded.js'
import { type Output, processOutput } from '../output.js'
import type { CommonFlags } from '../program.js'

interface ExportFlags extends CommonFlags {
  readonly output?: string
  readonly verify?: boolean
  readonly dropShell?: boolean
}

/**
 * `muster export`: a session that is over as a deploy module; with an inventory it is proven on its hosts. `--verify`: an exported
 * deploy is proven again.
 *
 * @returns 0; with `--verify` and not proven 2
 */
export async function exportSaved(session: string, inventory: string | undefined, flags: ExportFlags): Promise<number> {
  const output = processOutput(false)
  if (flags.verify) return verify(session, inventory, flags, output)
  const { output: file, dropShell } = flags
  const { source, cells, problems } = await exportRecorded(session, process.cwd(), file, dropShell ? 'drop' : 'keep')
  for (const problem of problems) output.talk(output.talkPaint.yellow(problem))
  if (cells.length === 0)
    throw new UsageError(`Nothing to export: no operation of ${session} changed a host and still stands.`)
  if (file === undefined) {
    if (inventory !== undefined)
      throw new UsageError('Name the file to write, which is then proven: --output deploy.ts.')
    output.data(source.replace(/\n$/, ''))
    return 0
  }
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(EXPORT_MARK))
    throw new UsageError(`${file} is there and was not exported by muster: choose another name.`)
  writeFileSync(file, source)
  if (inventory === undefined) {
    output.talk(`exported ${file}; prove it with: muster export ${session} INVENTORY --output ${file}`)
    return 0
  }
  const proof = await proofOn(inventory, file, flags, output)
  writeFileSync(file, withProof(source, proof))
  output.talk(`exported ${file}: ${proofText(proof)}`)
  return proof.kind === 'proven' ? 0 : 2
}

/** Proves an exported deploy again; the file stays as it is. */
async function verify(
  file: string,
  inventory: string | undefined,
  flags: ExportFlags,
  output: Output,
): Promise<number> {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file} to verify.`)
  const isWhole = isAsProven(readFileSync(file, 'utf8'))
  if (isWhole === undefined)
    throw new UsageError(
      `${file} was not exported and proven by muster: muster check says whether hosts are as it leaves them.`,
    )
  if (!isWhole)
    output.talk(
      output.talkPaint.yellow(`${file} was changed since it was exported: its header speaks of another text.`),
    )
  const proof = await proofOn(inventory, file, flags, output)
  output.data(`${file}: ${proofText(proof)}`)
  return proof.kind === 'proven' && isWhole ? 0 : 2
}

async function proofOn(
  inventory: string | undefined,
  file: string,
  flags: ExportFlags,
  output: Output,
): Promise<Proof> {
  const { withWorkspace } = await import('./workspace.js')
  const { prove } = await import('../../repl/export/prove.js')
  let proof: Proof | undefined
  await withWorkspace(
    inventory,
    flags,
    output,
    () => {},
    async ({ workspace, signal }) => {
      proof = workspace.redactor.data(await prove(resolve(file), workspace, signal))
      return 0
    },
  )
  return proof ?? { kind: 'not-proven', reason: 'it was interrupted', at: Date.now() }
}
