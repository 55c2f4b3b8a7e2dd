import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import { historyDirectory } from '../../journal/place.js'
import type { Reads } from '../../repl/export/constants.js'
import { isAsProven, type Proof, proofText, provenByRecordOf, withProof } from '../../repl/export/proof.js'
import { readsDiff } from '../../repl/export/reads-diff.js'
import { exportRecorded, type RecordedExport } from '../../repl/export/recorded.js'
import { exportedFrom, refuseWriteOver } from '../../repl/export/written-over.js'
import { type Output, processOutput } from '../output.js'
import type { CommonFlags } from './flags.js'

const READS: readonly Reads[] = ['conditions', 'constants']

interface ExportFlags extends CommonFlags {
  readonly output?: string
  readonly verify?: boolean
  readonly dropShell?: boolean
  readonly force?: boolean
  readonly reads?: string
}

/**
 * `muster export`: a session that is over as a deploy module, proven on the hosts of an inventory, or without one against the
 * session's record. `--verify`: an exported deploy is proven again.
 *
 * @returns 0; with an inventory or `--verify`, and not proven, 2
 */
export async function exportSaved(session: string, inventory: string | undefined, flags: ExportFlags): Promise<number> {
  const output = processOutput(false)
  if (flags.verify) return verify(session, inventory, flags, output)
  const { output: file, dropShell } = flags
  const reads = READS.find(each => each === (flags.reads ?? 'conditions'))
  if (!reads) throw new UsageError(`--reads takes conditions or constants, not ${flags.reads}.`)
  const exported = (wanted: Reads): Promise<RecordedExport> =>
    exportRecorded(session, process.cwd(), file, { shellLines: dropShell ? 'drop' : 'keep', reads: wanted })
  const { source, cells, problems } = await exported(reads)
  if (reads === 'constants')
    for (const { sign, text } of readsDiff((await exported('conditions')).source, source))
      output.talk(sign === '@' ? `@@ ${text} @@` : `${sign} ${text}`)
  for (const problem of problems) output.talk(output.talkPaint.yellow(problem))
  if (cells.length === 0)
    throw new UsageError(`Nothing to export: no operation of ${session} changed a host and still stands.`)
  if (file === undefined) {
    if (inventory !== undefined)
      throw new UsageError('Name the file to write, which is then proven: --output deploy.ts.')
    output.data(source.replace(/\n$/, ''))
    return 0
  }
  const of = exportedFrom(source) ?? session
  refuseWriteOver(resolve(file), file, { session: of, sure: flags.force ?? false, surely: '--force' })
  writeFileSync(file, source)
  const proof =
    inventory === undefined ? await proofFromRecord(session, file) : await proofOn(inventory, file, flags, output)
  writeFileSync(file, withProof(source, proof))
  output.talk(`exported ${file}: ${proofText(proof)}`)
  if (proof.kind === 'proven') return 0
  if (inventory !== undefined) return 2
  output.talk(`The record alone does not prove it; its hosts may: muster export ${session} INVENTORY --output ${file}`)
  return 0
}

/** Without hosts: against what they answered in the session. */
async function proofFromRecord(session: string, file: string): Promise<Proof> {
  const { openReplay } = await import('../../repl/replay/replay.js')
  const { proveRecorded } = await import('../../repl/export/prove-recorded.js')
  const replay = await openReplay(historyDirectory(process.cwd()), session)
  return proveRecorded(resolve(file), replay, process.cwd(), new AbortController().signal)
}

/** Proves an exported deploy again; the file stays as it is. */
async function verify(
  file: string,
  inventory: string | undefined,
  flags: ExportFlags,
  output: Output,
): Promise<number> {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file} to verify.`)
  const source = readFileSync(file, 'utf8')
  const isWhole = isAsProven(source)
  if (isWhole === undefined)
    throw new UsageError(
      `${file} was not exported and proven by muster: muster check says whether hosts are as it leaves them.`,
    )
  if (!isWhole)
    output.talk(
      output.talkPaint.yellow(`${file} was changed since it was exported: its header speaks of another text.`),
    )
  // the way it was proven: what was proven by a record is, unless hosts are named
  const recorded = inventory === undefined ? provenByRecordOf(source) : undefined
  const proof = await (recorded === undefined
    ? proofOn(inventory, file, flags, output)
    : proofFromRecord(recorded, file))
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
