import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MusterError, UsageError } from '../../engine/errors.js'
import { placedMessage } from '../../engine/modules/placed-message.js'
import { declineAll } from '../../engine/run/approval.js'
import { type Deploy, type DeployReport, type HostReport, runDeploy } from '../../engine/run/deploy.js'
import { historyDirectory } from '../../journal/place.js'
import { readRecording } from '../../journal/replay/recording.js'
import { ignored, withoutIgnored } from '../../repl/drift/ignore.js'
import { exportRecorded } from '../../repl/export/recorded.js'
import { sessionNamed } from '../../repl/history/session-named.js'
import { planLines } from '../../repl/plan-lines.js'
import type { Workspace } from '../../repl/workspace.js'
import { processOutput } from '../output.js'
import { reportLines } from '../render/report.js'
import type { CommonFlags } from './flags.js'
import { deployIn, jsonReport, notebookIn } from './run.js'
import { withWorkspace } from './workspace.js'

interface CheckFlags extends CommonFlags {
  readonly diff?: boolean
  readonly quiet?: boolean
  /** What does not count; see {@link ignored}. */
  readonly ignore?: readonly string[]
}

/**
 * `muster check`: tells whether hosts still are as a deploy, or a recorded session, left them. Nothing is changed.
 *
 * @throws {MusterError} what cannot be checked is an error, exit 1: for whoever reads exit codes, 2 says that hosts differ
 */
export async function check(inventory: string, wanted: string, flags: CheckFlags): Promise<number> {
  try {
    return await compared(inventory, wanted, flags)
  } catch (error) {
    throw error instanceof UsageError ? new MusterError(error.message, { cause: error }) : error
  }
}

function compared(inventory: string, wanted: string, flags: CheckFlags): Promise<number> {
  const output = processOutput(flags.json ?? false)
  const ignores = ignored(flags.ignore ?? [])
  return withWorkspace(
    inventory,
    flags,
    output,
    () => {},
    async shot => {
      const { workspace, signal, output: out } = shot
      const notebook = await notebookIn(wanted, shot)
      const deploy =
        notebook?.deploy ?? (await deployOf(wanted, workspace, text => out.talk(out.talkPaint.yellow(text))))
      const options = { approver: declineAll, emit: () => {}, signal, dryRun: true }
      const report = without(await runDeploy(deploy, workspace.engine.fleet, options), ignores)
      if (report.error) out.talk(out.talkPaint.red(placedMessage(report.error)))
      const code = exitCode(report)
      if (out.json) out.record(jsonReport(report))
      else if (!(flags.quiet && code === 0)) {
        const shown = flags.quiet ? differing(report) : report
        out.data(shown.plans.flatMap(plan => planLines(plan, out.paint, { diff: flags.diff ?? true })))
        out.data(reportLines(shown, out.paint))
      }
      return code
    },
  )
}

/** The deploy in a file, or what a session of that name left. @throws {UsageError} */
async function deployOf(wanted: string, workspace: Workspace, talk: (text: string) => void): Promise<Deploy> {
  if (existsSync(wanted)) return deployIn(wanted, workspace)
  if (wanted.includes('/') || /\.[cm]?[jt]s$/.test(wanted))
    throw new UsageError(`There is no deploy ${wanted} in ${process.cwd()}.`)
  const folder = mkdtempSync(join(tmpdir(), 'muster-check-'))
  try {
    const file = resolve(folder, 'session.ts')
    // what only a shell line did cannot be checked
    const { source, cells, problems } = await exportRecorded(wanted, process.cwd(), file, { shellLines: 'drop' })
    for (const problem of problems) talk(problem)
    const ran = cells.length === 0 ? await deployRun(wanted) : undefined
    if (ran !== undefined && existsSync(ran)) return await deployIn(ran, workspace)
    if (cells.length === 0)
      throw new UsageError(`No operation of ${wanted} changed a host and still stands: there is nothing to check.`)
    writeFileSync(file, source)
    return await deployIn(file, workspace)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The file of the deploy that a session was a run of; `undefined` when it was a session at the prompt. */
async function deployRun(name: string): Promise<string | undefined> {
  const history = historyDirectory(process.cwd())
  const { records } = await readRecording(join(history, await sessionNamed(history, name)))
  const commands = records.flatMap(record => ('text' in record && typeof record.text === 'string' ? [record.text] : []))
  return commands.map(text => /^muster run \S+ (.+)$/.exec(text)?.[1]).find(file => file !== undefined)
}

/** The report with what is ignored taken for the same. */
function without(report: DeployReport, ignores: ReturnType<typeof ignored>): DeployReport {
  const plans = withoutIgnored(report.plans, ignores)
  const differ = new Set(
    plans.flatMap(({ groups }) => groups.flatMap(({ outcome, hosts }) => (outcome === 'change' ? hosts : []))),
  )
  const hosts = new Map(
    [...report.hosts].map(([name, host]): [string, HostReport] => [
      name,
      host.status === 'would-change' && !differ.has(name) ? { status: 'same' } : host,
    ]),
  )
  return { ...report, plans, hosts }
}

/** Only what is not as it should be. */
function differing(report: DeployReport): DeployReport {
  const plans = report.plans.flatMap(plan => {
    const groups = plan.groups.filter(({ outcome }) => outcome !== 'same')
    return groups.length > 0 ? [{ ...plan, groups }] : []
  })
  return { ...report, plans, hosts: new Map([...report.hosts].filter(([, { status }]) => status !== 'same')) }
}

function exitCode({ error, hosts }: DeployReport): number {
  const states = [...hosts.values()].map(({ status }) => status)
  if (error || states.includes('failed')) return 1
  return states.some(status => status !== 'same') ? 2 : 0
}
