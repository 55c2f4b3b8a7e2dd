import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { UsageError } from '../../engine/errors.js'
import type { EngineEvent } from '../../engine/events.js'
import { placedMessage } from '../../engine/modules/placed-message.js'
import { approveAll, declineAll } from '../../engine/run/approval.js'
import { type Deploy, type DeployReport, runDeploy } from '../../engine/run/deploy.js'
import { SecretNotSet } from '../../engine/secret-sources.js'
import { sanitise } from '../../engine/text/sanitise.js'
import { outsideCells } from '../../repl/cells/context.js'
import { DeployLog } from '../../repl/history/deploy-log.js'
import { isNotebook, type NotebookDeploy, notebookDeploy } from '../../repl/notebook-deploy.js'
import { planLines } from '../../repl/plan-lines.js'
import type { Workspace } from '../../repl/workspace.js'
import { type Output, processOutput } from '../output.js'
import { reportLines } from '../render/report.js'
import type { CommonFlags } from './flags.js'
import { hostsOf, type OneShot, withWorkspace } from './workspace.js'

interface RunFlags extends CommonFlags {
  readonly dryRun?: boolean
  readonly diff?: boolean
  readonly yes?: boolean
  readonly maxFailures?: string
  /** Why, for the journal. */
  readonly because?: string
}

/** `muster run`: plans a deploy whole, asks once, applies it as approved, reports. */
export function run(inventory: string, file: string, flags: RunFlags): Promise<number> {
  const output = processOutput(flags.json ?? false)
  let log: DeployLog | undefined
  let notebook: NotebookDeploy | undefined
  const emit = (event: EngineEvent): void => {
    notebook?.see(event)
    log?.append(event)
    if (output.json) outsideCells(() => output.record({ ...event, at: Date.now() }))
  }
  return withWorkspace(inventory, flags, output, emit, async shot => {
    const { inventory: hosts, redactor } = shot.workspace
    log = new DeployLog({
      directory: process.cwd(),
      inventory: hosts,
      redactor,
      command: `muster run ${inventory} ${file}`,
      reason: flags.because,
      warn: text => shot.output.talk(output.talkPaint.yellow(text)),
    })
    notebook = await notebookIn(file, shot)
    const asks = !flags.dryRun && !flags.yes
    const wanted = notebook?.deploy ?? (await deployIn(file, shot.workspace))
    const report = await deploy(shot, wanted, flags, emit, asks && process.stdin.isTTY === true).finally(() =>
      log?.close(),
    )
    showReport(report, shot.output)
    if (report.declined)
      shot.output.talk(
        output.talkPaint.yellow(
          process.stdin.isTTY
            ? 'Declined: nothing was applied.'
            : 'Nothing was applied: without a terminal, --yes approves the plan.',
        ),
      )
    return exitCode(report)
  })
}

async function deploy(
  { workspace, signal, approver, askSecret, output }: OneShot,
  wanted: Deploy,
  flags: RunFlags,
  emit: (event: EngineEvent) => void,
  showsInQuestion: boolean,
): Promise<DeployReport> {
  const deployed: Deploy = fleet => withSecrets(() => wanted(fleet), askSecret)
  const report = await runDeploy(deployed, hostsOf(workspace), {
    approver: flags.yes ? approveAll : process.stdin.isTTY ? approver : declineAll,
    emit: event => emit(workspace.redactor.data(event)),
    signal,
    dryRun: flags.dryRun ?? false,
    ...(flags.maxFailures === undefined ? {} : { maxFailures: failureLimit(flags.maxFailures) }),
    planned: plans => {
      // what is asked is shown with the question, diffs and all
      if (output.json || showsInQuestion) return
      output.data(plans.flatMap(plan => planLines(plan, output.paint, { diff: flags.diff ?? !flags.yes })))
    },
  })
  if (report.error) output.talk(output.talkPaint.red(placedMessage(report.error)))
  return report
}

/** Runs a deploy, and asks for the secrets that it wants from the environment and that are not there; nobody is asked twice. */
async function withSecrets(run: () => unknown, ask: OneShot['askSecret']): Promise<unknown> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof SecretNotSet)) throw error
    const answer = await ask(error.variable)
    if (answer === undefined) throw error
    process.env[error.variable] = answer.reveal()
    return withSecrets(run, ask)
  }
}

/** The notebook in a file as a deploy; `undefined` when it is none. */
export async function notebookIn(
  file: string,
  { workspace, output }: Pick<OneShot, 'workspace' | 'output'>,
): Promise<NotebookDeploy | undefined> {
  const path = resolve(file)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile() || !isNotebook(readFileSync(path, 'utf8'))) return undefined
  return notebookDeploy(path, workspace.engine, (stream, text, cell) => {
    if (output.json) {
      const console = { type: 'cell.console', cell, stream: stream === 'stdout' ? 'out' : 'err', text } as const
      output.record({ ...workspace.redactor.data(console), at: Date.now() })
      return
    }
    const lines = sanitise(text).replace(/\n$/, '')
    if (stream === 'stdout') output.data(lines)
    else output.talk(lines)
  })
}

/** The deploy that a file exports. @throws {UsageError} when there is none */
export async function deployIn(file: string, workspace: Workspace): Promise<Deploy> {
  const path = resolve(file)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) throw new UsageError(`${file} is a directory: name the deploy in it.`)
  if (!found) throw new UsageError(`There is no deploy ${file} in ${process.cwd()}.`)
  const module = await workspace.load(path)
  if (isDeploy(module.default)) return module.default
  throw new UsageError(
    `${basename(file)} does not export a deploy: write export default async (fleet: Fleet) => { … }.`,
  )
}

function showReport(report: DeployReport, output: Output): void {
  if (output.json) output.record(jsonReport(report))
  else output.data(reportLines(report, output.paint))
}

function isDeploy(value: unknown): value is Deploy {
  return typeof value === 'function'
}

function failureLimit(text: string): number | `${number}%` {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (share) return `${Number(share[1])}%`
  if (/^\d+$/.test(text)) return Number(text)
  throw new UsageError(`--max-failures takes a count or a share such as 10%, not ${text}.`)
}

function exitCode(report: DeployReport): number {
  if (report.error || report.declined) return 1
  return [...report.hosts.values()].some(host => host.status === 'failed') ? 1 : 0
}

/** How a deploy went, as one record. */
export function jsonReport(report: DeployReport): unknown {
  const { plans, hosts, applied, declined, error } = report
  return {
    type: 'report',
    applied,
    declined,
    hosts: Object.fromEntries(hosts),
    plans,
    ...(error ? { error: error.message } : {}),
  }
}
