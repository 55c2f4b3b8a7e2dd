import { recordedReport, reportFormat, reportText, writeReport } from '../../repl/report/write-report.js'
import { processOutput } from '../output.js'

/** `muster report`: a session that is over as a page to read. */
export async function report(
  session: string,
  { output: file, format }: { readonly output?: string; readonly format?: string },
): Promise<number> {
  const output = processOutput(false)
  const made = await recordedReport(session, process.cwd())
  const text = reportText(made, format ?? (file === undefined ? 'md' : reportFormat(file)))
  for (const problem of made.problems) output.talk(output.talkPaint.yellow(problem))
  if (file === undefined) output.data(text.replace(/\n$/, ''))
  else {
    writeReport(file, text)
    output.talk(`wrote ${file}`)
  }
  return made.problems.length > 0 ? 1 : 0
}
