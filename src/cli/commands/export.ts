import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { UsageError } from '../../engine/errors.js'
import { exportRecorded } from '../../repl/export/recorded.js'
import { processOutput } from '../output.js'

/** `muster export`: a session that is over as a deploy module. */
export async function exportSaved(session: string, { output: file }: { readonly output?: string }): Promise<number> {
  const output = processOutput(false)
  const { source, cells, problems } = await exportRecorded(session, process.cwd(), file)
  for (const problem of problems) output.talk(output.talkPaint.yellow(problem))
  if (cells.length === 0)
    throw new UsageError(`Nothing to export: no operation of ${session} changed a host and still stands.`)
  if (file === undefined) {
    output.data(source.replace(/\n$/, ''))
    return 0
  }
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith('// Exported by muster'))
    throw new UsageError(`${file} is there and was not exported by muster: choose another name.`)
  writeFileSync(file, source)
  output.talk(`exported ${file}; prove it with: muster check INVENTORY ${file}`)
  return 0
}
