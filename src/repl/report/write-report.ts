import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { MusterError, UsageError } from '../../engine/errors.js'
import { writeAtomically } from '../../journal/file.js'
import { historyDirectory } from '../../journal/place.js'
import { readWhole } from '../../journal/read.js'
import { sessionNamed } from '../history/session-named.js'
import type { SessionRecord } from '../protocol.js'
import { htmlReport } from './html.js'
import { notebookReport } from './ipynb.js'
import { markdownReport } from './markdown.js'
import { type SessionReport, sessionReport } from './session-report.js'

/** How a report can be written, by the ending of its file. */
const FORMATS: Readonly<Record<string, (report: SessionReport) => string>> = {
  html: htmlReport,
  md: markdownReport,
  ipynb: notebookReport,
  json: report => `${JSON.stringify(report, null, 2)}\n`,
}

export const REPORT_FORMATS: readonly string[] = Object.keys(FORMATS)

/** The format that a file's ending asks for. @throws {UsageError} for one that there is not */
export function reportFormat(file: string): string {
  const format = extname(file).slice(1).replace('htm', 'html').replace('htmll', 'html').replace('markdown', 'md')
  if (Object.hasOwn(FORMATS, format)) return format
  throw new UsageError(`A report is ${REPORT_FORMATS.join(', ')}, by the ending of its file: ${file} is none of these.`)
}

/** The text of a report. */
export function reportText(report: SessionReport, format: string): string {
  const write = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
  if (!write) throw new UsageError(`There is no format ${format}; there are ${REPORT_FORMATS.join(', ')}.`)
  return write(report)
}

/** The report of a recorded session. @param name the session's, or that of a notebook saved from it @throws {UsageError} */
export async function recordedReport(name: string, workingDirectory: string): Promise<SessionReport> {
  const history = historyDirectory(workingDirectory)
  const session = await sessionNamed(history, name)
  const { records, problems } = await readWhole(join(history, session))
  // a journal holds what its kernel wrote: the protocol's records, and others that a report does not look at
  return sessionReport(session, records as readonly SessionRecord[], problems)
}

/** What stands at the beginning of every report, and in no other file: the session it is of. */
const OWN = /(?:Session |"session": ")(\d{4}-\d\d-\d\d-\d{4}[-\w]*)/

/**
 * Writes a report, for its owner alone: answers of hosts are nobody else's business.
 *
 * @param over the one session whose report may be written over; without it, any report
 * @throws {UsageError} the file is something else, or the report of another session
 */
export function writeReport(file: string, text: string, { over }: { readonly over?: string } = {}): void {
  const isThere = existsSync(file)
  const of = isThere ? OWN.exec(readFileSync(file, 'utf8').slice(0, 2000))?.[1] : undefined
  if (isThere && of === undefined)
    throw new UsageError(`${file} is there and is no report of muster's: choose another name.`)
  if (isThere && over !== undefined && of !== over)
    throw new UsageError(
      `${file} is the report of session ${of}, which would be lost: :report! ${file} writes over it all the same.`,
    )
  try {
    writeAtomically(file, text)
  } catch (error) {
    throw new MusterError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
