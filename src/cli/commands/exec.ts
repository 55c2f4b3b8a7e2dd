import type { Fleet } from '../../engine/fleet/api.js'
import { CommandError, type CommandResult } from '../../engine/fleet/command-result.js'
import type { Options } from '../../engine/fleet/options.js'
import { outcomeText } from '../../engine/fleet/outcome-view.js'
import type { Results } from '../../engine/fleet/results.js'
import { ApprovalDesk } from '../../engine/run/approval.js'
import { inOnlyScope } from '../../engine/run/scope.js'
import { quote } from '../../engine/shell/quote.js'
import { sanitiseLines } from '../../engine/text/sanitise.js'
import { displayOf } from '../../repl/display.js'
import { type Output, processOutput } from '../output.js'
import { displayLines } from '../render/display.js'
import { followTask } from '../render/progress.js'
import type { CommonFlags } from './flags.js'
import { hostsOf, NO_CATALOGUE, type OneShot, withWorkspace } from './workspace.js'

interface ExecFlags extends CommonFlags {
  readonly sudo?: boolean | string
  readonly timeout?: number
  readonly parallel?: number
  readonly lines?: boolean
}

/** `muster exec`: one command on every host. One word is a script; several are quoted words. */
export function exec(inventory: string, command: readonly string[], flags: ExecFlags): Promise<number> {
  const output = processOutput(flags.json ?? false)
  const [only = ''] = command
  const script = command.length === 1 ? only : command.map(quote).join(' ')
  const progress = followTask(process.stderr)
  return withWorkspace(
    inventory,
    flags,
    output,
    progress.see,
    async shot => {
      const results = await inShot(shot, fleet => fleet.with(optionsOf(flags)).script(script))
      progress.end()
      printResults(results, shot.output, flags.lines ?? false)
      return [...results.outcomes.values()].every(outcome => outcome.status === 'ok') ? 0 : 1
    },
    NO_CATALOGUE,
  )
}

/** Runs something on the whole fleet of a one-shot command, so that Ctrl-C stops it. */
export function inShot<T>(shot: OneShot, run: (fleet: Fleet) => Promise<T>): Promise<T> {
  const { workspace, signal, approver } = shot
  const desk = new ApprovalDesk(approver, () => {}, signal)
  return inOnlyScope({ mode: 'live', signal, desk }, () => run(hostsOf(workspace)))
}

/** Prints what hosts answered: folded, a line at a time, or as JSON. */
export function printResults(results: Results<unknown>, output: Output, byLine: boolean): void {
  if (output.json) {
    for (const [host, outcome] of results.outcomes) {
      const answer =
        outcome.status === 'ok'
          ? { value: outcome.value }
          : { error: outcome.error.message, ...commandOf(outcome.error) }
      output.record({ host, status: outcome.status, ms: Math.round(outcome.ms * 10) / 10, ...answer })
    }
    return
  }
  if (!byLine) {
    output.data(displayLines(displayOf(results), output.paint))
    return
  }
  for (const [host, outcome] of results.outcomes)
    output.data(sanitiseLines(outcomeText(host, outcome)).map(line => `${output.paint.bold(host)}: ${line}`))
}

function commandOf(error: Error): { value?: CommandResult } {
  return error instanceof CommandError ? { value: error.result } : {}
}

function optionsOf({ sudo, timeout, parallel }: ExecFlags): Options {
  return {
    ...(sudo === undefined ? {} : { sudo }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(parallel === undefined ? {} : { parallel }),
  }
}
